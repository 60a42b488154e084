"""Archives: what every store promises of histories that leave it and come back."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.contract.samples import EVERYTHING, HOUR, T0, a_case, a_row, a_stopwatch, advanced, started, stored

from duban.engine.errors import ArchiveForeign, ArchiveNotAtHand
from duban.engine.model.archive import Movable
from duban.engine.model.case import Case, HistoryRow
from duban.engine.model.scope import Scope
from duban.engine.ports.records import NewMessage
from duban.persistence.reader import SqlReader
from duban.persistence.store import SqlStore

WANTED = Movable("issue", T0 + timedelta(days=1))
PUBLIC = Scope.of_nobody()


def sound(_case: Case, _rows: Sequence[HistoryRow]) -> bool:
    return True


def closed(store: SqlStore, number: int, key: str | None = None, **changes: object) -> Case:
    """A case with two rows and a delivered message, closed an hour after it began."""
    with store.write() as writer:
        case = stored(writer, a_case(f"ISS-{number:06}", **changes), key=key, messages=1)
        after = advanced(case, closed_at=T0 + HOUR, state="closed", head="h2")
        writer.advance_case(after, case)
        writer.add_row(case.id, a_row(after, 2))
    (message,) = store.outbox.claim(T0 + HOUR, T0 + 2 * HOUR, "worker", 1)
    assert store.outbox.acknowledge(message.number, "worker", T0 + HOUR)
    return after


def moved(store: SqlStore, *cases: Case) -> str:
    """Move these cases; the name of their archive."""
    name = store.archives.name_for(2021)
    assert store.archives.move(name, cases, WANTED, sound).moved == cases
    return name


def test_a_history_is_read_where_it_lies_and_comes_back_as_it_was(store: SqlStore) -> None:
    case, other = closed(store, 1, key="once"), closed(store, 2)
    with store.read() as reader:
        rows, messages = reader.history(case), reader.messages(EVERYTHING, None, 10)
    name = moved(store, case)
    with store.read() as reader:
        away = reader.case(case.ref, EVERYTHING)
        assert away is not None
        assert away.archive == name
        assert reader.history(away) == reader.history(case) == rows
        assert reader.opening_events([case.id, other.id]) == {case.id: "report", other.id: "report"}
        assert [told for _, told in reader.histories("issue", EVERYTHING)] == [rows, reader.history(other)]
        assert [one.ref for one in reader.messages(EVERYTHING, None, 10)] == [other.ref]
        assert [(one.name, one.cases, one.at_hand) for one in reader.archived(EVERYTHING)] == [(name, 1, True)]

    assert [one.ref for one in store.archives.bring_back([away], sound).moved] == [case.ref]
    with store.read() as reader:
        assert reader.case(case.ref, EVERYTHING) == case
        assert reader.history(case) == rows
        assert {one.key for one in reader.messages(EVERYTHING, None, 10)} == {one.key for one in messages}
        assert reader.archived(EVERYTHING) == []


def test_a_key_is_found_wherever_its_row_lies(store: SqlStore) -> None:
    case = closed(store, 1, key="once")
    with store.read() as reader:
        here = reader.row_by_key("once", "grid-worker")
    moved(store, case)
    with store.read() as reader:
        for found in (
            reader.row_by_key("once"), reader.row_by_key("once", "grid-worker"),
            reader.rows_by_keys(["once", "never"], "grid-worker")["once"],
        ):  # fmt: skip
            assert found is not None
            assert here is not None
            assert (found.ref, found.seq, found.key, found.actor) == (case.ref, 1, "once", "grid-worker")
        assert reader.row_by_key("once", "office") is None


def waits(store: SqlStore, case: Case) -> None:
    with store.write() as writer:
        writer.add_messages(case.id, [NewMessage(f"{case.ref}:2:0", "notify", {})], T0)


def died(store: SqlStore, case: Case) -> None:
    waits(store, case)
    (message,) = store.outbox.claim(T0 + HOUR, T0 + 2 * HOUR, "worker", 1)
    assert store.outbox.fail(message.number, "worker", "gone", None)


def is_due(store: SqlStore, case: Case) -> None:
    with store.write() as writer:
        writer.put_stopwatches(case.id, [a_stopwatch()])


def is_linked(store: SqlStore, case: Case) -> None:
    with store.write() as writer:
        writer.put_links(stored(writer, a_case("ISS-000009")).id, "about", [case.ref])


def has_an_open_child(store: SqlStore, case: Case) -> None:
    started(store, "ISS-000009", parent=case.ref, parent_id=case.id)


def has_a_child_that_ended_late(store: SqlStore, case: Case) -> None:
    started(store, "ISS-000009", parent=case.ref, parent_id=case.id, closed_at=WANTED.before)


def has_an_open_parent(store: SqlStore, case: Case) -> None:
    parent = started(store, "ISS-000009")
    with store.write() as writer:
        writer.advance_case(replace(case, parent=parent.ref, parent_id=parent.id), case)


def is_a_survey(store: SqlStore, case: Case) -> None:
    with store.write() as writer:
        writer.add_survey_plan(case.id, {"communities": {}})


def was_opened_again(store: SqlStore, case: Case) -> None:
    with store.write() as writer:
        writer.advance_case(replace(case, closed_at=None), case)


@pytest.mark.parametrize(
    "held",
    [
        waits, died, is_due, is_linked, has_an_open_child, has_a_child_that_ended_late, has_an_open_parent, is_a_survey,
        was_opened_again,
    ],
)  # fmt: skip
def test_what_is_still_to_come_or_looks_at_a_case_holds_it_back(
    store: SqlStore, held: Callable[[SqlStore, Case], None]
) -> None:
    case = closed(store, 1)
    with store.read() as reader:
        assert [one.ref for one in reader.movable(WANTED, None, 10)] == [case.ref]
    held(store, case)
    with store.read() as reader:
        assert reader.movable(WANTED, None, 10) == []
        assert reader.count_movable(WANTED, EVERYTHING) == (0, held is not was_opened_again)
    # Whoever had found it before does not move it either.
    assert store.archives.move(store.archives.name_for(2021), [case], WANTED, sound).moved == ()
    with store.read() as reader:
        assert len(reader.history(case)) == 2


def test_a_rule_of_retention_that_was_not_carried_out_holds_a_case_back(store: SqlStore) -> None:
    case, wanted = closed(store, 1), replace(WANTED, erased=("photo", "title"))
    assert case.closed_at is not None
    with store.write() as writer:
        writer.mark_erased(case.id, "photo", case.closed_at)
        writer.mark_erased(case.id, "title", T0)  # as it ended before it was opened again
        assert reader_refs(writer, wanted) == []
        writer.mark_erased(case.id, "title", case.closed_at)
        assert reader_refs(writer, wanted) == [case.ref]


def reader_refs(reader: SqlReader, wanted: Movable) -> list[str]:
    return [one.ref for one in reader.movable(wanted, None, 10)]


def test_those_that_may_be_moved_are_found_by_when_they_ended_and_page_by_page(store: SqlStore) -> None:
    cases = [closed(store, number) for number in range(1, 6)]
    moved(store, cases[2])
    with store.read() as reader:
        first = reader.movable(WANTED, None, 2)
        rest = reader.movable(WANTED, (T0 + HOUR, first[-1].id), 10)
        assert [one.id for one in (*first, *rest)] == [case.id for case in cases if case is not cases[2]]
        assert reader.count_movable(WANTED, EVERYTHING) == (4, 0)


def test_nobody_is_told_of_hidden_cases_in_archives(store: SqlStore) -> None:
    hidden = closed(store, 1, audience=("inspector",))
    with store.read() as reader:
        assert (reader.count_movable(WANTED, PUBLIC), reader.count_movable(WANTED, EVERYTHING)) == ((0, 0), (1, 0))
    moved(store, hidden)
    with store.read() as reader:
        assert (reader.archived(PUBLIC), len(reader.archived(EVERYTHING))) == ([], 1)
        assert (reader.archive_names(PUBLIC), reader.archive_standings(PUBLIC)) == ([], {})
        assert reader.archive_standings(EVERYTHING) == {store.archives.name_for(2021): "at-hand"}


def test_what_changed_since_it_was_found_stays(store: SqlStore) -> None:
    case = closed(store, 1)
    with store.write() as writer:
        after = advanced(case, closed_at=None, state="reported", head="h3")
        writer.advance_case(after, case)
        writer.add_row(case.id, a_row(after, 3))
    assert store.archives.move(store.archives.name_for(2021), [case], WANTED, sound).moved == ()
    with store.read() as reader:
        assert len(reader.history(after)) == 3


def test_two_that_move_at_once_move_each_case_once(shared_url: str, tmp_path: Path) -> None:
    with (
        closing(SqlStore(shared_url, archives=tmp_path / "a", busy_seconds=30)) as one,
        closing(SqlStore(shared_url, archives=tmp_path / "a", busy_seconds=30)) as two,
    ):
        cases = [closed(one, number) for number in range(1, 31)]
        name = one.archives.name_for(2021)

        def moves(store: SqlStore) -> int:
            batches = [cases[start : start + 5] for start in range(0, 30, 5)]
            return sum(len(store.archives.move(name, batch, WANTED, sound).moved) for batch in batches)

        with ThreadPoolExecutor(2) as both:
            assert sum(both.map(moves, (one, two))) == 30
        one.archives.settle()
        with one.read() as reader:
            assert [len(rows) for _, rows in reader.histories("issue", EVERYTHING)] == [2] * 30
            assert [found.cases for found in reader.archived(EVERYTHING)] == [30]


def test_an_archive_of_another_store_is_only_read(shared_url: str, tmp_path: Path) -> None:
    with closing(SqlStore(shared_url, archives=tmp_path / "a")) as store:
        case = closed(store, 1)
        name = moved(store, case)
        store.archives.part_from_others()
        with store.read() as reader:
            away = reader.case_by_id(case.id)
            assert away is not None
            assert len(reader.history(away)) == 2
        with pytest.raises(ArchiveForeign):
            store.archives.bring_back([away], sound)
        with pytest.raises(ArchiveNotAtHand):
            store.archives.adopt("../street.db")
        store.archives.adopt(name)
        assert len(store.archives.bring_back([away], sound).moved) == 1
