"""How long what a finished case holds is kept."""

from dataclasses import dataclass
from datetime import date, timedelta

from duban.engine.model.label import Label

RETENTION = "retention"
"""How rows are called that take values out when their time is over: ``retention:RULE``. No event is called so."""


@dataclass(frozen=True, slots=True)
class Retention:
    """One rule: ``fields`` of the cases of ``workflow`` are erased so many calendar months and days after their end."""

    name: str
    label: Label
    workflow: str
    fields: tuple[str, ...]
    period: str
    months: int = 0
    days: int = 0

    def last_day(self, today: date) -> date:
        """The latest day on which a case may have ended whose time is over today."""
        month = today.year * 12 + today.month - 1 - self.months
        year, month = divmod(month, 12)
        first_of_next = date(year + month // 11, (month + 1) % 12 + 1, 1)
        day = min(today.day, (first_of_next - timedelta(days=1)).day)
        return date(year, month + 1, day) - timedelta(days=self.days + 1)

    @property
    def event(self) -> str:
        """How its rows are called in histories."""
        return f"{RETENTION}:{self.name}"
