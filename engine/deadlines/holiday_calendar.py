"""The calendars of other countries; the one importer of ``holidays``."""

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from duban.engine.errors import InvalidDuration
from duban.engine.model.label import Label

if TYPE_CHECKING:
    from holidays import HolidayBase


class HolidayCalendar:
    """Working days of a country, or of a part of it, by the laws in force: ``HolidayCalendar("DE", "BY")``.

    The package computes holidays ahead of time. Days moved by a later decision are a matter for the pack's own lists.

    Raises:
        InvalidDuration: the package knows no such country or part; told when first asked for a day.
    """

    def __init__(self, country: str, subdivision: str | None = None) -> None:
        self._country = country
        self._subdivision = subdivision

    @property
    def known_until(self) -> date:
        """The last day that the package computes for this country."""
        return date(self._days.end_year, 12, 31)

    def is_working_day(self, day: date) -> bool | None:
        """Tell whether ``day`` is worked; None outside the years that the package computes."""
        days = self._days
        return days.is_working_day(day) if days.start_year <= day.year <= days.end_year else None

    @cached_property
    def _days(self) -> "HolidayBase":
        # The package takes tens of milliseconds to import, and most packs never need it.
        import holidays

        try:
            return holidays.country_holidays(self._country, subdiv=self._subdivision)
        except NotImplementedError as error:
            raise InvalidDuration(
                found="-".join(filter(None, (self._country, self._subdivision))),
                expected=Label(
                    "a country, or a part of one, of the package `holidays`, such as `DE` or `DE-BY`",
                    "holidays 包所知的国家或地区，例如 DE 或 DE-BY",
                ),
            ) from error
