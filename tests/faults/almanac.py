"""Working time by walking each minute and asking the clock on the wall: slow, plain, without a line of the engine."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Office:
    """Hours of work in a zone; a span may pass midnight and belongs to the day on which it opens.

    No span opens or closes within an hour that a change of the clock leaves out or repeats.
    """

    zone: str
    calendar: str
    hours: tuple[str, ...]
    closed: tuple[str, ...] = ()

    @property
    def day(self) -> int:
        """The minutes of a working day, as they are on a day without a change of the clock."""
        return sum((_minutes(end) - _minutes(begin)) % 1_440 for begin, end in map(_span, self.hours))

    def works(self, minute: datetime) -> bool:
        """Whether this minute is worked."""
        wall = minute.astimezone(ZoneInfo(self.zone))
        for begin, end in map(_span, self.hours):
            opened = wall.date()
            if end <= begin and wall.time() < end:
                opened -= timedelta(days=1)
            inside = begin <= wall.time() < end if begin < end else wall.time() >= begin or wall.time() < end
            weekday = self.calendar == "everyday" or opened.weekday() < 5
            if inside and weekday and opened.isoformat() not in self.closed:
                return True
        return False

    def after(self, start: datetime, minutes: int) -> datetime:
        """When so many minutes, at least one, have been worked since ``start``; UTC."""
        for minute in _each(start.astimezone(UTC)):
            minutes -= self.works(minute)
            if minutes == 0:
                return minute + MINUTE
        raise AssertionError("no end")


def _each(minute: datetime) -> Iterator[datetime]:
    while True:
        yield minute
        minute += MINUTE


def _span(text: str) -> tuple[time, time]:
    begin, end = map(time.fromisoformat, text.split("-"))
    return begin, end


def _minutes(of: time) -> int:
    return of.hour * 60 + of.minute
