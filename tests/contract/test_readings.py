"""Readings, and what is told of the store as a whole: of visible cases only."""

from dataclasses import replace

import pytest
from tests.contract.samples import EVERYTHING, HOUR, T0, a_stopwatch, started, undone

from duban.engine.errors import StoreError
from duban.engine.model.case import Backlog, Reading
from duban.engine.model.label import Label
from duban.engine.model.scope import Scope
from duban.engine.ports.outbox import NewNotice
from duban.engine.ports.records import Refusal
from duban.persistence.store import SqlStore

NOBODY = Scope.of_nobody()
JUDGE = Scope("judge", frozenset({"judge"}), sees="all")


def test_readings_are_told_newest_first_and_by_case(store: SqlStore) -> None:
    one, other = started(store, "TIP-000001", audience=("judge",)), started(store, "TIP-000002", audience=("judge",))
    kept = [Reading(one.ref, "judge", what, T0) for what in ("get", "history")]
    with store.write() as writer:
        writer.add_readings([*kept, Reading(other.ref, "clerk", "find", T0 + HOUR)])
        writer.add_readings([])
    with store.read() as reader:
        assert reader.readings(one, 9) == kept[::-1]
        assert reader.readings(one, 1) == kept[1:]
        assert reader.readings(other, 9) == [Reading(other.ref, "clerk", "find", T0 + HOUR)]


def test_a_reading_of_no_case_is_refused_and_one_that_is_undone_was_never_there(store: SqlStore) -> None:
    case = started(store, "TIP-000001", audience=("judge",))
    reading = Reading(case.ref, "judge", "get", T0)
    with undone(store) as writer:
        writer.add_readings([reading])
    with pytest.raises(StoreError), store.write() as writer:
        writer.add_readings([reading, replace(reading, ref="TIP-000099")])
    with store.read() as reader:
        assert reader.readings(case, 9) == []


def test_the_backlog_is_that_of_visible_cases(store: SqlStore) -> None:
    public, hidden = started(store, messages=2), started(store, "TIP-000001", audience=("judge",), messages=1)
    with store.write() as writer:
        writer.put_stopwatches(public.id, [a_stopwatch(next_at=T0 + HOUR)])
        writer.put_stopwatches(hidden.id, [a_stopwatch(next_at=T0), a_stopwatch("other", next_at=T0 + 3 * HOUR)])
        writer.add_evidence(public.id, 1, [("before", "a" * 64)])
        writer.add_evidence(hidden.id, 1, [("before", "a" * 64), ("after", "b" * 64)])
    with store.read() as reader:
        assert reader.backlog(NOBODY, T0 + HOUR) == Backlog({"waiting": 2}, 1, T0 + HOUR, 1)
        for scope in (JUDGE, EVERYTHING):
            assert reader.backlog(scope, T0 + HOUR) == Backlog({"waiting": 3}, 2, T0, 2)
        assert reader.next_public_due_at(T0 - HOUR) == T0 + HOUR
        assert reader.next_public_due_at(T0 + HOUR) is None


def test_a_message_is_found_by_its_key_by_those_who_see_its_case(store: SqlStore) -> None:
    started(store, "TIP-000001", audience=("judge",), messages=1)
    with store.read() as reader:
        found = reader.message_by_key("TIP-000001:1:0", JUDGE)
        assert found is not None
        assert (found.ref, found.audience) == ("TIP-000001", ("judge",))
        assert reader.message_by_key("TIP-000001:1:0", NOBODY) is None
        assert reader.message_by_key("TIP-000001:1:9", JUDGE) is None
        assert reader.message_by_key("\0", JUDGE) is None


def test_a_notice_and_a_refusal_carry_the_audience_of_their_case(store: SqlStore) -> None:
    for ref, audience in (("TIP-000001", ("judge",)), ("ISS-000001", ())):
        started(store, ref, audience=audience, messages=1)
        (message,) = store.outbox.claim(T0, T0 + HOUR, "w1", 1)
        assert store.outbox.acknowledge(message.number, "w1", T0, [NewNotice("judge", Label("x", "某"))])
        with store.write() as writer:
            writer.add_refusal(Refusal(T0, "judge", ref, None, "close", "guard-refused"))
    with store.read() as reader:
        notices, refusals = reader.notices(["judge"], JUDGE, 9), reader.refusals(JUDGE, 9)
    told = {"TIP-000001": ("judge",), "ISS-000001": ()}
    assert {notice.ref: notice.audience for notice in notices} == told
    assert {refusal.ref: refusal.audience for refusal in refusals} == told
