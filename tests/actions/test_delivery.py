"""An action is carried out at least once, under a stable key; what fails waits, and what waits blocks nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.street import assigned, at_once

import duban
import duban.testing
from duban.engine.model.case import Message
from duban.engine.runtime.delivery import ATTEMPTS, LEASE, LONGEST_WAIT, DeliveryReport


class Probe:
    """Stands in for notify: notes what it is asked to do, and fails where it is told to."""

    name = "notify"

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.fails: set[str] = set()
        self.fault: BaseException = RuntimeError("the line is dead")

    def problems(self, params: Any) -> dict[str, Any]:
        return {}

    def recipients(self, params: Any) -> tuple[str, ...]:
        return ()

    def carry_out(self, message: Message, toolbox: Any) -> None:
        self.keys.append(message.key)
        if message.ref in self.fails:
            raise self.fault


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch) -> Probe:
    """The action of every message."""
    probe = Probe()
    monkeypatch.setattr("duban.actions.registry.Notify", lambda: probe)
    return probe


@pytest.fixture
def engine(make: Make, probe: Probe) -> duban.Engine:
    """An engine on the sample pack, whose actions are the probe."""
    return make()


def message(engine: duban.Engine, ref: str) -> Message:
    [found] = [message for message in engine.messages(by="office") if message.ref == ref]
    return found


def test_each_message_is_carried_out_once_when_all_goes_well(engine: duban.Engine, probe: Probe) -> None:
    cases = [assigned(engine) for _ in range(3)]
    assert engine.deliver() == DeliveryReport(3, 0, 0)
    assert engine.deliver() == DeliveryReport(0, 0, 0)
    assert probe.keys == [f"{case.ref}:2:0" for case in cases]
    assert {message.state for message in engine.messages(by="office")} == {"done"}


def test_no_more_are_tried_than_the_limit_allows(engine: duban.Engine, probe: Probe) -> None:
    for _ in range(3):
        assigned(engine)
    assert engine.deliver(limit=2) == DeliveryReport(2, 0, 0)
    assert engine.deliver(limit=0) == DeliveryReport(0, 0, 0)
    assert engine.deliver(limit=2) == DeliveryReport(1, 0, 0)


def test_what_fails_is_tried_again_under_the_same_key_ever_later_until_it_is_dead(
    engine: duban.Engine, probe: Probe, clock: duban.testing.FrozenClock
) -> None:
    case = assigned(engine)
    probe.fails = {case.ref}
    waits = []
    for attempt in range(1, ATTEMPTS + 1):
        before = clock.now()
        report = engine.deliver()
        found = message(engine, case.ref)
        assert (found.attempts, found.last_error) == (attempt, "RuntimeError: the line is dead")
        assert engine.deliver() == DeliveryReport(0, 0, 0)
        if attempt < ATTEMPTS:
            assert report == DeliveryReport(0, 1, 0)
            assert found.next_at is not None
            waits.append(found.next_at - before)
            clock.advance(waits[-1])
    assert report == DeliveryReport(0, 0, 1)
    for number, wait in enumerate(waits, start=1):
        longest = min(timedelta(seconds=10 * 2**number), LONGEST_WAIT)
        assert longest / 2 <= wait <= longest
    assert probe.keys == [f"{case.ref}:2:0"] * ATTEMPTS
    clock.advance(timedelta(days=30))
    assert (engine.deliver(), message(engine, case.ref).state) == (DeliveryReport(0, 0, 0), "dead")


def test_a_dead_message_can_be_tried_again_or_set_aside_by_an_operator(
    engine: duban.Engine, probe: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duban.engine.runtime.delivery.ATTEMPTS", 1)
    one, other = assigned(engine), assigned(engine)
    probe.fails = {one.ref, other.ref}
    assert engine.deliver() == DeliveryReport(0, 0, 2)
    probe.fails = set()
    engine.discard(message(engine, other.ref).key, by="office")
    engine.retry(message(engine, one.ref).key, by="office")
    assert engine.deliver() == DeliveryReport(1, 0, 0)
    assert [message(engine, case.ref).state for case in (one, other)] == ["done", "discarded"]
    with pytest.raises(duban.UnknownMessage):
        engine.discard(message(engine, one.ref).key, by="office")


def test_a_poisonous_message_blocks_nobody(
    engine: duban.Engine, probe: Probe, clock: duban.testing.FrozenClock
) -> None:
    poisoned, *others = [assigned(engine) for _ in range(5)]
    probe.fails = {poisoned.ref}
    assert engine.deliver() == DeliveryReport(4, 1, 0)
    assert {key.partition(":")[0] for key in probe.keys} == {poisoned.ref, *(case.ref for case in others)}
    clock.advance("3 working days")
    engine.sweep()
    engine.discard(message_of(engine, poisoned.ref, "waiting"), by="office")
    probe.fails = set()
    assert engine.deliver().delivered == 10


def message_of(engine: duban.Engine, ref: str, state: str) -> str:
    """The key of the oldest message of a case in a state."""
    return next(found.key for found in engine.messages(by="office", state=state) if found.ref == ref)


def test_a_message_that_kills_its_workers_is_laid_among_the_dead(
    engine: duban.Engine, probe: Probe, clock: duban.testing.FrozenClock
) -> None:
    case = assigned(engine)
    probe.fails, probe.fault = {case.ref}, SystemExit("killed")
    for _ in range(ATTEMPTS):
        with pytest.raises(SystemExit):
            engine.deliver()
        clock.advance(LEASE)
    assert engine.deliver() == DeliveryReport(0, 0, 1)
    assert (message(engine, case.ref).state, len(probe.keys)) == ("dead", ATTEMPTS)


def test_when_a_lease_lapses_another_worker_takes_over_and_the_first_is_not_heard(
    engine: duban.Engine, probe: Probe, clock: duban.testing.FrozenClock
) -> None:
    case = assigned(engine)
    now = clock.now()
    [claimed] = engine.store.outbox.claim(now, now + LEASE, "first", 10)
    assert engine.deliver() == DeliveryReport(0, 0, 0)
    clock.advance(LEASE)
    assert engine.deliver() == DeliveryReport(1, 0, 0)
    assert not engine.store.outbox.acknowledge(claimed.number, "first", clock.now())
    assert not engine.store.outbox.fail(claimed.number, "first", "too late", None)
    found = message(engine, case.ref)
    assert (found.state, found.key, found.attempts, found.last_error) == ("done", claimed.key, 2, None)


def test_a_worker_whose_lease_has_lapsed_leaves_the_rest_of_its_batch_to_others(
    engine: duban.Engine, probe: Probe, clock: duban.testing.FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        assigned(engine)
    carry_out = Probe.carry_out

    def slow(self: Probe, found: Message, toolbox: Any) -> None:
        carry_out(self, found, toolbox)
        if len(self.keys) == 1:
            clock.advance(LEASE)
            now = clock.now()
            stolen = [engine.store.outbox.claim(now, now + LEASE, "other", 10) for _ in range(3)]
            assert [len(batch) for batch in stolen] == [1, 1, 1]

    monkeypatch.setattr(Probe, "carry_out", slow)
    engine.deliver()
    assert probe.keys == ["ISS-000001:2:0"]


def test_a_worker_that_was_too_slow_gives_back_what_it_did_not_try(
    engine: duban.Engine, probe: Probe, clock: duban.testing.FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [assigned(engine) for _ in range(3)]
    carry_out = Probe.carry_out

    def slow(self: Probe, found: Message, toolbox: Any) -> None:
        carry_out(self, found, toolbox)
        clock.advance(LEASE)

    monkeypatch.setattr(Probe, "carry_out", slow)
    assert engine.deliver() == DeliveryReport(3, 0, 0)
    assert [message(engine, case.ref).attempts for case in cases] == [1, 1, 1]


def test_a_message_that_kills_its_workers_takes_no_attempts_from_those_claimed_with_it(
    engine: duban.Engine, probe: Probe, clock: duban.testing.FrozenClock
) -> None:
    deadly, *others = [assigned(engine) for _ in range(5)]
    probe.fails, probe.fault = {deadly.ref}, SystemExit("killed")
    for _ in range(ATTEMPTS):
        with pytest.raises(SystemExit):
            engine.deliver()
        clock.advance(LEASE)
    assert engine.deliver() == DeliveryReport(0, 0, 1)
    assert message(engine, deadly.ref).state == "dead"
    assert [(message(engine, case.ref).state, message(engine, case.ref).attempts) for case in others] == [
        ("done", 2)
    ] * 4


def test_workers_side_by_side_carry_out_each_message_once(engine: duban.Engine, probe: Probe) -> None:
    cases = [assigned(engine) for _ in range(12)]
    reports = at_once(4, lambda _number: engine.deliver())
    assert sum(report.delivered for report in reports if isinstance(report, DeliveryReport)) == 12
    assert sorted(probe.keys) == [f"{case.ref}:2:0" for case in cases]


def test_an_action_that_is_gone_fails_like_any_other(make: Make, probe: Probe, engine: duban.Engine) -> None:
    case = assigned(engine)
    engine.world.registry._loaded.clear()  # type: ignore[attr-defined]
    assert engine.deliver() == DeliveryReport(0, 1, 0)
    assert message(engine, case.ref).last_error == "LookupError: no action is called notify"
