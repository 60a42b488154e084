"""Runs, pauses and resumes the stopwatches of a case. Pure: values in, values out.

All seconds are whole working seconds. A stopwatch that resumes keeps what it used, so rework or suspension never gives
a fresh limit; a changed limit keeps what was used and what was granted; only an event under ``restarts_on`` starts
anew.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from duban.engine.deadlines.durations import parse_duration, parse_point
from duban.engine.model.case import Stopwatch
from duban.engine.model.changing import changed

if TYPE_CHECKING:
    from duban.engine.deadlines.hours import WorkingHours
    from duban.engine.model.definition import Deadline, Event, Workflow


def after_event(
    workflow: "Workflow",
    event: "Event",
    before: Mapping[str, Stopwatch],
    *,
    state: str,
    data: Mapping[str, Any],
    changes: Mapping[str, Any],
    at: datetime,
    hours: "WorkingHours",
    only: Collection[str] | None = None,
) -> dict[str, Stopwatch]:
    """The stopwatches after ``event``, which left the case in ``state`` with ``data``, of them ``changes`` new.

    A deadline that the event extends and that has not begun is left out. ``only`` names the deadlines that are wanted.
    """
    after = dict(before)
    for deadline in workflow.deadlines.values():
        if only is not None and deadline.name not in only:
            continue
        runs, restarts = state in deadline.runs_in, event.name in deadline.restarts_on
        watch = before.get(deadline.name)
        rests = watch is None or watch.since is None
        if restarts or (not _runs_on(deadline, watch, data, hours) if runs else not rests):
            watch = moved(deadline, watch, runs=runs, restarts=restarts, data=data, now=at, hours=hours)
        days = changes.get((event.extends or {}).get(deadline.name, ""))
        if days and watch is not None:
            watch = extended(deadline, watch, days, hours)
        if watch is not None:
            after[deadline.name] = watch
    return after


def _runs_on(deadline: "Deadline", watch: Stopwatch | None, data: Mapping[str, Any], hours: "WorkingHours") -> bool:
    """Whether a running stopwatch is left as it was planned. Another calendar is followed by ``recalculated``."""
    if watch is None or watch.since is None or deadline.until is not None:
        return False
    limit = limit_of(deadline, data, hours)
    return limit is not None and watch.limit == limit + watch.extra


def limit_of(deadline: "Deadline", data: Mapping[str, Any], hours: "WorkingHours") -> int | None:
    """The limit that the case's data ask for, in working seconds; None where nothing sets one."""
    words = deadline.within
    if deadline.table is not None:
        words = deadline.table.value(data)
    return None if words is None else _seconds(words, hours.day_seconds)


def moved(
    deadline: "Deadline",
    watch: Stopwatch | None,
    *,
    runs: bool,
    restarts: bool,
    data: Mapping[str, Any],
    now: datetime,
    hours: "WorkingHours",
) -> Stopwatch | None:
    """The stopwatch after an event at ``now`` that leaves the case in a state where it ``runs`` or not.

    Runs begin and end at whole seconds, the one at which ``now`` was last: where a run ends and the next begins at the
    same moment, nothing is lost between them, so pauses never move a due time by themselves.
    """
    now = now.replace(microsecond=0)
    known = watch is not None
    if watch is not None and restarts:
        watch = Stopwatch(deadline.name, watch.entry + 1, 0, 0, None, None, False, 0, None)
    if not runs:
        return None if watch is None else _paused(watch, now, hours)
    if watch is None:
        watch = Stopwatch(deadline.name, 1, 0, 0, None, None, False, 0, None)
    since = watch.since or now
    if deadline.until is not None:
        running = _until(deadline, watch, data, since, hours)
    else:
        limit = limit_of(deadline, data, hours)
        wanted = (limit or 0) + watch.extra
        granted = changed(watch, limit=wanted, due_at=_due_with(watch, wanted, hours), since=since)
        running = None if limit is None else planned(deadline, granted, hours)
    if running is None and known:
        return _paused(watch, now, hours)
    return running


def planned(
    deadline: "Deadline", watch: Stopwatch, hours: "WorkingHours", next_step: int | None = None
) -> Stopwatch:  # fmt: skip
    """A running stopwatch with its due time and the time of its next step worked out, which may be another one."""
    if watch.since is None:
        return watch
    next_step = watch.next_step if next_step is None else next_step
    due_at, provisional = watch.due_at, watch.provisional
    if deadline.until is None:
        if watch.used < watch.limit:
            due_at, provisional = hours.add(watch.since, watch.limit - watch.used)
        elif due_at is None or due_at > watch.since:
            due_at, provisional = watch.since, False  # the limit shrank below what was used already
    next_at = None
    if next_step < len(deadline.steps):
        offset = _offset(deadline.steps[next_step].point, watch.limit, hours.day_seconds)
        # A step that an earlier run has passed already is due at once, in or out of hours.
        next_at = hours.add(watch.since, offset - watch.used).at if offset > watch.used else watch.since
    return changed(watch, due_at=due_at, provisional=provisional, next_step=next_step, next_at=next_at)


def climbed(deadline: "Deadline", watch: Stopwatch, hours: "WorkingHours") -> Stopwatch:
    """The running stopwatch after its next step was climbed."""
    return planned(deadline, watch, hours, watch.next_step + 1)


def extended(deadline: "Deadline", watch: Stopwatch, days: int, hours: "WorkingHours") -> Stopwatch:
    """The stopwatch with ``days`` working days more; when it was due before the first extension is kept.

    Steps that were climbed already stay climbed.
    """
    seconds = days * hours.day_seconds
    more = changed(
        watch,
        limit=watch.limit + seconds,
        due_at=_due_with(watch, watch.limit + seconds, hours),
        extra=watch.extra + seconds,
        original_due_at=watch.original_due_at or watch.due_at,
    )
    return planned(deadline, more, hours)


def _due_with(watch: Stopwatch, limit: int, hours: "WorkingHours") -> datetime | None:
    """The due time with another limit. One that is overdue by more than it was given was due later by that much."""
    due_at = watch.due_at
    if due_at is not None and watch.limit < limit <= watch.used:
        return hours.add(due_at, limit - watch.limit).at
    return due_at


def _until(
    deadline: "Deadline", watch: Stopwatch, data: Mapping[str, Any], since: datetime, hours: "WorkingHours"
) -> Stopwatch | None:
    day = data.get(deadline.until or "")
    if not isinstance(day, str):
        return None
    due_at, provisional = hours.due_on(date.fromisoformat(day))
    limit = watch.used + hours.between(since, due_at)
    running = changed(watch, limit=limit, since=since, due_at=due_at, provisional=provisional)
    return planned(deadline, running, hours)


def _paused(watch: Stopwatch, now: datetime, hours: "WorkingHours") -> Stopwatch:
    if watch.since is None:
        return watch
    return changed(watch, used=watch.used + hours.between(watch.since, now), since=None, next_at=None)


# Words of definitions, the same few again and again: figures read them for every row of every case.
@lru_cache(maxsize=1_024)
def _seconds(words: str, day_seconds: int) -> int:
    return parse_duration(words).seconds(day_seconds)


@lru_cache(maxsize=4_096)
def _offset(point: str, limit: int, day_seconds: int) -> int:
    return parse_point(point).offset_seconds(limit, day_seconds)
