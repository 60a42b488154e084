"""Cases: kept as given, changed only from the expected version, found by what is asked."""

from dataclasses import replace
from typing import Any

import pytest
from tests.contract.samples import EVERYTHING, HOUR, T0, a_case, a_row, advanced, started, undone

from duban.engine.errors import StoreError, VersionConflict
from duban.engine.model.case import Case, Tally
from duban.engine.ports.records import CaseQuery
from duban.persistence.rows import CHANGING
from duban.persistence.store import SqlStore
from duban.persistence.writer import SqlWriter


def test_a_case_comes_back_as_it_was_put_with_its_instants_to_the_microsecond(store: SqlStore) -> None:
    parent = started(store, "CAM-000001", workflow="campaign")
    kept = started(
        store,
        due_at=T0 + 5 * HOUR,
        due_provisional=True,
        audience=("discipline", "leader"),
        parent=parent.ref,
        parent_id=parent.id,
        follow="F-7",
        level=2,
        data={"nested": {"a": [1, 2.5, None, True, "督办"]}, "quote": '"\\'},
    )
    with store.read() as reader:
        assert reader.case(kept.ref, EVERYTHING) == kept
        assert reader.case_by_id(kept.id) == kept
        assert reader.case_by_follow("F-7") == kept
        assert reader.children(parent.id) == [kept]
        assert reader.case("ISS-999999", EVERYTHING) is None
        assert reader.case_by_follow("F-8") is None


@pytest.mark.parametrize("hostile", ["", "ISS\0", "\ud800", "'; DROP TABLE duban_cases; --", "%", "督" * 5000])
def test_any_text_may_be_asked_for_and_none_does_harm(store: SqlStore, hostile: str) -> None:
    started(store)
    with store.write() as writer:
        assert writer.case(hostile, EVERYTHING) is None
        assert writer.lock_case(hostile, EVERYTHING) is None
        assert writer.case_by_follow(hostile) is None
        assert writer.row_by_key(hostile) is None
        for name in ("workflow", "state", "unit", "parent"):
            assert writer.cases(CaseQuery(**{name: hostile}), EVERYTHING) == []  # type: ignore[arg-type]
        assert writer.cases(CaseQuery(data={"title": hostile}), EVERYTHING) == []
        assert writer.cases(CaseQuery(data={hostile: "x"}), EVERYTHING) == []
        assert [case.ref for case in writer.all_cases()] == ["ISS-000001"]


def _write_step(store: SqlStore, after: Case, before: Case) -> None:
    with store.write() as writer:
        _step(writer, after, before)


def _step(writer: SqlWriter, after: Case, before: Case) -> None:
    """A case advanced as an event does it: whatever is in its way is told by the end of the transaction."""
    if not writer.advance_case(after, before):
        raise VersionConflict(ref=before.ref, found=None, expected=before.version)
    writer.add_row(after.id, a_row(before, after.version))


def test_a_case_is_advanced_only_from_the_version_that_is_expected(store: SqlStore) -> None:
    case = started(store)
    second = advanced(
        case, state="assigned", unit="office", data={"x": 1}, level=1, closed_at=T0, head="h2", audience=("a",)
    )
    with store.write() as writer:
        _step(writer, second, case)
    for after, before in ((advanced(case, state="lost"), case), (replace(advanced(second), id=4711), second)):
        with pytest.raises((VersionConflict, StoreError)):
            _write_step(store, after, before)
    with store.read() as reader:
        assert reader.case_by_id(case.id) == second


def test_whatever_changes_of_a_case_is_written(store: SqlStore) -> None:
    parent, case = started(store, "ISS-000001"), started(store, "ISS-000002")
    new: dict[str, Any] = {
        "definition": "d2", "state": "assigned", "data": {"x": [1]}, "unit": "office", "level": 2, "audience": ("a",),
        "updated_at": T0 + HOUR, "closed_at": T0, "due_at": T0 + 2 * HOUR, "due_provisional": True,
        "original_due_at": T0, "parent": parent.ref, "parent_id": parent.id, "follow": "AAAAA-BBBBB", "head": "h2",
    }  # fmt: skip
    assert {"version", *new} == set(CHANGING)
    every = [dict([item]) for item in new.items()] + [new, {}] + [{name: getattr(case, name)} for name in new]
    for changes in every:
        after = advanced(case, **changes)
        with store.write() as writer:
            assert writer.advance_case(after, case)
        with store.read() as reader:
            assert reader.case_by_id(case.id) == after
        case = after


def test_a_reference_belongs_to_one_case(store: SqlStore) -> None:
    started(store)
    with pytest.raises(VersionConflict) as caught, store.write() as writer:
        writer.add_case(a_case())
    assert caught.value.data == {"ref": "ISS-000001", "found": 1, "expected": 0}


def test_a_follow_code_belongs_to_one_case(store: SqlStore) -> None:
    started(store, follow="F-7")
    with pytest.raises(StoreError, match="follow code"), store.write() as writer:
        writer.add_case(a_case("ISS-000002", follow="F-7"))


def test_references_count_from_one_for_each_prefix_and_a_rolled_back_number_is_given_again(store: SqlStore) -> None:
    with store.write() as writer:
        assert [writer.next_number("ISS") for _ in range(3)] == [1, 2, 3]
        assert writer.next_number("REF") == 1
    with undone(store) as writer:
        assert writer.next_number("ISS") == 4
    with store.write() as writer:
        assert writer.next_number("ISS") == 4


def test_pages_are_newest_first_and_neither_skip_nor_repeat_a_case_while_others_arrive(store: SqlStore) -> None:
    for number in range(7):
        started(store, f"ISS-{number}")
    pages: list[list[str]] = []
    after = None
    while True:
        with store.read() as reader:
            found = reader.cases(CaseQuery(limit=3, after=after), EVERYTHING)
        if not found:
            break
        pages.append([case.ref for case in found])
        after = found[-1].id
        started(store, f"LATE-{len(pages)}")
    assert pages == [["ISS-6", "ISS-5", "ISS-4"], ["ISS-3", "ISS-2", "ISS-1"], ["ISS-0"]]


@pytest.mark.parametrize(
    ("query", "refs"),
    [
        (CaseQuery(), {"a", "b", "c", "d"}),
        (CaseQuery(workflow="issue"), {"a", "b", "c"}),
        (CaseQuery(workflow="issue", state="assigned"), {"b"}),
        (CaseQuery(unit="office"), {"b", "d"}),
        (CaseQuery(parent="a"), {"b"}),
        (CaseQuery(parent="nowhere"), set()),
        (CaseQuery(open=True), {"a", "b", "d"}),
        (CaseQuery(open=False), {"c"}),
        (CaseQuery(overdue=True, now=T0), {"a"}),
        (CaseQuery(overdue=False, now=T0), {"b", "c", "d"}),
        (CaseQuery(overdue=True, now=T0 - HOUR), set()),
        (CaseQuery(workflow="issue", data={"grade": 2}), {"a"}),
    ],
)
def test_a_query_bounds_by_each_of_its_fields(store: SqlStore, query: CaseQuery, refs: set[str]) -> None:
    first = started(store, "a", due_at=T0 - HOUR, data={"grade": 2})
    started(store, "b", state="assigned", unit="office", due_at=T0, parent="a", parent_id=first.id)
    started(store, "c", due_at=T0 - HOUR, closed_at=T0)
    started(store, "d", workflow="task", unit="office")
    with store.read() as reader:
        assert {case.ref for case in reader.cases(query, EVERYTHING)} == refs


def test_a_query_for_what_is_overdue_must_say_when(store: SqlStore) -> None:
    with store.read() as reader, pytest.raises(ValueError, match="now"):
        reader.cases(CaseQuery(overdue=True), EVERYTHING)


@pytest.mark.parametrize(
    "data", [{"a": "x\0y"}, {"a": ["\\\0"]}, {"a": "\ud800"}, {"a": float("nan")}, {"a": float("inf")}, {"a": T0}]
)
def test_what_not_every_database_can_keep_or_search_is_refused_on_all(store: SqlStore, data: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError)), store.write() as writer:
        writer.add_case(a_case(data=data))
    with store.read() as reader:
        assert list(reader.all_cases()) == []


def test_an_instant_without_a_time_zone_is_refused(store: SqlStore) -> None:
    with pytest.raises(ValueError, match="time zone"), store.write() as writer:
        writer.add_case(a_case(due_at=T0.replace(tzinfo=None)))


_DATA = {
    "text": "3",
    "number": 3,
    "real": 2.5,
    "large": 2**70,
    "yes": True,
    "no": False,
    "none": None,
    "list": ["甲", 1],
    "map": {"b": 1, "a": "乙"},
    "per cent": "%_'\"",
    "escaped": "a\\u0000b\n",
}


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        *[({name: value}, True) for name, value in _DATA.items()],
        ({"number": 3.0}, True),
        ({"escaped": "a"}, False),
        ({"map": {"a": "乙", "b": 1}}, True),
        ({"absent": None}, True),
        ({"text": "3", "number": 3}, True),
        ({"text": "3", "number": 4}, False),
        ({"text": 3}, False),
        ({"number": "3"}, False),
        ({"yes": 1}, False),
        ({"yes": "true"}, False),
        ({"number": True}, False),
        ({"no": True}, False),
        ({"real": 2}, False),
        ({"text": None}, False),
        ({"absent": ""}, False),
        ({"list": ["甲"]}, False),
        ({"per cent": "%"}, False),
        ({'a"b': "x"}, False),
        ({'a"b': None}, True),
    ],
)
def test_data_are_compared_by_kind_and_value_alike_on_every_store(
    store: SqlStore, asked: dict[str, Any], fits: bool
) -> None:
    started(store, data=_DATA)
    with store.read() as reader:
        assert bool(reader.cases(CaseQuery(data=asked), EVERYTHING)) is fits


def test_tallies_count_by_workflow_state_and_unit_in_one_order_on_every_store(store: SqlStore) -> None:
    started(store, "a", due_at=T0 - HOUR)
    started(store, "b", due_at=T0 + HOUR)
    started(store, "c", unit=None)
    started(store, "d", unit="Office", closed_at=T0, due_at=T0 - HOUR)
    started(store, "e", workflow="task")
    with store.read() as reader:
        assert reader.tallies(EVERYTHING, T0) == [
            Tally("issue", "reported", None, 1, 0, True),
            Tally("issue", "reported", "Office", 1, 0, False),
            Tally("issue", "reported", "city-management", 2, 1, True),
            Tally("task", "reported", "city-management", 1, 0, True),
        ]


def test_all_cases_are_streamed_by_number_in_batches(store: SqlStore) -> None:
    refs = [f"ISS-{number}" for number in range(5)]
    for ref in refs:
        started(store, ref)
    with store.read() as reader:
        assert [case.ref for case in reader.all_cases(batch=2)] == refs
