"""Which days are worked: the one question that working time asks of a calendar."""

from datetime import date
from typing import Protocol


class DayCalendar(Protocol):
    """Knows the working days of one country or house. Answers are the same for the life of the object."""

    @property
    def known_until(self) -> date:
        """The last day that is settled, inclusive; later days may still be moved by an official notice."""
        ...

    def is_working_day(self, day: date, /) -> bool | None:
        """Tell whether ``day`` is worked, or None where the calendar does not know. Never raises."""
        ...
