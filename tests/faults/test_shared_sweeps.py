"""Several sweepers, and sweepers that are killed or told to stop: each step once, in due order, whoever climbs it."""

import os
import random
import signal
import time
from pathlib import Path

import pytest
from tests.faults import errands
from tests.faults.running import Command, Running
from tests.faults.soundness import sound

import duban

KILLS = 200 if errands.FULL else 20
SHARED = 5_000 if errands.FULL else 1_000
COMMANDS, COMMANDED = (20, 5_000) if errands.FULL else (2, 400)


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


def test_two_schedulers_at_once_climb_and_deliver_each_step_once_in_due_order(
    street: duban.Engine, url: str, errand_pack: Path
) -> None:
    due = errands.begun(street, street.world.clock, SHARED)  # type: ignore[arg-type]
    words = ("scheduler", url, str(errand_pack), errands.A_WEEK_LATER, "1", "", "50")
    with Running(*words) as one, Running(*words) as other:
        for scheduler in (one, other):
            scheduler.until("ready")
        for scheduler in (one, other):
            scheduler.says("go")
        for scheduler in (one, other):
            # The second tick in which there is nothing left: the other may still be at its last batch in the first.
            for _ in range(2):
                scheduler.until(lambda line: line.get("event") == "scheduler.tick" and not line["delivered"])
            scheduler.process.send_signal(signal.SIGTERM)
        told = [scheduler.until("summary") for scheduler in (one, other)]
        assert [scheduler.ended() for scheduler in (one, other)] == [0, 0]
    assert [one["failed"] for one in told] == [0, 0]
    assert sum(one["climbed"] for one in told) == sum(one["delivered"] for one in told) == len(due)
    errands.whole(errands.later(street), due)
    assert street.messages(by="system", state="waiting") == []
    assert len(street.inbox(by="clerk", limit=1_000_000)) == len(due)


def test_a_scheduler_killed_in_mid_sweep_over_and_over_loses_nothing_and_doubles_nothing(
    street: duban.Engine, url: str, errand_pack: Path
) -> None:
    due = errands.begun(street, street.world.clock, SHARED)  # type: ignore[arg-type]
    chance, killed, lengths = random.Random(20_201_130), 0, []
    with Running("nursery", url, str(errand_pack), errands.A_WEEK_LATER, "10") as nursery:
        for _ in range(KILLS):
            nursery.says("begin")
            victim = nursery.until("begins")["pid"]
            # After so many steps, and then at any moment of those that follow.
            for _ in range(chance.randint(0, 30)):
                nursery.until("step.climbed")
            until = time.monotonic() + chance.uniform(0, 0.02)
            while (left := until - time.monotonic()) > 0:
                nursery.glance(left)
            os.kill(victim, signal.SIGKILL)
            killed += nursery.until("ended")["was_killed"]
            lengths.append(len(errands.climbed(street)))
            assert errands.climbed(street) == due[: lengths[-1]]
    assert killed == KILLS
    assert 0 < lengths[-1] < len(due)
    assert len(set(lengths)) > KILLS // 2
    assert street.verify() == []
    sound(street)
    assert errands.later(street).sweep().climbed == len(due) - lengths[-1]
    errands.whole(street, due)
    sound(street)


def test_the_command_killed_in_mid_sweep_over_and_over_is_made_good_by_the_next_within_two_ticks(
    street: duban.Engine, url: str
) -> None:
    due = errands.begun(street, street.world.clock, COMMANDED, errands.YEARS_LATER)  # type: ignore[arg-type]
    assert len(due) == 3 * COMMANDED
    chance, done = random.Random(20_201_207), 0
    for _ in range(COMMANDS):
        with Command(url) as scheduler:
            scheduler.until("scheduler.started")
            # Short enough that so many of them never come to the end of what is due.
            until = time.monotonic() + chance.uniform(0, 0.5 if errands.FULL else 0.15)
            while (left := until - time.monotonic()) > 0:
                scheduler.glance(left)
            scheduler.process.send_signal(signal.SIGKILL)
            assert scheduler.ended() == -signal.SIGKILL
        found = errands.climbed(street)
        assert found == due[: len(found)]
        assert done <= len(found) < len(due)
        done = len(found)
    with Command(url) as scheduler:
        ticks = [scheduler.until("scheduler.tick") for _ in range(2)]
        assert sum(tick["climbed"] for tick in ticks) == len(due) - done
        assert [line for line in scheduler.told if line["event"] == "scheduler.failed"] == []
        scheduler.process.send_signal(signal.SIGTERM)
        assert scheduler.ended() == 0
    errands.whole(errands.later(street, errands.YEARS_LATER), due)


def test_a_scheduler_told_to_stop_in_mid_sweep_ends_soon_and_leaves_the_rest_in_order(
    street: duban.Engine, url: str, errand_pack: Path
) -> None:
    due = errands.begun(street, street.world.clock, SHARED)  # type: ignore[arg-type]
    with Running("scheduler", url, str(errand_pack), errands.A_WEEK_LATER, "1", "", "10") as scheduler:
        scheduler.says("go")
        scheduler.until("step.climbed")
        scheduler.process.send_signal(signal.SIGTERM)
        done = scheduler.until("summary")["climbed"]
        assert scheduler.ended() == 0
    assert 0 < done < len(due)
    assert errands.climbed(street) == due[:done]
    assert errands.later(street).sweep().climbed == len(due) - done
    errands.whole(street, due)
