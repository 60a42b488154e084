"""A clock that jumps, a leap day, both changes of summer time: no step early, none missed, none twice.

When each step is due is worked out minute by minute by ``almanac.py``, which knows nothing of the engine.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.runtime.street import ORGANIZATION, written
from tests.faults.almanac import Office
from tests.faults.errands import FULL
from tests.faults.soundness import sound

import duban
import duban.testing

WATCH = """
workflow: watch
version: 1
reference: WAT
fields: {}
states: {open: {}, done: {final: true}}
events:
  begin: {to: open, by: [clerk]}
  end: {from: open, to: done, by: [clerk]}
deadlines:
  short:
    runs_in: [open]
    within: 90 working minutes
    ladder: [{at: due, level: 1, do: [{notify: {to: clerk}}]}, {at: due + 1 working day, level: 2}]
  long:
    runs_in: [open]
    within: 3 working days
    ladder: [{at: 50%, do: [{notify: {to: clerk}}]}, {at: due, level: 3, do: [{notify: {to: clerk}}]}]
"""
OFFICES = {
    "shanghai": Office("Asia/Shanghai", "weekdays", ("09:00-12:00", "14:00-18:00")),
    "berlin-by-day": Office("Europe/Berlin", "weekdays", ("08:00-12:00", "13:00-17:00"), ("2028-02-28", "2028-10-30")),
    "berlin-by-night": Office("Europe/Berlin", "everyday", ("22:00-06:00",)),
    "new-york-at-night": Office("America/New_York", "everyday", ("00:30-04:30", "05:00-06:00")),
}
MOMENTS = {
    "leap-day": datetime.fromisoformat("2028-02-29T00:00:00+00:00"),
    "clocks-go-forward": datetime.fromisoformat("2028-03-26T01:00:00+00:00"),
    "clocks-go-back": datetime.fromisoformat("2028-10-29T01:00:00+00:00"),
    "clocks-go-forward-in-new-york": datetime.fromisoformat("2028-03-12T07:00:00+00:00"),
    "clocks-go-back-in-new-york": datetime.fromisoformat("2028-11-05T06:00:00+00:00"),
}
JUMPS = (-60, -1, 0, 1, 60)
"""Minutes between a step's instant and a sweep."""

EXAMPLES = 60 if FULL else 3


@pytest.fixture(scope="module", params=OFFICES)
def working(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duban.Engine]:
    """An engine in an office, in memory."""
    office = OFFICES[request.param]
    calendar = f"calendar: {office.calendar}\nhours: {list(office.hours)}\nholidays: {list(office.closed)}\n"
    organization = ORGANIZATION.replace("Asia/Shanghai", office.zone)
    folder = written(tmp_path_factory.mktemp("office"), organization, calendar=calendar.replace("'", '"'), watch=WATCH)
    clock = duban.testing.FrozenClock(MOMENTS["leap-day"])
    with duban.Engine("sqlite:///:memory:", pack=folder, clock=clock, evidence=folder / "evidence") as engine:
        engine.migrate()
        engine.office = office  # type: ignore[attr-defined]
        yield engine


def steps_of(office: Office, start: datetime) -> dict[str, datetime]:
    """When each step is due, in that order."""
    due = {
        "short@due": office.after(start, 90),
        "short@due + 1 working day": office.after(start, 90 + office.day),
        "long@50%": office.after(start, 3 * office.day // 2),
        "long@due": office.after(start, 3 * office.day),
    }
    return dict(sorted(due.items(), key=lambda step: step[1]))


@pytest.mark.parametrize("moment", MOMENTS)
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    before=st.integers(1, 4 * 1_440), jumps=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(JUMPS)), max_size=8)
)
def test_every_step_is_climbed_at_its_minute_and_once_however_the_clock_jumps(
    working: duban.Engine, moment: str, before: int, jumps: list[tuple[int, int]]
) -> None:
    clock: duban.testing.FrozenClock = working.world.clock  # type: ignore[assignment]
    start = MOMENTS[moment] - timedelta(minutes=before)
    clock.move_to(start)
    ref = working.start("watch", by="clerk").ref
    steps = steps_of(working.office, start)  # type: ignore[attr-defined]
    instants = list(steps.values())
    # A minute before and at each instant, an hour back and forth after it, and in between whatever was drawn.
    order = [(place, jump) for place in range(len(instants)) for jump in (-1, *JUMPS[2:4], -60, 60)]
    latest = start
    for place, jump in [*jumps, *order]:
        latest = max(latest, at := instants[place] + timedelta(minutes=jump))
        clock.move_to(at)
        working.sweep()
        climbed = [row.event for row in working.history(ref, by="clerk")][1:]
        assert sorted(climbed) == sorted(name for name, due_at in steps.items() if due_at <= latest)
    assert [(case.level, case.version) for case in [working.get(ref, by="clerk")]] == [(3, 5)]
    working.fire(ref, "end", by="clerk")
    sound(working)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_due_time_is_that_of_the_clock_on_the_wall_minute_by_minute(working: duban.Engine, moment: str) -> None:
    clock: duban.testing.FrozenClock = working.world.clock  # type: ignore[assignment]
    for hours in range(-30, 31, 7):
        start = MOMENTS[moment] + timedelta(hours=hours, minutes=13)
        clock.move_to(start)
        case = working.start("watch", by="clerk")
        assert case.due_at == working.office.after(start, 90)  # type: ignore[attr-defined]
        working.fire(case.ref, "end", by="clerk")


def test_a_night_has_an_hour_less_in_spring_and_one_more_in_autumn() -> None:
    """What these tests rest on, by hand: ten hours of work from 20:00 UTC on, in nights from 22:00 to 06:00.

    Spring: seven hours until 04:00 UTC, three from 20:00 UTC on. Autumn: nine until 05:00 UTC, one from 21:00 UTC on.
    Leap day: eight from 21:00 to 05:00 UTC, two from 21:00 UTC on.
    """
    night = OFFICES["berlin-by-night"]
    ends = [
        night.after(datetime.fromisoformat(f"{day}T20:00:00+00:00"), 600).isoformat()
        for day in ("2028-03-25", "2028-10-28", "2028-02-28")
    ]
    assert ends == ["2028-03-26T23:00:00+00:00", "2028-10-29T22:00:00+00:00", "2028-02-29T23:00:00+00:00"]
