"""The outbox: one message of a case at a time, leased by token, acknowledged only by whoever holds it."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine
from tests.contract.samples import EVERYTHING, HOUR, T0, started

from duban.engine.model.case import Message
from duban.engine.model.label import Label
from duban.engine.ports.outbox import NewNotice
from duban.persistence import outbox
from duban.persistence.store import SqlStore


def _claim(store: SqlStore, token: str = "w1", *, hours: int = 0, limit: int = 9) -> list[Message]:
    now = T0 + hours * HOUR
    return store.outbox.claim(now, now + HOUR, token, limit)


def _states(store: SqlStore) -> list[str]:
    with store.read() as reader:
        return [message.state for message in reader.messages(EVERYTHING, None, 99)]


def test_a_claim_leases_the_oldest_message_of_each_case_in_order(store: SqlStore) -> None:
    started(store, "a", messages=2, audience=("leader",))
    started(store, "b", messages=2)
    first, second = _claim(store)
    assert (first.key, first.action, first.params) == ("a:1:0", "notify", {"number": 0})
    assert (first.ref, first.state, first.attempts, first.token) == ("a", "claimed", 1, "w1")
    assert (first.audience, first.created_at, first.next_at) == (("leader",), T0, T0 + HOUR)
    assert second.key == "b:1:0"
    assert _claim(store, "w2") == []


def test_a_claim_takes_no_more_than_its_limit(store: SqlStore) -> None:
    for ref in "abc":
        started(store, ref, messages=1)
    assert [message.ref for message in _claim(store, limit=2)] == ["a", "b"]
    assert [message.ref for message in _claim(store, limit=2)] == ["c"]


def test_the_next_message_of_a_case_waits_until_the_one_before_is_done(store: SqlStore) -> None:
    started(store, messages=2)
    (first,) = _claim(store)
    assert store.outbox.acknowledge(first.number, "w1", T0)
    (second,) = _claim(store)
    assert second.key == "ISS-000001:1:1"
    assert _states(store) == ["done", "claimed"]


def test_an_earlier_message_that_waits_for_its_next_try_holds_up_the_later_ones(store: SqlStore) -> None:
    started(store, messages=2)
    (first,) = _claim(store)
    assert store.outbox.fail(first.number, "w1", "no answer", T0 + 2 * HOUR)
    assert _claim(store, hours=1) == []
    (again,) = _claim(store, hours=2)
    assert (again.key, again.attempts, again.last_error) == (first.key, 2, "no answer")


@pytest.mark.parametrize("how", ["dead", "discarded"])
def test_what_is_dead_or_discarded_holds_up_nothing(store: SqlStore, how: str) -> None:
    started(store, messages=2)
    (first,) = _claim(store)
    assert store.outbox.fail(first.number, "w1", "gone", None)
    if how == "discarded":
        assert store.outbox.discard(first.number)
    assert _states(store) == [how, "waiting"]
    assert [message.key for message in _claim(store)] == ["ISS-000001:1:1"]


def test_a_lapsed_lease_is_taken_over_and_the_old_token_counts_no_more(store: SqlStore) -> None:
    started(store, messages=1)
    (first,) = _claim(store, "w1")
    (again,) = _claim(store, "w2", hours=1)
    assert (again.number, again.attempts) == (first.number, 2)
    assert not store.outbox.acknowledge(first.number, "w1", T0)
    assert not store.outbox.fail(first.number, "w1", "late", None)
    assert _states(store) == ["claimed"]
    assert store.outbox.acknowledge(first.number, "w2", T0)
    assert not store.outbox.acknowledge(first.number, "w2", T0)


def test_a_late_worker_may_still_acknowledge_while_nobody_has_taken_over(store: SqlStore) -> None:
    started(store, messages=1)
    (first,) = _claim(store)
    assert store.outbox.acknowledge(first.number, "w1", T0 + 9 * HOUR)
    assert _claim(store, hours=9) == []


def test_a_dead_message_can_be_tried_again_with_its_attempts_counted_anew(store: SqlStore) -> None:
    started(store, messages=1)
    (first,) = _claim(store)
    assert not store.outbox.retry(first.number, T0)
    store.outbox.fail(first.number, "w1", "bad \0 answer", None)
    assert store.outbox.retry(first.number, T0 + HOUR)
    assert _claim(store) == []
    (again,) = _claim(store, hours=1)
    assert (again.attempts, again.last_error) == (1, "bad � answer")


def test_a_waiting_message_can_be_set_aside_and_brought_back(store: SqlStore) -> None:
    started(store, messages=1)
    with store.read() as reader:
        (message,) = reader.messages(EVERYTHING, "waiting", 9)
    assert store.outbox.discard(message.number)
    assert not store.outbox.discard(message.number)
    assert _claim(store) == []
    assert store.outbox.retry(message.number, T0)
    assert [claimed.number for claimed in _claim(store)] == [message.number]
    assert not store.outbox.discard(message.number)


@pytest.mark.parametrize("number", [0, -1, 4711, 2**63, 10**30])
def test_a_number_that_no_message_has_changes_nothing(store: SqlStore, number: int) -> None:
    started(store, messages=1)
    assert not store.outbox.retry(number, T0)
    assert not store.outbox.discard(number)
    assert not store.outbox.acknowledge(number, "w1", T0)
    assert not store.outbox.fail(number, "w1", "error", None)
    assert _states(store) == ["waiting"]


def test_messages_are_listed_by_state_oldest_first_and_counted(store: SqlStore) -> None:
    started(store, "a", messages=3)
    (first,) = _claim(store)
    store.outbox.fail(first.number, "w1", "gone", None)
    with store.read() as reader:
        assert [message.key for message in reader.messages(EVERYTHING, "waiting", 9)] == ["a:1:1", "a:1:2"]
        assert [message.key for message in reader.messages(EVERYTHING, "dead", 9)] == ["a:1:0"]
        assert [message.key for message in reader.messages(EVERYTHING, None, 1)] == ["a:1:0"]
        assert reader.message_counts() == {"dead": 1, "waiting": 2}


def test_notices_are_laid_with_the_acknowledgement_once_for_each_message_and_post(store: SqlStore) -> None:
    started(store, messages=2)
    for words in ("one", "two"):
        (message,) = _claim(store)
        both = [NewNotice(post, Label(words, "督")) for post in ("desk", "head", "desk")]
        assert store.outbox.acknowledge(message.number, "w1", T0, both)
    with store.read() as reader:
        desk = reader.notices(["desk"], EVERYTHING, 9)
        assert [(notice.post, notice.ref, notice.text, notice.at, notice.read_at) for notice in desk] == [
            ("desk", "ISS-000001", Label("two", "督"), T0, None),
            ("desk", "ISS-000001", Label("one", "督"), T0, None),
        ]
        assert len(reader.notices(["desk", "head"], EVERYTHING, 9)) == 4
        assert len(reader.notices(["desk", "head"], EVERYTHING, 2)) == 2
        assert reader.notices([], EVERYTHING, 9) == []


def test_whoever_lost_the_lease_lays_no_notices(store: SqlStore) -> None:
    started(store, messages=1)
    (message,) = _claim(store)
    _claim(store, "w2", hours=2)
    assert not store.outbox.acknowledge(message.number, "w1", T0, [NewNotice("desk", Label("en", "zh"))])
    with store.read() as reader:
        assert reader.notices(["desk"], EVERYTHING, 9) == []


def test_a_claim_and_what_holds_it_up_are_read_from_the_partial_indexes(migrated_file: Path) -> None:
    engine = create_engine(f"sqlite:///{migrated_file}")
    with engine.connect() as connection:
        told = ""
        for claim in (outbox._CLAIMS.waiting, outbox._CLAIMS.lapsed):
            compiled = claim.compile(engine, compile_kwargs={"render_postcompile": True})
            values = tuple(1 for _ in compiled.positiontup or ())
            told += " ".join(row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values))
    engine.dispose()
    assert "ix_duban_outbox_next" in told
    assert "ix_duban_outbox_lapsed" in told
    assert "ix_duban_outbox_case" in told
