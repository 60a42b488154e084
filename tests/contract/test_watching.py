"""What a monitor is told, by every store: what waits, since when, and of visible cases only."""

from datetime import timedelta

from tests.contract.samples import HOUR, T0, a_case, a_stopwatch, started, stored
from tests.contract.test_dispatches import noticed, route

from duban.engine.model.scope import Scope
from duban.engine.ports.watching import Lying
from duban.persistence.store import SqlStore

NOBODY = Scope.of_nobody()


def test_an_empty_store_has_nothing_waiting(store: SqlStore) -> None:
    with store.read() as reader:
        pulse, latest = reader.pulse(NOBODY, T0), reader.latest_at(NOBODY)
    assert (pulse.due, pulse.due_at, dict(pulse.messages), pulse.undelivered_at) == (0, None, {}, None)
    assert (dict(pulse.dispatches), pulse.unsent_at, latest) == ({}, None, None)


def test_messages_are_counted_by_state_and_the_oldest_that_is_not_delivered_is_told(store: SqlStore) -> None:
    started(store, "a", messages=1)
    (first,) = store.outbox.claim(T0, T0 + HOUR, "w", 9)
    assert store.outbox.acknowledge(first.number, "w", T0)
    started(store, "b", messages=1)
    (second,) = store.outbox.claim(T0, T0 + HOUR, "w", 9)
    assert store.outbox.fail(second.number, "w", "no", None)
    started(store, "c", messages=2)
    started(store, "d", messages=1, audience=("leader",))
    with store.read() as reader:
        pulse = reader.pulse(NOBODY, T0 + HOUR)
    assert dict(pulse.messages) == {"waiting": 2, "dead": 1}
    assert pulse.undelivered_at == T0


def test_what_nobody_takes_is_told_without_what_waits_for_its_own_time_or_behind_another(store: SqlStore) -> None:
    started(store, "a", messages=2)
    started(store, "b", messages=1)
    started(store, "c", messages=1, audience=("leader",))
    with store.read() as reader:
        fresh = reader.lying(NOBODY, T0)
    claimed = store.outbox.claim(T0, T0 + HOUR, "w", 9)
    with store.read() as reader:
        taken, lapsed = reader.lying(NOBODY, T0), reader.lying(NOBODY, T0 + HOUR)
    for one in claimed:
        assert store.outbox.fail(one.number, "w", "no", T0 + 2 * HOUR)
    with store.read() as reader:
        refused, again = reader.lying(NOBODY, T0 + HOUR), reader.lying(NOBODY, T0 + 3 * HOUR)

    assert fresh == Lying(2, T0, is_worked=False)
    assert taken == Lying(0, None, is_worked=True)
    assert lapsed == Lying(2, T0 + HOUR, is_worked=False)
    assert refused == Lying(0, None, is_worked=False)
    assert again == Lying(2, T0 + 2 * HOUR, is_worked=False)


def test_what_goes_out_on_channels_is_late_from_when_it_was_due(store: SqlStore) -> None:
    noticed(store, "a", route("k0"))
    with store.read() as reader:
        gathering = reader.pulse(NOBODY, T0)
        late = reader.pulse(NOBODY, T0 + timedelta(hours=2))
    assert (dict(gathering.dispatches), gathering.unsent_at) == ({("mail", "waiting"): 1}, None)
    assert late.unsent_at == T0 + timedelta(minutes=30)


def test_steps_that_are_due_are_counted_with_the_time_of_the_oldest(store: SqlStore) -> None:
    for ref, at, audience in (("a", T0, ()), ("b", T0 + HOUR, ()), ("c", T0 - HOUR, ("leader",))):
        with store.write() as writer:
            case = stored(writer, a_case(ref, audience=audience))
            writer.put_stopwatches(case.id, [a_stopwatch(next_at=at)])
    with store.read() as reader:
        at, later = reader.pulse(NOBODY, T0), reader.pulse(NOBODY, T0 + HOUR)
        latest = reader.latest_at(NOBODY)
    assert (at.due, at.due_at, later.due) == (1, T0, 2)
    assert latest == T0
