"""History: in order, once per number, once per key."""

from dataclasses import replace

import pytest
from tests.contract.samples import EVERYTHING, a_case, a_row, started, stored

from duban.engine.errors import StoreError, VersionConflict
from duban.engine.model.case import HistoryRow
from duban.persistence.store import SqlStore
from duban.persistence.writer import SqlWriter


def _wrote(store: SqlStore, case_id: int, row: HistoryRow) -> None:
    with store.write() as writer:
        writer.put_setting("with-it", "undone")
        writer.add_row(case_id, row)


def _wrote_part(writer: SqlWriter, case_id: int, row: HistoryRow) -> None:
    with writer.part():
        writer.put_setting("with-it", "undone")
        writer.add_row(case_id, row)


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
        _wrote(store, case.id, a_row(case, 2, event="other"))
    assert caught.value.data == {"ref": case.ref, "found": 2, "expected": 1}
    with store.read() as reader:
        assert [row.event for row in reader.history(case)] == ["report", "assign"]
        assert reader.setting("with-it") is None


def test_a_row_whose_number_is_taken_is_undone_with_its_part_alone(store: SqlStore) -> None:
    case, other = started(store, "a"), started(store, "b")
    with store.write() as writer:
        writer.add_row(other.id, a_row(other, 2))
        with pytest.raises(VersionConflict) as caught:
            _wrote_part(writer, case.id, a_row(case, event="other"))
        writer.add_row(case.id, a_row(case, 2))
    assert caught.value.data == {"ref": "a", "found": 1, "expected": 0}
    with store.read() as reader:
        assert [row.seq for one in (case, other) for row in reader.history(one)] == [1, 2, 1, 2]
        assert reader.setting("with-it") is None


def test_a_row_of_a_case_that_is_not_there_keeps_the_whole_transaction_out(store: SqlStore) -> None:
    case = started(store)
    with pytest.raises(StoreError):
        _wrote(store, 4711, a_row(case))
    with store.read() as reader:
        assert reader.setting("with-it") is None


def test_a_key_is_taken_once_among_all_cases_and_the_error_names_the_case_that_has_it(store: SqlStore) -> None:
    with store.write() as writer:
        stored(writer, a_case("ISS-000001"), key="req-1")
    other = started(store, "ISS-000002")
    with pytest.raises(VersionConflict) as caught:
        _wrote(store, other.id, a_row(other, 2, key="req-1"))
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
