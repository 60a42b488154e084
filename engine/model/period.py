"""A span of the calendar, such as ``2 years``, counted back from a day."""

from datetime import date, timedelta

from duban.engine.model.frozen import frozen


@frozen
class Period:
    """So many calendar months and days, as ``text`` declares it."""

    text: str
    months: int = 0
    days: int = 0

    def last_day(self, today: date) -> date:
        """The latest day on which a case may have ended whose time is over today."""
        month = today.year * 12 + today.month - 1 - self.months
        year, month = divmod(month, 12)
        first_of_next = date(year + month // 11, (month + 1) % 12 + 1, 1)
        day = min(today.day, (first_of_next - timedelta(days=1)).day)
        return date(year, month + 1, day) - timedelta(days=self.days + 1)
