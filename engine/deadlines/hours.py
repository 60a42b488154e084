"""Working time on the clock: when so many seconds of work have passed, and how many have.

Counted in real elapsed seconds, to the microsecond inside, so that a change to summer time never gives or takes time.
A span of hours belongs to the working day on which it opens: 22:00-06:00 of a Friday runs into Saturday.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from duban.engine.deadlines.spans import Span, in_order, span_seconds
from duban.engine.ports.calendar import DayCalendar

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROS: Final = 1_000_000
_DAY: Final = 86_400
_SATURDAY: Final = 5
# Longer than the longest duration that can be written; only a calendar without working days gets there.
_LONGEST_WALK: Final = 40_000
_CACHED_DAYS: Final = 4_096
_CACHED_SUMS: Final = 1_024


class Due(NamedTuple):
    """A moment in UTC; provisional where days were counted that the calendar does not know yet."""

    at: datetime
    provisional: bool


class _Day(NamedTuple):
    openings: tuple[tuple[int, int], ...]
    """From, until; microseconds since 1970."""
    known: bool


class WorkingHours:
    """Hours of work on the working days of a calendar, in one time zone. Safe to share between threads.

    Days that the calendar does not know count as worked from Monday to Friday, and make a ``Due`` provisional.
    Takes aware datetimes of any zone, gives UTC. A naive one is a mistake of the caller: ValueError.

    Raises:
        InvalidDuration: no hours, or hours that overlap.
    """

    def __init__(self, calendar: DayCalendar, hours: Sequence[Span], zone: ZoneInfo) -> None:
        self.calendar = calendar
        self.hours = in_order(hours)
        self.zone = zone
        self.day_seconds: Final = sum(map(span_seconds, self.hours))
        """Seconds of work in one working day: what ``1 working day`` means."""
        self._lookback = int(self.hours[-1][1] <= self.hours[-1][0])
        self._day = lru_cache(_CACHED_DAYS)(self._read_day)
        # Cases that move together begin at the same second and have the same few limits.
        self._added = lru_cache(_CACHED_SUMS)(self._add)

    def add(self, start_at: datetime, seconds: int) -> Due:
        """Tell when ``seconds`` of work have passed since ``start_at``.

        What ends with a span of hours is due at its closing time. With 0 seconds the answer is ``start_at`` itself
        from opening to closing time, both included, and the next opening at any other time. So for every moment
        ``t`` and all ``a, b >= 0``, ``add(add(t, a).at, b).at == add(t, a + b).at`` and
        ``between(t, add(t, a).at) == a``.

        Raises:
            ValueError: negative seconds, a naive ``start_at``, or a calendar without working days.
        """
        if seconds < 0:
            raise ValueError(f"found {seconds} seconds to add, expected 0 or more; count back with `between`")
        return self._added(start_at, seconds)

    def _add(self, start_at: datetime, seconds: int) -> Due:
        at, left, provisional = _micros(start_at), seconds * _MICROS, False
        for openings, known in self._days_from(start_at):
            provisional |= not known
            for opens, closes in openings:
                if closes < at:
                    continue
                begins = max(opens, at)
                if left <= closes - begins:
                    return Due(_moment(begins + left), provisional)
                left -= closes - begins
        raise ValueError(self._no_work_after(start_at))

    def back(self, end_at: datetime, seconds: int) -> datetime:
        """Tell since when no more than ``seconds`` of work have passed until ``end_at``: the earliest moment, in UTC.

        What ends with an opening reaches back to the closing time before it: a break, a night or a holiday in between
        is no work. With 0 seconds it is ``end_at`` itself. For every moment ``t``, ``between(back(t, a), t) == a``.

        Raises:
            ValueError: negative seconds, a naive ``end_at``, or too little working time before it.
        """
        if seconds < 0:
            raise ValueError(f"found {seconds} seconds to count back, expected 0 or more; count on with `add`")
        end, left = _micros(end_at), seconds * _MICROS
        if left == 0:
            return _moment(end)
        last = end_at.astimezone(self.zone).toordinal()
        for ordinal in range(last, max(0, last - _LONGEST_WALK), -1):
            for opens, closes in reversed(self._day(ordinal).openings):
                worked = min(closes, end) - opens
                if worked > left:
                    return _moment(opens + worked - left)
                left -= max(worked, 0)
        raise ValueError(f"the calendar has too little working time before {end_at.isoformat()}; check its holidays")

    def between(self, start_at: datetime, end_at: datetime) -> int:
        """Count the whole seconds of work from ``start_at`` to ``end_at``; 0 if it is not later."""
        start, end = _micros(start_at), _micros(end_at)
        if end <= start:
            return 0
        total = 0
        for ordinal in range(self._first_day(start_at), end_at.astimezone(self.zone).toordinal() + 1):
            for opens, closes in self._day(ordinal).openings:
                if opens < end and closes > start:
                    total += min(closes, end) - max(opens, start)
        return total // _MICROS

    def is_open(self, at: datetime) -> bool:
        """Tell whether work is going on; closing time itself is closed."""
        return self.next_opening(at) == at

    def next_opening(self, at: datetime) -> datetime:
        """``at`` itself while work is going on, else when it next begins."""
        moment = _micros(at)
        for openings, _ in self._days_from(at):
            for opens, closes in openings:
                if moment < closes:
                    return _moment(max(opens, moment))
        raise ValueError(self._no_work_after(at))

    def closing_of(self, day: date) -> datetime:
        """Closing time of ``day``, or of the last working day before it if it is not one."""
        return self.due_on(day).at

    def due_on(self, day: date) -> Due:
        """``closing_of`` as a ``Due``, which tells whether all the days looked at are known."""
        provisional = False
        for ordinal in range(day.toordinal(), max(0, day.toordinal() - _LONGEST_WALK), -1):
            openings, known = self._day(ordinal)
            provisional |= not known
            if openings:
                return Due(_moment(openings[-1][1]), provisional)
        raise ValueError(f"the calendar has no working day before {day}; check its holidays")

    def works_on(self, day: date) -> bool:
        """Tell whether ``day`` is worked; one that the calendar does not know is from Monday to Friday."""
        return self._works_on(day)[0]

    def instant(self, day: date, clock: time) -> datetime:
        """The first moment, in UTC, at which the clock on the wall shows ``clock`` on ``day``, or a later time."""
        return _moment(self._instant(day, clock) * _MICROS)

    def _first_day(self, at: datetime) -> int:
        return at.astimezone(self.zone).toordinal() - self._lookback

    def _days_from(self, at: datetime) -> Iterator[_Day]:
        first = self._first_day(at)
        return map(self._day, range(first, min(first + _LONGEST_WALK, date.max.toordinal())))

    def _no_work_after(self, at: datetime) -> str:
        return f"the calendar has too little working time after {at.isoformat()}; check its holidays"

    def _read_day(self, ordinal: int) -> _Day:
        day = date.fromordinal(ordinal)
        works, known = self._works_on(day)
        if not works:
            return _Day((), known)
        openings = []
        for opens, closes in self.hours:
            closing_day = day if closes > opens else day + timedelta(days=1)
            start, end = self._instant(day, opens), self._instant(closing_day, closes)
            if start < end:
                openings.append((start * _MICROS, end * _MICROS))
        return _Day(tuple(openings), known)

    def _works_on(self, day: date) -> tuple[bool, bool]:
        """Whether ``day`` is worked, and whether the calendar knows."""
        working = self.calendar.is_working_day(day)
        return (day.weekday() < _SATURDAY, False) if working is None else (working, True)

    def _instant(self, day: date, clock: time) -> int:
        """The first instant, in seconds since 1970, at which the clock on the wall shows this time or a later one."""
        wall = datetime.combine(day, clock, self.zone)
        low, high = int(wall.replace(fold=1).timestamp()), int(wall.timestamp())
        # Where clocks go forward the time is never shown; it stands for the moment of the change, found by halving.
        change = wall.replace(fold=1).utcoffset()
        while high - low > 1:
            middle = (low + high) // 2
            if datetime.fromtimestamp(middle, self.zone).utcoffset() == change:
                high = middle
            else:
                low = middle
        return high


def _micros(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError(f"found {at.isoformat()} without a time zone, expected an aware datetime such as one in UTC")
    since = at - _EPOCH
    return (since.days * _DAY + since.seconds) * _MICROS + since.microseconds


def _moment(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)
