"""Together or not at all."""

from collections.abc import Callable
from contextlib import closing

import pytest
from tests.contract.samples import (
    EVERYTHING,
    T0,
    a_case,
    a_row,
    a_stopwatch,
    advanced,
    started,
    stored,
    undone,
    undone_part,
)

from duban.engine.errors import StoreBusy
from duban.engine.model.label import Label
from duban.engine.ports.outbox import NewNotice
from duban.engine.ports.records import NewMessage, Refusal
from duban.persistence.store import SqlStore
from duban.persistence.writer import SqlWriter


def _write_everything(writer: SqlWriter) -> None:
    case = stored(writer, a_case("ISS-000002", follow="F"), key="req-1", messages=2)
    assert writer.advance_case(advanced(case), case)
    writer.add_row(case.id, a_row(case, 2))
    writer.put_stopwatches(case.id, [a_stopwatch()])
    writer.add_evidence(case.id, 1, [("photo", "e" * 64)])
    writer.add_refusal(Refusal(T0, "a", None, None, "e", "c"))
    writer.add_definition("d", "issue", 1, "source", T0)
    writer.put_setting("pack", "civility")
    writer.put_notices(case.id, "k", [NewNotice("desk", Label("en", "zh"))], T0)
    assert writer.next_number("ISS") == 1


def _is_empty(store: SqlStore) -> bool:
    with store.read() as reader:
        found = [
            list(reader.all_cases()),
            reader.row_by_key("req-1"),
            reader.due_steps(T0, 9),
            reader.messages(EVERYTHING, None, 9),
            reader.evidence_digests(),
            reader.refusals(EVERYTHING, 9),
            reader.definitions(),
            reader.setting("pack"),
            reader.notices(["desk"], EVERYTHING, 9),
        ]
    return not any(found)


def test_a_transaction_that_raises_leaves_no_trace(store: SqlStore) -> None:
    with undone(store) as writer:
        _write_everything(writer)
    assert _is_empty(store)


def test_a_transaction_that_is_interrupted_leaves_no_trace_either(store: SqlStore) -> None:
    with undone(store, by=KeyboardInterrupt) as writer:
        _write_everything(writer)
    assert _is_empty(store)


def test_a_transaction_that_ends_is_there_altogether(store: SqlStore) -> None:
    with store.write() as writer:
        _write_everything(writer)
    with store.read() as reader:
        assert [case.version for case in reader.all_cases()] == [2]
        assert len(reader.messages(EVERYTHING, "waiting", 9)) == 2
        assert reader.next_due_at() == T0
        assert reader.setting("pack") == "civility"


def test_a_part_is_undone_alone(store: SqlStore) -> None:
    with store.write() as writer:
        writer.put_setting("a", "before")
        with undone_part(writer):
            writer.put_setting("a", "inside")
            _write_everything(writer)
        assert writer.setting("a") == "before"
        with writer.part():
            writer.put_setting("b", "kept")
            with undone_part(writer):
                writer.put_setting("b", "deeper")
    with store.read() as reader:
        assert (reader.setting("a"), reader.setting("b")) == ("before", "kept")
        assert list(reader.all_cases()) == []


def test_a_part_that_failed_in_the_database_leaves_the_rest_usable(store: SqlStore) -> None:
    started(store)
    with store.write() as writer:
        with pytest.raises(Exception, match="version"), writer.part():
            writer.add_case(a_case())
        writer.put_setting("after", "kept")
    with store.read() as reader:
        assert reader.setting("after") == "kept"


def test_a_read_keeps_to_one_moment(shared_store: SqlStore) -> None:
    started(shared_store, "first")
    with shared_store.read() as reader:
        assert len(list(reader.all_cases())) == 1
        started(shared_store, "second")
        assert len(list(reader.all_cases())) == 1
    with shared_store.read() as reader:
        assert len(list(reader.all_cases())) == 2


def test_a_read_inside_a_write_of_the_same_thread_goes_through(store: SqlStore) -> None:
    started(store)
    with store.write() as writer:
        writer.put_setting("a", "b")
        with store.read() as reader:
            assert reader.case("ISS-000001", EVERYTHING) is not None


def test_a_write_inside_a_read_of_the_same_thread_is_kept(store: SqlStore) -> None:
    with store.read():
        started(store)
    with store.read() as reader:
        assert reader.case("ISS-000001", EVERYTHING) is not None


@pytest.mark.parametrize("kind", ["sqlite", "memory"])
def test_a_write_inside_a_write_is_told_as_busy_and_the_outer_one_is_kept(
    kind: str, url_of: Callable[[str], str]
) -> None:
    with closing(SqlStore(url_of(kind), busy_seconds=0.05)) as store:
        store.migrate()
        with store.write() as outer:
            outer.put_setting("outer", "kept")
            with pytest.raises(StoreBusy), store.write():
                raise AssertionError("a second writer came in")
        with store.read() as reader:
            assert reader.setting("outer") == "kept"


def test_messages_are_laid_only_with_their_case(store: SqlStore) -> None:
    with pytest.raises(Exception, match="cannot be used"), store.write() as writer:
        writer.add_messages(4711, [NewMessage("k", "notify", {})], T0)
    with store.read() as reader:
        assert reader.message_counts() == {}
