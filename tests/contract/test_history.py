"""History: in order, once per number, once per key."""

from dataclasses import replace

import pytest
from tests.contract.samples import EVERYTHING, a_case, a_row, started, stored

from duban.engine.errors import VersionConflict
from duban.persistence.store import SqlStore


def test_rows_come_back_in_order_as_they_were_written(store: SqlStore) -> None:
    case = started(store)
    second = a_row(case, 2, key="req-2", request="r", post=None, unit=None, level=3)
    with store.write() as writer:
        writer.add_row(case.id, second)
    with store.read() as reader:
        assert reader.history(case) == [a_row(case), second]


def test_a_number_of_a_case_is_taken_once_and_the_error_tells_both_versions(store: SqlStore) -> None:
    case = started(store)
    with store.write() as writer:
        writer.add_row(case.id, a_row(case, 2))
        with pytest.raises(VersionConflict) as caught:
            writer.add_row(case.id, a_row(case, 2, event="other"))
        assert caught.value.data == {"ref": case.ref, "found": 2, "expected": 1}
    with store.read() as reader:
        assert [row.event for row in reader.history(case)] == ["report", "assign"]


def test_a_key_is_taken_once_among_all_cases_and_the_error_names_the_case_that_has_it(store: SqlStore) -> None:
    with store.write() as writer:
        stored(writer, a_case("ISS-000001"), key="req-1")
    with store.write() as writer:
        other = writer.add_case(a_case("ISS-000002"))
        with pytest.raises(VersionConflict) as caught:
            writer.add_row(other.id, a_row(other, key="req-1"))
    assert caught.value.data == {"ref": "ISS-000001", "found": 1, "expected": 0, "key": "req-1"}


def test_a_key_is_taken_once_by_each_actor_and_found_by_who_took_it(store: SqlStore) -> None:
    rows = []
    with store.write() as writer:
        for ref, actor in (("ISS-000001", "office"), ("ISS-000002", "caller")):
            case = writer.add_case(a_case(ref))
            rows.append(replace(a_row(case, key="req-1"), actor=actor))
            writer.add_row(case.id, rows[-1])
    with store.read() as reader:
        assert [reader.row_by_key("req-1", row.actor) for row in rows] == rows
        assert reader.row_by_key("req-1", "nobody") is None
        assert reader.row_by_key("req-1", "of\0fice") is None
        assert reader.row_by_key("req-1") in rows


def test_rows_without_a_key_do_not_clash(store: SqlStore) -> None:
    started(store, "a")
    started(store, "b")
    with store.read() as reader:
        assert [case.ref for case in reader.all_cases()] == ["a", "b"]
        assert reader.row_by_key("None") is None


def test_a_key_finds_the_row_that_it_wrote(store: SqlStore) -> None:
    with store.write() as writer:
        case = stored(writer, a_case(), key="req-1")
    with store.read() as reader:
        assert reader.row_by_key("req-1") == a_row(case, key="req-1")
        assert reader.row_by_key("req-2") is None


def test_the_latest_row_of_each_event_and_how_often_it_happened(store: SqlStore) -> None:
    case = started(store)
    other = started(store, "ISS-000002")
    with store.write() as writer:
        for seq, event in enumerate(["assign", "rework", "assign"], start=2):
            writer.add_row(case.id, a_row(case, seq, event=event))
        writer.add_row(other.id, a_row(other, 2, event="assign"))
    with store.read() as reader:
        last = reader.last_rows(case.id, ["assign", "report", "close"])
        assert {event: (row.ref, row.seq) for event, row in last.items()} == {
            "assign": (case.ref, 4),
            "report": (case.ref, 1),
        }
        assert reader.event_counts(case.id, ["assign", "close"]) == {"assign": 2, "close": 0}
        assert reader.last_rows(case.id, []) == {}
        assert reader.event_counts(case.id, []) == {}


def test_a_row_needs_its_case(store: SqlStore) -> None:
    case = a_case()
    with pytest.raises(Exception, match="cannot be used"), store.write() as writer:
        writer.add_row(4711, a_row(case))
    with store.read() as reader:
        assert reader.case(case.ref, EVERYTHING) is None
