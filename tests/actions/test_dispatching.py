"""Notices on channels: gathered, kept for working hours, tried again, and never of a confidential case."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.actions.channel_office import ASK, CHANNELS, ORGANIZATION, Couriers
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.street import written

import duban
import duban.testing
from duban.engine.errors import ChannelError
from duban.engine.runtime.delivery import ATTEMPTS, LEASE, DeliveryReport


@pytest.fixture
def couriers(monkeypatch: pytest.MonkeyPatch) -> Couriers:
    """In place of the post office."""
    made = Couriers()
    monkeypatch.setattr("duban.app.PostOffice", lambda: made)
    return made


@pytest.fixture
def engine(make: Make, tmp_path: Path, couriers: Couriers) -> duban.Engine:
    """An engine on a pack with two channels."""
    return make(written(tmp_path / "pack", ORGANIZATION, ask=ASK, channels=CHANNELS))


def asked(engine: duban.Engine) -> str:
    return engine.start("ask", by="clerk").ref


def test_a_notice_lies_in_the_inbox_at_once_and_goes_out_when_its_digest_closes(
    engine: duban.Engine, couriers: Couriers, clock: duban.testing.FrozenClock
) -> None:
    refs = [asked(engine), asked(engine)]
    assert engine.deliver() == DeliveryReport(2, 0, 0)
    assert len(engine.inbox(by="chief")) == 2
    clock.advance(timedelta(minutes=5))
    assert engine.deliver().sent == 1
    # In the group the same notice to two posts is told once.
    assert couriers.told() == [("group", "", refs)]
    clock.advance(timedelta(minutes=25))
    assert engine.deliver().sent == 2
    assert couriers.told() == [("post_box", "chief", refs), ("post_box", "road-hand", refs)]
    assert engine.deliver() == DeliveryReport(0, 0, 0)


def test_in_a_group_a_notice_names_all_whom_it_is_for(
    engine: duban.Engine, couriers: Couriers, clock: duban.testing.FrozenClock
) -> None:
    asked(engine)
    engine.deliver()
    clock.advance(timedelta(minutes=5))
    engine.deliver()
    [(_, parcel)] = couriers.sent
    assert [sorted(item.posts) for item in parcel.items] == [["chief", "road-hand"]]


def test_with_the_most_that_it_holds_a_digest_goes_out_at_once(engine: duban.Engine, couriers: Couriers) -> None:
    refs = [asked(engine), asked(engine), asked(engine)]
    engine.deliver()
    assert couriers.told() == [("group", "", refs)]


def test_a_thousand_notices_are_a_few_messages(
    engine: duban.Engine, couriers: Couriers, clock: duban.testing.FrozenClock
) -> None:
    with engine.batch() as batch:
        for _ in range(1_000):
            batch.start("ask", by="clerk")
    engine.deliver()
    clock.advance(timedelta(minutes=30))
    engine.deliver()
    mails = [parcel for name, parcel in couriers.sent if name == "post_box" and parcel.recipient == "chief"]
    assert len(mails) == 1_000 / 20
    refs = [item.ref for parcel in mails for item in parcel.items]
    assert (len(refs), len(set(refs))) == (1_000, 1_000)


def test_outside_working_hours_nothing_goes_out_until_they_begin(
    engine: duban.Engine, couriers: Couriers, clock: duban.testing.FrozenClock
) -> None:
    clock.move_to("2020-11-27T17:45:00+08:00")
    ref = asked(engine)
    engine.deliver()
    clock.move_to("2020-11-27T18:15:00+08:00")
    engine.deliver()
    assert couriers.told() == [("group", "", [ref])]
    clock.move_to("2020-11-30T08:59:00+08:00")
    assert engine.deliver().sent == 0
    clock.move_to("2020-11-30T09:00:00+08:00")
    engine.deliver()
    assert couriers.told() == [("post_box", "chief", [ref]), ("post_box", "road-hand", [ref])]


def test_what_was_due_in_working_hours_and_comes_late_waits_for_the_next_without_counting(
    engine: duban.Engine, couriers: Couriers, clock: duban.testing.FrozenClock
) -> None:
    clock.move_to("2020-11-27T17:00:00+08:00")
    asked(engine)
    engine.deliver()
    clock.move_to("2020-11-27T19:00:00+08:00")
    engine.deliver()
    waiting = engine.dispatches(by="clerk", channel="post_box")
    assert [(one.state, one.attempts) for one in waiting] == [("waiting", 0)] * 2
    assert {one.next_at for one in waiting} == {datetime.fromisoformat("2020-11-30T09:00:00+08:00")}


def test_what_is_urgent_waits_neither_for_its_digest_nor_for_working_hours(
    engine: duban.Engine, couriers: Couriers, clock: duban.testing.FrozenClock
) -> None:
    clock.move_to("2020-11-27T16:59:00+08:00")
    ref = asked(engine)
    engine.deliver()
    clock.move_to("2020-11-27T20:00:00+08:00")
    couriers.told()
    assert engine.sweep().climbed == 1
    engine.deliver()
    assert ("post_box", "chief", [ref]) in couriers.told()


def test_of_a_confidential_case_nothing_leaves_the_inbox(
    engine: duban.Engine, couriers: Couriers, clock: duban.testing.FrozenClock
) -> None:
    ref, other = asked(engine), asked(engine)
    engine.deliver()
    engine.fire(ref, "hide", by="clerk")
    engine.deliver()
    clock.advance(timedelta(hours=1))
    engine.deliver()
    assert len(engine.inbox(by="chief")) == 3
    assert {name for _, _, refs in couriers.told() for name in refs} == {other}


def test_a_digest_of_which_nothing_may_be_told_any_more_is_not_sent(
    engine: duban.Engine, couriers: Couriers, clock: duban.testing.FrozenClock
) -> None:
    ref = asked(engine)
    engine.deliver()
    engine.fire(ref, "hide", by="clerk")
    clock.advance(timedelta(hours=1))
    assert engine.deliver() == DeliveryReport(1, 0, 0)
    assert couriers.tried == []
    assert engine.dispatches(by="road-hand") == []


def test_no_key_of_what_goes_out_names_a_case(engine: duban.Engine, couriers: Couriers) -> None:
    ref = asked(engine)
    engine.deliver()
    assert [one.key for one in engine.dispatches(by="clerk") if ref in one.key] == []


def test_what_is_not_taken_is_tried_again_under_its_key_until_it_is_dead(
    engine: duban.Engine, couriers: Couriers, clock: duban.testing.FrozenClock
) -> None:
    couriers.fault = lambda channel, _: (
        ChannelError("status", host="h", status=500) if channel.name == "group" else None
    )
    asked(engine)
    engine.deliver()
    for _ in range(ATTEMPTS):
        clock.advance(timedelta(hours=2))
        engine.deliver()
    [dead] = engine.dispatches(by="clerk", channel="group")
    assert (dead.state, dead.attempts) == ("dead", ATTEMPTS)
    assert dead.last_error == "h answered 500; expected a status of success. It is tried again later."
    assert couriers.tried.count(dead.key) == ATTEMPTS
    assert len(couriers.told()) == 2
    couriers.fault = lambda *_: None
    engine.retry(dead.key, by="clerk")
    assert engine.deliver() == DeliveryReport(0, 0, 0, 1)
    with pytest.raises(duban.UnknownMessage):
        engine.discard(dead.key, by="clerk")


def test_a_channel_that_asks_for_a_pause_is_left_alone_and_its_others_lose_no_attempt(
    engine: duban.Engine, couriers: Couriers, clock: duban.testing.FrozenClock
) -> None:
    pause = timedelta(minutes=1)
    couriers.fault = lambda channel, _: ChannelError("robot-too-fast", kind="wecom", code="45009", pause=pause)
    for _ in range(6):
        asked(engine)
    engine.deliver()
    assert len(couriers.tried) == 1
    found = engine.dispatches(by="clerk", channel="group")
    assert sorted(one.attempts for one in found) == [0] * (len(found) - 1) + [1]
    assert all(one.next_at is not None and one.next_at >= clock.now() + pause for one in found)


def test_without_its_variables_a_channel_is_silent_and_nothing_waits_for_it(
    engine: duban.Engine, couriers: Couriers
) -> None:
    couriers.unset = {"post_box": ("DUBAN_SMTP_SERVER",), "group": ("DUBAN_WECOM_URL",)}
    asked(engine)
    assert engine.deliver() == DeliveryReport(1, 0, 0)
    assert engine.dispatches(by="clerk") == []
    with pytest.raises(ChannelError, match="DUBAN_WECOM_URL not set"):
        engine.try_channel("group")


def test_what_waits_for_a_channel_that_lost_its_variables_waits_on_without_counting(
    engine: duban.Engine, couriers: Couriers, clock: duban.testing.FrozenClock
) -> None:
    asked(engine)
    engine.deliver()
    couriers.unset = {"group": ("DUBAN_WECOM_URL",)}
    clock.advance(timedelta(minutes=5))
    assert engine.deliver() == DeliveryReport(0, 0, 0)
    [waiting] = engine.dispatches(by="clerk", channel="group")
    assert (waiting.state, waiting.attempts) == ("waiting", 0)


def test_what_kills_its_workers_is_laid_among_the_dead_and_what_nobody_foresaw_is_told_without_its_words(
    engine: duban.Engine, couriers: Couriers, clock: duban.testing.FrozenClock
) -> None:
    asked(engine)
    engine.deliver()
    clock.advance(timedelta(minutes=5))
    couriers.fault = lambda *_: ValueError("https://T0KEN@h.example")
    engine.deliver()
    [one] = engine.dispatches(by="clerk", channel="group")
    assert one.last_error == "ValueError"
    deadly: Any = SystemExit("killed")
    couriers.fault = lambda *_: deadly
    for _ in range(ATTEMPTS - 1):
        clock.advance(timedelta(hours=20) + LEASE)
        with pytest.raises(SystemExit):
            engine.deliver(limit=1)
    couriers.fault = lambda *_: None
    clock.advance(LEASE)
    engine.deliver()
    assert [one.state for one in engine.dispatches(by="clerk", channel="group")] == ["dead"]


def test_a_trial_tells_what_came_back_and_leaves_nothing(engine: duban.Engine, couriers: Couriers) -> None:
    assert engine.try_channel("post_box", "road-hand") == "taken"
    [(name, parcel)] = couriers.sent
    assert (name, parcel.recipient, [item.text.en for item in parcel.items]) == (
        "post_box", "road-hand", ["A trial: this channel works."],
    )  # fmt: skip
    assert engine.dispatches(by="clerk") == []
    with pytest.raises(duban.DubanError, match="did you mean `group`"):
        engine.try_channel("groups")
    with pytest.raises(duban.UsageError, match="does not go to clerk"):
        engine.try_channel("group", "clerk")


def test_with_a_limit_a_slow_channel_is_left_soon_and_what_was_not_tried_is_given_back(
    engine: duban.Engine, couriers: Couriers, clock: duban.testing.FrozenClock
) -> None:
    asked(engine)
    engine.deliver()
    clock.advance(timedelta(minutes=30))

    def slow(*_: object) -> None:
        clock.advance(timedelta(seconds=6))

    couriers.fault = slow
    assert engine.deliver(limit=10).sent == 1
    assert sorted((one.state, one.attempts) for one in engine.dispatches(by="clerk")) == [
        ("done", 1), ("waiting", 0), ("waiting", 0),
    ]  # fmt: skip
    assert engine.deliver().sent == 2
