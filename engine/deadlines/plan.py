"""Makes the working hours that a pack's calendar declares."""

import re
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from duban.engine.deadlines.calendars import EverydayCalendar, OverlayCalendar, WeekdaysCalendar
from duban.engine.deadlines.china import ChinaCalendar
from duban.engine.deadlines.hours import WorkingHours
from duban.engine.deadlines.spans import parse_span

if TYPE_CHECKING:
    from duban.engine.model.pack import CalendarPlan
    from duban.engine.ports.calendar import DayCalendar

CALENDARS: Final = ("china", "everyday", "weekdays")
_COUNTRY: Final = "holidays:"
_CODE: Final = re.compile(r"[A-Z]{2,3}")


def working_hours(plan: "CalendarPlan", zone: ZoneInfo) -> WorkingHours:
    """The working hours of a plan in a time zone.

    Raises:
        InvalidDuration: the hours are not spans in order.
        KeyError: there is no calendar of this name.
    """
    base = OverlayCalendar(_official(plan.calendar), holidays=plan.holidays, working_days=plan.working_days)
    return WorkingHours(base, [parse_span(span) for span in plan.hours], zone)


def _official(name: str) -> "DayCalendar":
    if name.startswith(_COUNTRY):
        from duban.engine.deadlines.holiday_calendar import HolidayCalendar

        country, _, subdivision = name.removeprefix(_COUNTRY).partition("-")
        if not _CODE.fullmatch(country):  # the package would take it for the name of anything that it holds
            raise KeyError(name)
        try:
            return HolidayCalendar(country, subdivision or None)
        except (NotImplementedError, ValueError):
            raise KeyError(name) from None
    calendars: dict[str, type[DayCalendar]] = {
        "china": ChinaCalendar,
        "everyday": EverydayCalendar,
        "weekdays": WeekdaysCalendar,
    }
    return calendars[name]()
