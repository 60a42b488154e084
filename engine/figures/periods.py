"""Periods by name: days, ISO weeks, months, quarters, years and spans of days, on the organisation's calendar.

Every period is half-open and begins and ends at midnight of the organisation's zone, so that the weeks of a year, or
the days of a month, cover it without a gap and without an overlap.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from duban.engine.model.figure import Period, PeriodKind

_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
_NAMES: Final[dict[PeriodKind, re.Pattern[str]]] = {
    "day": re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII),
    "week": re.compile(r"([0-9]{4})-?[Ww]([0-9]{1,2})", re.ASCII),
    "month": re.compile(r"([0-9]{4})-([0-9]{1,2})", re.ASCII),
    "quarter": re.compile(r"([0-9]{4})-?[Qq]([1-4])", re.ASCII),
    "year": re.compile(r"([0-9]{4})", re.ASCII),
}
EXAMPLES: Final[dict[PeriodKind, str]] = {
    "day": "2020-12-09",
    "week": "2020-W50",
    "month": "2020-12",
    "quarter": "2020-Q4",
    "year": "2020",
}
"""How a period of each kind is written."""


def named(name: str, zone: ZoneInfo, kind: PeriodKind | None = None) -> Period | None:
    """The period of this name, of any kind or of just this one; None where there is none.

    A span is ``FIRST..LAST``, both days included.
    """
    first, dots, last = name.partition("..")
    try:
        if dots and kind in (None, "span"):
            return span(date.fromisoformat(first), date.fromisoformat(last), zone)
        for known, pattern in _NAMES.items():
            found = pattern.fullmatch(name.strip())
            if found is not None and kind in (None, known):
                return of_day(known, _first_day(known, [int(part) for part in found.groups()]), zone)
    except (ValueError, OverflowError):
        return None
    return None


def span(first: date, last: date, zone: ZoneInfo) -> Period | None:
    """The days from ``first`` to ``last``, both included; None where they are in the wrong order."""
    if last < first:
        return None
    return Period("span", f"{first}..{last}", _midnight(first, zone), _midnight(last + _DAY, zone))


def of_day(kind: PeriodKind, day: date, zone: ZoneInfo) -> Period:
    """The period of this kind that ``day`` lies in.

    Raises:
        ValueError, OverflowError: it reaches beyond the calendar.
    """
    first, after, name = _bounds(kind, day)
    return Period(kind, name, _midnight(first, zone), _midnight(after, zone))


def of_instant(kind: PeriodKind, at: datetime, zone: ZoneInfo) -> Period:
    """The period of this kind that this instant lies in."""
    return of_day(kind, at.astimezone(zone).date(), zone)


def before(period: Period, zone: ZoneInfo) -> Period:
    """The period of the same kind just before; of a span, the one of as many days."""
    last = period.start.astimezone(zone).date() - _DAY
    if period.kind == "span":
        days = period.end.astimezone(zone).date() - period.start.astimezone(zone).date()
        found = span(last - days + _DAY, last, zone)
        assert found is not None
        return found
    return of_day(period.kind, last, zone)


def _bounds(kind: PeriodKind, day: date) -> tuple[date, date, str]:
    if kind == "week":
        year, week, weekday = day.isocalendar()
        first = day - timedelta(days=weekday - 1)
        return first, first + _WEEK, f"{year}-W{week:02}"
    if kind == "month":
        return day.replace(day=1), _month(day.year, day.month + 1), f"{day.year}-{day.month:02}"
    if kind == "quarter":
        quarter = (day.month + 2) // 3
        return date(day.year, quarter * 3 - 2, 1), _month(day.year, quarter * 3 + 1), f"{day.year}-Q{quarter}"
    if kind == "year":
        return date(day.year, 1, 1), date(day.year + 1, 1, 1), f"{day.year}"
    return day, day + _DAY, day.isoformat()


def _first_day(kind: PeriodKind, parts: list[int]) -> date:
    if kind == "week":
        return date.fromisocalendar(parts[0], parts[1], 1)
    if kind == "quarter":
        return date(parts[0], parts[1] * 3 - 2, 1)
    return date(*[*parts, 1, 1][:3])


def _month(year: int, month: int) -> date:
    return date(year + 1, 1, 1) if month > 12 else date(year, month, 1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    # Where the clock passes over midnight, the day begins at the first moment that it shows.
    return datetime.combine(day, time(), zone).astimezone(UTC)
