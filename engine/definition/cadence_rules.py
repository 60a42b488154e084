"""How the days and the time of a cadence are written, in English and Chinese."""

import re
from datetime import time
from typing import Final

from duban.engine.definition.findings import Findings, Loc
from duban.engine.model.cadence import Days
from duban.engine.model.hint import hint

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CHINESE: Final = "一二三四五六日"
_CHINESE_WEEKDAY: Final = re.compile(r"(?:周|星期)([一二三四五六日天])")
_WHOLE: Final = {
    "working day": Days("working-day"),
    "工作日": Days("working-day"),
    "first working day of month": Days("first-working-day"),
    "每月第一个工作日": Days("first-working-day"),
}
_DAY_OF_MONTH: Final = re.compile(r"day ([0-9]{1,2}) of month|每月([0-9]{1,2})[日号]")
_CLOCK: Final = re.compile(r"([0-9]{1,2})[:：]([0-9]{2})")
_LONGEST_MONTH: Final = 31
_KNOWN: Final = ("working day", *WEEKDAYS, "first working day of month", "day 1 of month")


def days_of(words: str | list[str], loc: Loc, findings: Findings) -> Days | None:
    """The days that ``on`` means; None, and a finding, where it means none."""
    if isinstance(words, list):
        found = [_weekday(word) for word in words]
        for index, word in enumerate(words):
            if found[index] is None:
                findings.add((*loc, index), "cadence-weekday", found=word, hint=hint(word.lower(), WEEKDAYS))
        findings.once(loc, words)
        weekdays = {number for number in found if number is not None}
        return Days("weekdays", tuple(sorted(weekdays))) if len(weekdays) == len(words) else None
    plain = " ".join(words.lower().split())
    if plain in _WHOLE:
        return _WHOLE[plain]
    weekday = _weekday(plain)
    if weekday is not None:
        return Days("weekdays", (weekday,))
    monthly = _DAY_OF_MONTH.fullmatch(plain)
    day = int(monthly[1] or monthly[2]) if monthly else 0
    if 1 <= day <= _LONGEST_MONTH:
        return Days("day-of-month", day=day)
    findings.add(loc, "cadence-on", found=words, hint=hint(plain, _KNOWN))
    return None


def time_of(words: str, loc: Loc, findings: Findings) -> time:
    """The time of day that ``at`` means; midnight, and a finding, where it means none."""
    found = _CLOCK.fullmatch(words.strip())
    try:
        return time(int(found[1]), int(found[2])) if found else _refused(words, loc, findings)
    except ValueError:
        return _refused(words, loc, findings)


def _refused(words: str, loc: Loc, findings: Findings) -> time:
    findings.add(loc, "cadence-at", found=words)
    return time()


def _weekday(word: str) -> int | None:
    plain = word.strip().lower()
    if plain in WEEKDAYS:
        return WEEKDAYS.index(plain)
    chinese = _CHINESE_WEEKDAY.fullmatch(plain)
    return _CHINESE.index(chinese[1].replace("天", "日")) if chinese else None
