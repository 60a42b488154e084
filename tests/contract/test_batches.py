"""What takes many cases at once reads and writes what one by one does, and finds them by an index."""

from dataclasses import replace
from typing import Any

import pytest
from tests.contract.samples import EVERYTHING, HOUR, T0, Undone, a_row, a_stopwatch, advanced, started, undone

from duban.engine.errors import VersionConflict
from duban.engine.model.case import Case
from duban.engine.model.label import Label
from duban.engine.model.scope import Scope
from duban.engine.ports.records import CaseQuery, NewMessage, Refusal
from duban.persistence import batch_reader, batch_writer
from duban.persistence.prepared import prepared
from duban.persistence.store import SqlStore
from duban.persistence.visibility import shape_of

ODD = "x'; DROP TABLE duban_cases; --"


def some(store: SqlStore, count: int = 4, **changes: Any) -> list[Case]:
    """Cases with a first row each."""
    return [started(store, f"ISS-{number:06}", **changes) for number in range(1, count + 1)]


def test_facts_of_many_are_those_of_each(store: SqlStore) -> None:
    cases = some(store)
    child = started(store, "ISS-000099", parent=cases[0].ref, parent_id=cases[0].id)
    with store.write() as writer:
        for case in cases[:3]:
            writer.add_row(case.id, a_row(case, 2, key=f"k:{case.ref}"))
            writer.add_row(case.id, a_row(case, 3, event="assign", at=T0 + 9 * HOUR))
            writer.put_stopwatches(case.id, [a_stopwatch(), a_stopwatch("answer", next_at=None)])
    ids = [case.id for case in (*cases, child)]
    with store.read() as reader:
        lasts, counts = reader.last_rows_of(ids, ["assign", "none"]), reader.event_counts_of(ids, ["assign", "report"])
        watches, children = reader.stopwatches_of(ids), reader.children_of(ids)
        for number in ids:
            assert lasts.get(number, {}) == reader.last_rows(number, ["assign", "none"])
            every = reader.event_counts(number, ["assign", "report"])
            assert counts.get(number, {}) == {event: count for event, count in every.items() if count}
            assert watches.get(number, {}) == reader.stopwatches(number)
            assert children.get(number, []) == reader.children(number)
        keys = [f"k:{case.ref}" for case in cases]
        assert reader.rows_by_keys([*keys, ODD, "a\0b"], "grid-worker") == {
            key: reader.row_by_key(key, "grid-worker") for key in keys[:3]
        }
        assert reader.rows_by_keys(keys, "somebody") == reader.rows_by_keys(keys, "a\0b") == {}


def test_nothing_asked_for_is_nothing_found(store: SqlStore) -> None:
    some(store, 1)
    with store.write() as writer:
        assert (writer.stopwatches_of([]), writer.children_of([]), writer.lock_cases([], EVERYTHING)) == ({}, {}, [])
        assert (writer.last_rows_of([], ["assign"]), writer.event_counts_of([1], [])) == ({}, {})
        writer.advance_cases([])
        writer.add_rows([])
        writer.put_stopwatches_of([])
        writer.add_messages_of([])
        writer.add_evidence_of([])
        writer.put_links_of({})
        writer.add_refusals([])


def test_only_visible_cases_are_locked_whatever_they_are_called(store: SqlStore) -> None:
    cases = some(store, 3)
    hidden = started(store, "ISS-000010", audience=("judge",))
    scope = Scope("clerk", frozenset({"clerk"}), "all")
    refs = [case.ref for case in (*cases, hidden)]
    with store.write() as writer:
        assert [case.ref for case in writer.lock_cases([*refs, ODD, "\ud800", "ISS-000099"], scope)] == refs[:3]
        assert [case.ref for case in writer.lock_cases(refs, EVERYTHING)] == refs
        found = writer.lock_found(CaseQuery(workflow="issue", limit=2), scope)
        assert [case.ref for case in found] == [refs[2], refs[1]]
        found = writer.lock_found(CaseQuery(workflow="issue", after=found[-1].id), scope)
        assert [case.ref for case in found] == [refs[0]]


def test_what_is_written_to_many_is_what_is_written_to_each(store: SqlStore) -> None:
    one, two = some(store, 2)
    moved = [(advanced(case, state="assigned", due_at=T0, data={"unit": case.ref}), case) for case in (one, two)]
    watch, message = a_stopwatch(), NewMessage("", "notify", {"to": ["unit"], "text": "乱"})
    with store.write() as writer:
        writer.advance_cases([*moved[:1], (replace(moved[1][0], closed_at=T0), two)])
        writer.add_rows([(case.id, a_row(case, 2, key=case.ref)) for case in (one, two)])
        writer.put_stopwatches_of([(case.id, watch) for case in (one, two)])
        writer.put_stopwatches_of([(one.id, replace(watch, next_step=3))])
        writer.add_messages_of([(case.id, replace(message, key=case.ref), T0) for case in (one, two)])
        writer.add_evidence_of([(one.id, 2, "photo", "abc"), (two.id, 2, "photo", "def")])
        writer.put_links_of({(one.id, "master"): ["ISS-000002", "ISS-000003"], (two.id, "master"): []})
        refusal = Refusal(T0, "clerk", one.ref, None, "close", "guard-refused", (Label("no\0", "否"),))
        writer.add_refusals([refusal, replace(refusal, ref=None)])
    with store.read() as reader:
        assert reader.case_by_id(one.id) == moved[0][0]
        assert reader.case_by_id(two.id) == replace(moved[1][0], closed_at=T0)
        assert [[row.seq for row in reader.history(case)] for case in (one, two)] == [[1, 2], [1, 2]]
        assert reader.stopwatches(one.id) == {watch.deadline: replace(watch, next_step=3)}
        told = reader.messages(EVERYTHING, "waiting", 9)
        assert [(one_.key, one_.params, one_.attempts) for one_ in told] == [
            (case.ref, message.params, 0) for case in (one, two)
        ]
        assert reader.evidence_digests() == {"abc", "def"}
        assert [case.ref for case in reader.referring("ISS-000003", "issue", "master")] == [one.ref]
        assert {found.ref for found in reader.refusals(EVERYTHING, 9)} == {one.ref, None}


def test_one_that_has_moved_on_or_whose_key_is_taken_is_a_conflict_of_the_whole(store: SqlStore) -> None:
    one, two = some(store, 2)
    with store.write() as writer:
        writer.add_row(one.id, a_row(one, 2, key="taken"))
        writer.advance_case(advanced(one), one)
    both = [(advanced(case, state="assigned"), case) for case in (one, two)]
    with undone(store, by=VersionConflict) as writer:
        writer.advance_cases(both)
        raise Undone
    with undone(store, by=VersionConflict) as writer:
        writer.add_rows([(two.id, a_row(two, 2, key="taken"))])
        raise Undone
    with undone(store, by=VersionConflict) as writer:
        writer.add_rows([(two.id, a_row(two, 2)), (two.id, a_row(two, 2))])
        raise Undone
    with store.read() as reader:
        after = reader.case_by_id(two.id)
        assert after is not None
        assert (after.state, len(reader.history(after))) == ("reported", 1)


@pytest.mark.parametrize(
    "name", ["_rows_by_keys", "_stopwatches", "_last_rows", "_event_counts", "_children", "by_refs"]
)
def test_each_list_is_looked_up_by_an_index(store: SqlStore, name: str) -> None:
    some(store, 1)
    with store.read() as reader:
        kind = reader._dialect
        made = (
            batch_writer._by_refs(kind, shape_of(EVERYTHING))
            if name == "by_refs"
            else getattr(batch_reader, name)(kind)
        )
        if kind == "sqlite":
            ready = prepared(made, kind)
            driver: Any = reader._connection.connection.driver_connection
            bound = tuple("[1]" for _ in range(ready.sql.count("?")))
            plan = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {ready.sql}", bound)]
            assert not [line for line in plan if line.startswith("SCAN duban_")], plan
        else:
            lists = {bind: [1] for bind in ("cases",)} | {bind: ["x"] for bind in ("keys", "events", "refs")}
            ready = prepared(made, kind)
            driver = reader._connection.connection.driver_connection
            driver.execute("SET LOCAL enable_seqscan = off")
            values = ready.bound({**lists, "of_actor": "x"})
            plan = [row[0] for row in driver.execute(f"EXPLAIN {ready.sql}", values)]
            assert not [line for line in plan if "Seq Scan" in line], plan
