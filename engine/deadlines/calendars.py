"""Calendars that need no package: every day, Monday to Friday, and a pack's own days laid over any other calendar."""

from collections.abc import Iterable
from datetime import date

from duban.engine.errors import InvalidDuration
from duban.engine.model.label import Label
from duban.engine.ports.calendar import DayCalendar

_SATURDAY = 5


class EverydayCalendar:
    """Every day is worked. With hours of 00:00-24:00 working time is time itself."""

    @property
    def known_until(self) -> date:
        """The end of the calendar: nothing is left open."""
        return date.max

    def is_working_day(self, _day: date, /) -> bool:
        """Always true."""
        return True


class WeekdaysCalendar:
    """Monday to Friday are worked, whatever is celebrated."""

    @property
    def known_until(self) -> date:
        """The end of the calendar: nothing is left open."""
        return date.max

    def is_working_day(self, day: date) -> bool:
        """True from Monday to Friday."""
        return day.weekday() < _SATURDAY


class OverlayCalendar:
    """A calendar with a pack's own holidays and working days on top; a listed day is known, however late it is.

    Raises:
        InvalidDuration: a day is listed both as a holiday and as a working day.
    """

    def __init__(self, base: DayCalendar, *, holidays: Iterable[date] = (), working_days: Iterable[date] = ()) -> None:
        self._base = base
        self._listed = dict.fromkeys(holidays, False)
        worked = dict.fromkeys(working_days, True)
        both = sorted(self._listed.keys() & worked.keys())
        if both:
            raise InvalidDuration(
                found=", ".join(map(str, both)),
                expected=Label(
                    "a day listed once: take it out of `holidays` or out of `working_days`",
                    "只列一次的日期：请从 holidays 或 working_days 中去掉一处",
                ),
            )
        self._listed |= worked

    @property
    def known_until(self) -> date:
        """What the calendar below knows; single listed days do not settle the days between."""
        return self._base.known_until

    def is_working_day(self, day: date) -> bool | None:
        """What the pack lists, else what the calendar below says."""
        listed = self._listed.get(day)
        return self._base.is_working_day(day) if listed is None else listed
