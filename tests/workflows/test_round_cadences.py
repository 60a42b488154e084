"""Daily rounds open by themselves (S7): one a circuit on each working day, those with peak hours before the others."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.workflows.machines import PACK
from tests.workflows.rounds import CIRCUITS, OFFICE, SITES

import duban
from duban.testing import FrozenClock

LEADER = "executive-leader"
EARLY = {name for name, one in CIRCUITS.items() if any(SITES[site]["peak_hours"] for site in one["sites"])}


@pytest.fixture
def clock() -> FrozenClock:
    """A clock on the day of the notice."""
    return FrozenClock("2020-11-19T09:30:00+08:00")


@pytest.fixture
def engine(clock: FrozenClock, tmp_path: Path) -> Iterator[duban.Engine]:
    """An engine whose campaign is in rectification since Saturday, 21 November."""
    with duban.Engine("sqlite://", pack=PACK, clock=clock, evidence=tmp_path) as made:
        made.migrate()
        made.sweep()
        ref = made.start("campaign", by=OFFICE, event="launch", data={"title": "三个月整改提升行动"}).ref
        made.fire(ref, "issue_plan", by=OFFICE, data={"plan_number": "大街工委发〔2020〕30号"})
        made.fire(ref, "hold_meeting", by=OFFICE, data={"meeting_on": "2020-11-20"})
        clock.move_to("2020-11-21T00:00:00+08:00")
        made.fire(ref, "enter_rectification", by=LEADER)
        yield made


def opened(engine: duban.Engine, clock: FrozenClock, at: str) -> set[str]:
    """The circuits of the rounds that lie open for the day, after a sweep at that time."""
    clock.move_to(f"{at}:00+08:00")
    engine.sweep()
    found = engine.find("round", by=OFFICE, data={"day": at[:10]}, limit=100)
    assert all(count == 1 for count in Counter(one.data["circuit"] for one in found).values())
    return {one.data["circuit"] for one in found}


def test_every_working_day_each_circuit_has_its_round_and_peak_hours_come_first(
    engine: duban.Engine, clock: FrozenClock
) -> None:
    assert opened(engine, clock, "2020-11-22T12:00") == set()  # a Sunday
    assert opened(engine, clock, "2020-11-23T06:29") == set()
    assert opened(engine, clock, "2020-11-23T06:30") == EARLY == {"conduct", "cleanliness"}
    assert opened(engine, clock, "2020-11-23T08:30") == set(CIRCUITS)
    assert opened(engine, clock, "2020-11-24T18:00") == set(CIRCUITS)


def test_a_round_of_the_calendar_holds_the_points_of_its_circuit(engine: duban.Engine, clock: FrozenClock) -> None:
    opened(engine, clock, "2020-11-23T08:30")
    for case in engine.find("round", by=OFFICE, limit=100):
        circuit = CIRCUITS[case.data["circuit"]]
        assert (case.unit, case.data["points"]) == (circuit["unit"], circuit["sites"])
        assert (case.data["points_due"], case.data["points_checked"]) == (len(circuit["sites"]), 0)


def test_rounds_that_nobody_walks_are_missed_and_every_point_is_counted(
    engine: duban.Engine, clock: FrozenClock
) -> None:
    opened(engine, clock, "2020-11-23T08:30")
    clock.move_to("2020-11-24T06:00:00+08:00")
    engine.sweep()
    clock.move_to("2020-11-24T09:30:00+08:00")
    engine.sweep()
    missed = engine.find("round", by=OFFICE, state="missed", limit=100)
    points = engine.find("missed_point", by=OFFICE, limit=1000)
    assert {case.data["circuit"] for case in missed} == set(CIRCUITS)
    assert sorted(case.data["site"] for case in points) == sorted(SITES)
