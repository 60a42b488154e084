"""Working time by counting minutes, one after the other: slow, plain, and without a line of the engine.

The days come from ``almanac.py``, the hours from the clock on the wall: 09:00-12:00 and 14:00-18:00 in Shanghai, which
knows no summer time. Limits are whole minutes of work.
"""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from tests.engine.deadlines import almanac

DAY: Final = 7 * 60
"""The minutes of a working day."""

FIRST: Final = datetime.fromisoformat(f"{almanac.FIRST}T00:00:00+08:00")
LAST: Final = datetime.fromisoformat(f"{almanac.LAST}T23:59:00+08:00")
_MINUTE: Final = timedelta(minutes=1)


@cache
def _counted() -> list[int]:
    """For each minute from ``FIRST``: how many minutes of work lie before it."""
    worked, counted, total = almanac.campaign(), [], 0
    minute = FIRST
    while minute <= LAST:
        counted.append(total)
        at_work = 9 <= minute.hour < 12 or 14 <= minute.hour < 18
        total += worked[minute.date()] and at_work
        minute += _MINUTE
    return counted


def _number(at: datetime) -> int:
    number, rest = divmod(at - FIRST, _MINUTE)
    assert not rest, "only whole minutes can be counted"
    return number


def between(start_at: datetime, end_at: datetime) -> int:
    """The minutes of work between two moments."""
    return _counted()[_number(end_at)] - _counted()[_number(start_at)]


def after(start_at: datetime, minutes: int) -> datetime:
    """The first minute by which so many, at least one, have been worked since ``start_at``; UTC."""
    assert minutes > 0
    counted, start = _counted(), _number(start_at)
    return (FIRST + _MINUTE * bisect_left(counted, counted[start] + minutes, lo=start)).astimezone(UTC)
