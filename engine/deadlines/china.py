"""The official calendar of China, with its make-up days (调休); the one importer of ``chinese_calendar``."""

from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import NamedTuple


class _Official(NamedTuple):
    is_workday: Callable[[date], bool]
    first: date
    last: date


class ChinaCalendar:
    """Working days as the State Council's yearly notices arrange them, from 2004 to the last notice in the package.

    The notice for a year also moves the last days of the year before: that for 2019 made Saturday 2018-12-29 a working
    day and Monday 2018-12-31 a holiday. So the last year in the package is settled only up to 25 December.
    """

    @property
    def known_until(self) -> date:
        """25 December of the last year whose notice is in the package."""
        return self._official.last

    def is_working_day(self, day: date) -> bool | None:
        """Tell whether ``day`` is worked; None before 2004 and after ``known_until``."""
        official = self._official
        return official.is_workday(day) if official.first <= day <= official.last else None

    @cached_property
    def _official(self) -> _Official:
        # Imported at the first question: a pack with another calendar does not pay for it.
        import chinese_calendar

        days = chinese_calendar.holidays
        first, last = min(days).year, max(days).year
        return _Official(chinese_calendar.is_workday, date(first, 1, 1), date(last, 12, 25))
