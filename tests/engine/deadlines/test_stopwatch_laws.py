"""Laws of the stopwatch: however a run is cut by pauses, the same working time is used, and no edit starts it afresh.

Compared with ``minutes.py``, which counts one minute after the other and shares nothing with the engine.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.engine.deadlines import minutes
from tests.engine.deadlines.test_due_by_hand import STREET

from duban.engine.deadlines.durations import WorkingDuration
from duban.engine.deadlines.stopwatch import extended, moved
from duban.engine.model.case import Stopwatch
from duban.engine.model.definition import Deadline, Step, Table
from duban.engine.model.label import Label

MONDAY = datetime.fromisoformat("2020-11-23T09:30:00+08:00").astimezone(UTC)
LIMITS = {"short": 7 * 60, "long": 21 * 60, "longest": 70 * 60}
"""The limits in minutes of work."""

WORK = Deadline(
    "work",
    Label("Work", "办理"),
    frozenset({"open"}),
    table=Table("speed", {name: str(WorkingDuration(minutes=limit)) for name, limit in LIMITS.items()}),
    steps=(Step("75%"), Step("due"), Step("due + 1 working day")),
)
laws = settings(max_examples=200, deadline=None)

starts = st.integers(0, 60 * 24 * 60).map(lambda n: minutes.FIRST + timedelta(minutes=n))
stretches = st.lists(st.integers(0, 3_000), min_size=1, max_size=12)
"""Minutes of plain time, in turn of a run and of a pause."""


def step(watch: Stopwatch | None, runs: bool, now: datetime, speed: str = "long") -> Stopwatch:
    """The stopwatch after an event."""
    found = moved(WORK, watch, runs=runs, restarts=False, data={"speed": speed}, now=now, hours=STREET)
    assert found is not None
    return found


def played(start: datetime, stretches: Sequence[timedelta], speed: str = "long") -> tuple[Stopwatch, datetime]:
    """A stopwatch after runs and pauses in turn, of which it is paused or runs now; and the moment."""
    now, runs = start, True
    watch = step(None, True, now, speed)
    for stretch in stretches:
        now, runs = now + stretch, not runs
        watch = step(watch, runs, now, speed)
    return watch, now


@laws
@given(starts, stretches)
def test_what_was_used_is_what_a_count_of_the_minutes_in_its_runs_gives(start: datetime, plan: list[int]) -> None:
    watch, now = played(start, [timedelta(minutes=n) for n in plan])
    bounds = [start]
    for stretch in plan:
        bounds.append(bounds[-1] + timedelta(minutes=stretch))
    runs = list(pairwise(bounds))[::2]
    used = sum(minutes.between(*run) for run in runs)
    assert watch.used == 60 * used
    if watch.since is None:
        watch = step(watch, True, now)
    left = LIMITS["long"] - used
    if left > 0:
        assert watch.due_at == minutes.after(now, left)
    else:
        assert watch.due_at is not None
        assert watch.due_at <= now


@laws
@given(starts, st.integers(0, 999_999), st.lists(st.floats(0, 2), max_size=8), st.sampled_from(sorted(LIMITS)))
def test_pauses_of_no_length_at_any_moments_to_the_microsecond_change_nothing(
    start: datetime, fraction: int, parts: list[float], speed: str
) -> None:
    begun = start + timedelta(microseconds=fraction)
    whole = step(None, True, begun, speed)
    assert whole.due_at is not None
    # Some of them before it is due, and some when it is overdue.
    moments = [begun + (whole.due_at - begun) * part for part in sorted(parts)]
    watch = whole
    for moment in moments:
        watch = step(step(watch, False, moment, speed), True, moment, speed)
    assert watch.due_at == whole.due_at
    # Neither do they in what comes after: more time is as much more as without them, whether it was overdue or not.
    assert extended(WORK, watch, 2, STREET).due_at == extended(WORK, whole, 2, STREET).due_at
    now = moments[-1] if moments else begun
    assert step(watch, True, now, "longest").due_at == step(whole, True, now, "longest").due_at


@laws
@example(MONDAY, [0.4, 0.2] * 6)
@given(starts, st.lists(st.floats(0.000_001, 90_000), min_size=2, max_size=12))
def test_what_all_runs_use_until_it_is_due_is_the_limit_to_the_second_of_each_run(
    start: datetime, seconds: list[float]
) -> None:
    plan = [timedelta(seconds=round(n, 6)) for n in seconds[: len(seconds) // 2 * 2]]
    watch, now = played(start, plan)
    used, at = 0, start
    for run, pause in zip(plan[::2], plan[1::2], strict=True):
        used += STREET.between(at, at + run)
        at += run + pause
    assert at == now
    # A run is counted from and to whole seconds, so each is a second longer or shorter at most, and not always shorter.
    assert abs(watch.used - used) <= len(plan) // 2


def test_a_hundred_pauses_within_seconds_do_not_stop_the_clock() -> None:
    now, watch = MONDAY, step(None, True, MONDAY)
    for _ in range(100):
        now += timedelta(milliseconds=900)
        watch = step(step(watch, False, now), True, now)
    assert watch.used == 90
    assert watch.due_at == STREET.add(MONDAY, 21 * 3600).at


@laws
@given(starts, stretches, st.lists(st.sampled_from(sorted(LIMITS)), min_size=1, max_size=4))
def test_an_edit_of_the_limit_never_takes_back_what_was_used_nor_gives_it_twice(
    start: datetime, plan: list[int], speeds: list[str]
) -> None:
    watch, now = played(start, [timedelta(minutes=n) for n in plan])
    runs = watch.since is not None
    edited = watch
    for speed in speeds:
        edited = step(edited, runs, now, speed)
        assert (edited.used, edited.since, edited.entry) == (watch.used, watch.since, watch.entry)
        assert edited.next_step == watch.next_step
    # Back at the limit that it had, everything is as if nobody had touched it.
    back = step(edited, runs, now)
    if watch.used < watch.limit:
        assert back == watch


@laws
@given(starts, stretches, st.integers(1, 10))
def test_an_extension_gives_its_working_days_and_keeps_when_it_was_due(
    start: datetime, plan: list[int], days: int
) -> None:
    watch, now = played(start, [timedelta(minutes=n) for n in plan])
    if watch.since is None:
        watch = step(watch, True, now)
    more = extended(WORK, watch, days, STREET)
    left = LIMITS["long"] + days * minutes.DAY - watch.used // 60
    assert (more.used, more.original_due_at) == (watch.used, watch.due_at)
    if left > 0:
        assert more.due_at == minutes.after(now, left)
    assert extended(WORK, more, 1, STREET).original_due_at == watch.due_at


@pytest.mark.parametrize("speed", sorted(LIMITS))
def test_the_model_and_the_table_by_hand_count_the_same(speed: str) -> None:
    # [Mon] 09:30: a day to Tue 09:30, three to Thu 09:30, ten to Mon 2020-12-07 09:30.
    by_hand = {"short": "2020-11-24", "long": "2020-11-26", "longest": "2020-12-07"}[speed]
    due = datetime.fromisoformat(f"{by_hand}T09:30:00+08:00")
    assert minutes.after(MONDAY, LIMITS[speed]) == step(None, True, MONDAY, speed).due_at == due
    assert minutes.between(MONDAY, due) == LIMITS[speed]
