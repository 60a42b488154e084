"""When a cadence occurs: pure, over the working days of a calendar in one time zone.

A day that is not worked may hand what falls on it to a neighbour, so a day is asked whether anything falls on it: what
several days hand to one happens there once.
"""

from calendar import monthrange
from collections import deque
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from duban.engine.deadlines.hours import WorkingHours
from duban.engine.model.cadence import Cadence, Days

_DAY: Final = timedelta(days=1)
_FARTHEST: Final = 370
"""Days after which no working day is looked for any more: what falls on a closed day is then left out."""

_HORIZON: Final = 1_500
"""Days after which a next occurrence is not looked for any more; only a calendar without working days gets there."""


class Occurrence(NamedTuple):
    """One occurrence: its moment in UTC, and its day in the organisation's time zone."""

    at: datetime
    day: date


def occurrences(cadence: Cadence, hours: WorkingHours, after: datetime, until: datetime) -> Iterator[Occurrence]:
    """The occurrences later than ``after`` and not later than ``until`` (aware), strictly increasing.

    Raises:
        ValueError: ``after`` or ``until`` has no time zone.
    """
    # A day that the wall clock passes over, as when a zone moves across the date line, is over when the next begins.
    day, last = _local(after, hours) - _DAY, _local(until, hours)
    while day <= last:
        if falls_on(cadence, hours, day):
            at = hours.instant(day, cadence.at)
            if after < at <= until:
                yield Occurrence(at, day)
                after = at
        day += _DAY


def following(cadence: Cadence, hours: WorkingHours, after: datetime) -> Occurrence | None:
    """The first occurrence later than ``after`` (aware); None where the calendar has none in sight."""
    return next(occurrences(cadence, hours, after, after + _HORIZON * _DAY), None)


def latest(cadence: Cadence, hours: WorkingHours, after: datetime, until: datetime) -> Occurrence | None:
    """The last of ``occurrences``; None where there is none."""
    newest = deque(occurrences(cadence, hours, after, until), maxlen=1)
    return newest[0] if newest else None


def falls_on(cadence: Cadence, hours: WorkingHours, day: date) -> bool:
    """Whether the cadence occurs on ``day``, its own or one that a closed day hands over to it."""
    if not cadence.days.may_be_closed or cadence.closed == "same":
        return _declared(cadence.days, hours, day)
    if not hours.works_on(day):
        return False
    if _declared(cadence.days, hours, day):
        return True
    if cadence.closed == "skip":
        return False
    step = -_DAY if cadence.closed == "next" else _DAY
    for distance in range(1, _FARTHEST):
        neighbour = day + distance * step
        if hours.works_on(neighbour):
            return False
        if _declared(cadence.days, hours, neighbour):
            return True
    return False


def _declared(days: Days, hours: WorkingHours, day: date) -> bool:
    if days.kind == "weekdays":
        return day.weekday() in days.weekdays
    if days.kind == "day-of-month":
        return day.day == min(days.day, monthrange(day.year, day.month)[1])
    if not hours.works_on(day):
        return False
    if days.kind == "working-day":
        return True
    return not any(hours.works_on(day.replace(day=earlier)) for earlier in range(1, day.day))


def _local(at: datetime, hours: WorkingHours) -> date:
    if at.tzinfo is None:
        raise ValueError(f"found {at.isoformat()} without a time zone, expected an aware datetime such as one in UTC")
    return at.astimezone(hours.zone).date()
