"""Working durations and points of a ladder as people write them: ``3 working days``, ``due + 1 working day``."""

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import Final

from duban.engine.errors import InvalidDuration
from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label

LONGEST: Final = 9_999
"""The most working days, and the most working hours, that a duration may have."""

_SHOWN: Final = 60
_NUMBER: Final = r"[0-9]{1,9}(?:\.[0-9]{1,4})?"
_TERM: Final = re.compile(rf"\s*([+-]?)\s*({_NUMBER})\s*([a-z]+(?: [a-z]+)*|[\u4e00-\u9fff]+)\s*")
_AND: Final = re.compile(r" and (?=[0-9])")
_PERCENT: Final = re.compile(rf"({_NUMBER}) ?%")
_AFTER_DUE: Final = re.compile(r"(?:due|到期) ?(?:\+|后) ?(.+)")
_MINUTES: Final = {"day": 0, "hour": 60, "minute": 1}
_UNITS: Final = {
    "working day": "day", "working days": "day", "个工作日": "day", "工作日": "day",
    "working hour": "hour", "working hours": "hour", "个工作小时": "hour", "工作小时": "hour",
    "working minute": "minute", "working minutes": "minute", "个工作分钟": "minute", "工作分钟": "minute",
}  # fmt: skip
_PLAIN: Final = {
    "d", "day", "days", "h", "hour", "hours", "m", "min", "mins", "minute", "minutes",
    "天", "日", "个小时", "小时", "时", "分", "分钟",
}  # fmt: skip

_DURATION: Final = Label("a working duration", "工作时长")
_POINT: Final = Label("a point of a ladder", "阶梯的时点")
_FORMS: Final = Label(
    "write it like `3 working days`, `8 working hours` or `1 working day 4 working hours`",
    "请写成“3个工作日”“8个工作小时”或“1个工作日4个工作小时”",
)
_ONLY_WORKING: Final = Label(
    "only working time is counted, so write `3 working days`, `8 working hours` or `30 working minutes`",
    "只按工作时间计算，请写“3个工作日”“8个工作小时”或“30个工作分钟”",
)
_UNKNOWN_UNIT: Final = Label(
    "the units are working days, working hours and working minutes", "单位只有工作日、工作小时、工作分钟"
)
_NOTHING: Final = Label("it must be longer than zero", "必须大于零")
_TWICE: Final = Label("each unit may be named once", "每个单位只能写一次")
_TOO_FINE: Final = Label(
    "days have at most four decimals, hours and minutes come to whole minutes",
    "工作日至多四位小数，小时与分钟合计须为整分钟",
)
_TOO_LONG: Final = Label(
    f"the longest is {LONGEST} working days or {LONGEST} working hours", f"最长为{LONGEST}个工作日或{LONGEST}个工作小时"
)
_POINT_FORMS: Final = Label(
    "write `75%`, `due` or `due + 1 working day`", "请写“75%”“due”（到期）或“due + 1 working day”（到期后1个工作日）"
)
_PAST_DUE: Final = Label(
    "a percentage lies above 0% and at most at 100%; later points are written `due + 1 working day`",
    "百分比须大于0%且不超过100%；更晚的时点请写“due + 1 working day”（到期后1个工作日）",
)


@frozen
class WorkingDuration:
    """So many working days and so many minutes of work, both exact; a working day is one day's hours of work.

    Raises:
        InvalidDuration: nothing, less than nothing, more than ``LONGEST``, or days of more than four decimals.
    """

    days: Fraction = Fraction(0)
    minutes: int = 0

    def __post_init__(self) -> None:
        why = None
        if self.days < 0 or self.minutes < 0 or not (self.days or self.minutes):
            why = _NOTHING
        elif self.days > LONGEST or self.minutes > LONGEST * 60:
            why = _TOO_LONG
        elif (self.days * 10_000).denominator != 1:
            why = _TOO_FINE
        if why:
            raise _refuse(f"{self.days} working days {self.minutes} working minutes", _DURATION, why)

    def seconds(self, day_seconds: int) -> int:
        """The seconds of work, where a working day has ``day_seconds``; a broken second counts in full."""
        return ceil(self.days * day_seconds) + self.minutes * 60

    def label(self, lang: str = "en") -> str:
        """Tell it in ``lang``: ``3 working days``, ``3个工作日``. Both can be read by ``parse_duration``."""
        hours, minutes = divmod(self.minutes, 60)
        amounts = (("day", "个工作日", self.days), ("hour", "个工作小时", hours), ("minute", "个工作分钟", minutes))
        if lang == "zh":
            return "".join(f"{_decimal(amount)}{zh}" for _, zh, amount in amounts if amount)
        return " ".join(f"{_decimal(n)} working {en}{'' if n == 1 else 's'}" for en, _, n in amounts if n)

    def __str__(self) -> str:
        return self.label()


@frozen
class LadderPoint:
    """When a step of a ladder is taken: at a part of the limit, when due (neither is set), or some time after due."""

    percent: Fraction | None = None
    after: WorkingDuration | None = None

    def offset_seconds(self, limit_seconds: int, day_seconds: int) -> int:
        """Seconds of work from the start of a deadline of ``limit_seconds``; a broken second counts in full."""
        if self.percent is not None:
            return ceil(self.percent * limit_seconds / 100)
        return limit_seconds + (self.after.seconds(day_seconds) if self.after else 0)

    def label(self, lang: str = "en") -> str:
        """Tell it in ``lang``: ``75%``, ``due``, ``due + 1 working day``; ``时限的75%`` and so on."""
        chinese = lang == "zh"
        if self.percent is not None:
            return f"{'时限的' if chinese else ''}{_decimal(self.percent)}%"
        due = "到期" if chinese else "due"
        return f"{due}{'后' if chinese else ' + '}{self.after.label(lang)}" if self.after else due

    def __str__(self) -> str:
        return self.label()


# Kept, for a step of a ladder is read with every case that climbs it.
@lru_cache(maxsize=4096)
def parse_duration(text: str) -> WorkingDuration:
    """Read ``3 working days``, ``1 working day 4 working hours``, ``0.5 working days``, ``3 个工作日`` and the like.

    Raises:
        InvalidDuration: with the text as found and the reason why it is none.
    """
    said = _AND.sub(" ", _plain(text))
    amounts: dict[str, Fraction] = {}
    position = 0
    while position < len(said):
        term = _TERM.match(said, position)
        if term is None:
            raise _refuse(text, _DURATION, _FORMS)
        sign, number, words = term.groups()
        if words not in _UNITS:
            raise _refuse(text, _DURATION, _ONLY_WORKING if words in _PLAIN else _UNKNOWN_UNIT)
        unit, amount = _UNITS[words], Fraction(number)
        if sign == "-" or not amount:
            raise _refuse(text, _DURATION, _NOTHING)
        if unit in amounts:
            raise _refuse(text, _DURATION, _TWICE)
        amounts[unit] = amount
        position = term.end()
    if not amounts:
        raise _refuse(text, _DURATION, _FORMS)
    days = amounts.get("day", Fraction(0))
    minutes = sum((amount * _MINUTES[unit] for unit, amount in amounts.items()), Fraction(0))
    if minutes.denominator != 1:
        raise _refuse(text, _DURATION, _TOO_FINE)
    if days > LONGEST or minutes > LONGEST * 60:
        raise _refuse(text, _DURATION, _TOO_LONG)
    return WorkingDuration(days, int(minutes))


@lru_cache(maxsize=4096)
def parse_point(text: str) -> LadderPoint:
    """Read a point of a ladder: ``75%``, ``due`` (which is ``100%``), ``due + 1 working day``, ``到期后1个工作日``.

    Raises:
        InvalidDuration: with the text as found and the reason why it is none.
    """
    said = _plain(text).removeprefix("时限的")
    if said in ("due", "到期"):
        return LadderPoint()
    if percentage := _PERCENT.fullmatch(said):
        percent = Fraction(percentage[1])
        if not 0 < percent <= 100:
            raise _refuse(text, _POINT, _PAST_DUE)
        return LadderPoint() if percent == 100 else LadderPoint(percent=percent)
    if later := _AFTER_DUE.fullmatch(said):
        return LadderPoint(after=parse_duration(later[1]))
    raise _refuse(text, _POINT, _POINT_FORMS)


def _plain(text: str) -> str:
    """One form for all keyboards: full-width digits and signs become plain ones, runs of spaces one space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _decimal(amount: Fraction | int) -> str:
    return f"{(Decimal(amount.numerator) / amount.denominator).normalize():f}"


def as_found(text: str) -> str:
    """What was found, as an error tells it: its beginning, where it is long."""
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _refuse(found: str, what: Label, why: Label) -> InvalidDuration:
    return InvalidDuration(found=as_found(found), expected=Label(f"{what.en}: {why.en}", f"{what.zh}：{why.zh}"))
