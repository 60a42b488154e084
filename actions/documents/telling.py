"""Tells days, moments, shares and values in the language of a paper."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from duban.actions.documents.inert import inert
from duban.engine.messages import text
from duban.engine.model.definition import Field
from duban.engine.model.organization import Organization

MONTHS = (
    "January February March April May June July August September October November December".split()
)  # fmt: skip


class Teller:
    """Speaks one language, on the clock of one organisation. All that it returns is harmless on paper."""

    def __init__(self, organization: Organization, lang: str) -> None:
        self.lang = lang
        self._organization = organization

    def say(self, key: str, **data: Any) -> str:
        """A sentence of the catalogue's ``paper``."""
        return text(f"paper.{key}", self.lang, **data)

    def label(self, words: Mapping[str, Any]) -> str:
        """Words that come in both languages."""
        return inert(words[self.lang])

    def local(self, at: datetime) -> datetime:
        """The moment on the organisation's clock."""
        return at.astimezone(self._organization.zone)

    def day(self, day: date) -> str:
        """``2020年12月4日``, ``4 December 2020``."""
        if self.lang == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"

    def day_of(self, at: datetime) -> str:
        """The local day of a moment."""
        return self.day(self.local(at).date())

    def moment(self, at: datetime) -> str:
        """The local day and time of a moment, to the minute."""
        local = self.local(at)
        return f"{self.day(local.date())}{'' if self.lang == 'zh' else ', '}{local:%H:%M}"

    def share(self, numerator: int, denominator: int) -> str:
        """Per cent with one place, halves rounded up; a dash where there is nothing to divide by."""
        if denominator <= 0:
            return "—"
        tenths = (2000 * numerator + denominator) // (2 * denominator)
        return f"{tenths // 10}.{tenths % 10}%"

    def points(self, numerator: int, denominator: int) -> str:
        """Points with one place, halves rounded up."""
        return self.share(numerator, denominator * 100).rstrip("%")

    def minutes(self, minutes: int) -> str:
        """Hours and minutes of working time."""
        hours, rest = divmod(minutes, 60)
        if not hours or rest:
            both = "minutes" if not hours else "hours-minutes"
            return self.say(both, hours=hours, minutes=rest)
        return self.say("hours", hours=hours)

    def period(self, period: Mapping[str, str]) -> str:
        """A week, month, quarter or year in words, such as ``2020年第50周``; another by its name."""
        parts = re.fullmatch(r"(\d{4})(?:-[WQ]?(\d{1,2}))?", str(period["name"]))
        kind = str(period["kind"])
        if parts is None or kind not in ("week", "month", "quarter", "year"):
            return inert(period["name"])
        year, count = parts[1], int(parts[2] or 1)
        return self.say(
            f"period-{kind}", year=year, count=count, month=count if self.lang == "zh" else MONTHS[(count - 1) % 12]
        )

    def unit(self, name: str | None) -> str:
        """A unit by its label."""
        known = self._organization.units.get(name or "")
        return inert(known.label.text(self.lang) if known else name or "")

    def post(self, name: str | None) -> str:
        """A post by its label; posts sign, never persons."""
        known = self._organization.posts.get(name or "")
        return inert(known.label.text(self.lang) if known else "")

    def post_unit(self, name: str | None) -> str:
        """The unit of a post."""
        known = self._organization.posts.get(name or "")
        return self.unit(known.unit) if known else ""

    def value(self, field: Field | None, value: Any) -> str:
        """A value as its field means it: choices, units and posts by label, days in words, files by name."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return self.say("yes" if value else "no")
        if isinstance(value, list | tuple):
            if field is not None and field.kind == "evidence":
                return self.joined([inert(one["name"]) for one in value])
            item = field.item if field is not None else None
            return self.joined([self.value(item, one) for one in value])
        kind = field.kind if field is not None else "text"
        if kind == "unit":
            return self.unit(str(value))
        if kind == "post":
            return self.post(str(value)) or inert(value)
        if kind == "date":
            return self.date(str(value))
        choice = (field.choices or {}).get(str(value)) if field is not None else None
        return inert(choice.text(self.lang) if choice is not None else value)

    def date(self, words: str) -> str:
        """A day given as ``YYYY-MM-DD``; what is none is told as it is."""
        try:
            return self.day(date.fromisoformat(words))
        except ValueError:
            return inert(words)

    def joined(self, words: list[str]) -> str:
        """Several things in one line."""
        return ("、" if self.lang == "zh" else ", ").join(words)
