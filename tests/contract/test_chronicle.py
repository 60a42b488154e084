"""The histories of a workflow, streamed: whole, in order, and never one that the reader may not see."""

from datetime import timedelta

from tests.contract.samples import EVERYTHING, T0, a_case, a_row

from duban.engine.model.scope import Scope
from duban.persistence.store import SqlStore

OFFICE = Scope("office", frozenset({"office"}), "all")


def filled(store: SqlStore) -> None:
    """Five issues with 1 to 5 rows, one of them for the discipline committee only, and a case of another workflow."""
    with store.write() as writer:
        for number in range(1, 6):
            audience = ("discipline",) if number == 3 else ()
            unit = "market" if number == 4 else "streets"
            case = writer.add_case(a_case(f"ISS-{number:06}", audience=audience, unit=unit, version=number))
            for seq in range(1, number + 1):
                writer.add_row(case.id, a_row(case, seq))
        other = writer.add_case(a_case("TSK-000001", workflow="task"))
        writer.add_row(other.id, a_row(other))


def told(store: SqlStore, scope: Scope, batch: int = 500) -> list[tuple[str, list[int]]]:
    with store.read() as reader:
        return [(case.ref, [row.seq for row in rows]) for case, rows in reader.histories("issue", scope, batch)]


def test_every_case_of_the_workflow_comes_once_with_all_its_rows_in_order(store: SqlStore) -> None:
    filled(store)
    expected = [(f"ISS-{number:06}", list(range(1, number + 1))) for number in range(1, 6)]
    assert told(store, EVERYTHING) == expected


def test_the_size_of_a_batch_changes_nothing(store: SqlStore) -> None:
    filled(store)
    whole = told(store, EVERYTHING)
    assert [told(store, EVERYTHING, batch) for batch in (1, 2, 5)] == [whole] * 3


def test_rows_are_those_of_the_history(store: SqlStore) -> None:
    filled(store)
    with store.read() as reader:
        for case, rows in reader.histories("issue", EVERYTHING):
            assert rows == reader.history(case)
            assert rows[0].at == T0


def test_a_confidential_case_does_not_come_to_whoever_may_not_see_it(store: SqlStore) -> None:
    filled(store)
    assert "ISS-000003" not in dict(told(store, OFFICE, batch=2))
    assert "ISS-000003" not in dict(told(store, Scope.of_nobody()))
    assert "ISS-000003" in dict(told(store, Scope("secretary", frozenset({"discipline"}), "all")))


def test_a_unit_gets_its_own_cases_only(store: SqlStore) -> None:
    filled(store)
    bounded = Scope("handler", frozenset({"handler"}), "unit", frozenset({"market"}))
    assert [ref for ref, _ in told(store, bounded)] == ["ISS-000004"]


def test_of_a_workflow_that_nothing_was_started_of_nothing_comes(store: SqlStore) -> None:
    filled(store)
    with store.read() as reader:
        assert list(reader.histories("round", EVERYTHING)) == []
        assert list(reader.histories("ro\0und", EVERYTHING)) == []


def test_of_a_unit_only_cases_come_that_may_have_belonged_to_it_then(store: SqlStore) -> None:
    filled(store)
    with store.read() as reader:
        then = [case.ref for case, _ in reader.histories("issue", EVERYTHING, unit=("market", T0))]
        since = [case.ref for case, _ in reader.histories("issue", EVERYTHING, unit=("market", T0 - timedelta(days=1)))]
    assert then == ["ISS-000004"]
    assert since == [f"ISS-{number:06}" for number in range(1, 6)], "who knows where they were before they changed"
