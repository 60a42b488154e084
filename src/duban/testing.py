"""For tests of those who embed duban: a clock that stands still until it is moved."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from duban.engine.deadlines.durations import parse_duration
from duban.engine.deadlines.hours import WorkingHours
from duban.engine.deadlines.plan import working_hours
from duban.engine.model.pack import CalendarPlan

_HOURS = working_hours(CalendarPlan(), ZoneInfo("Asia/Shanghai"))


class FrozenClock:
    """A clock that stands at ``at`` (aware; text as ISO 8601) and moves when told.

    ``hours`` are the hours of work in which ``advance`` counts; by default China's, 09:00-12:00 and 14:00-18:00.

    Raises:
        ValueError: ``at`` has no time zone.
    """

    def __init__(self, at: datetime | str, hours: WorkingHours | None = None) -> None:
        self._now = _aware(at)
        self._hours = hours or _HOURS

    def now(self) -> datetime:
        """The present moment, UTC."""
        return self._now

    def move_to(self, at: datetime | str) -> None:
        """Stand at another moment, earlier or later."""
        self._now = _aware(at)

    def advance(self, by: timedelta | str) -> None:
        """Move on by a timedelta of plain time, or by a working duration such as ``3 working days``.

        Raises:
            InvalidDuration: the text is not a working duration.
        """
        if isinstance(by, timedelta):
            self._now += by
        else:
            self._now = self._hours.add(self._now, parse_duration(by).seconds(self._hours.day_seconds)).at


def _aware(at: datetime | str) -> datetime:
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    if moment.tzinfo is None:
        raise ValueError(f"found the naive time {moment}, expected one with a zone, such as 2020-11-23T09:00:00+08:00")
    return moment.astimezone(UTC)
