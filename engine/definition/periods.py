"""Reads spans of the calendar: ``90 days``, ``2 years``."""

import re
from typing import Final

from duban.engine.definition.findings import Findings, Loc
from duban.engine.model.period import Period

_PERIOD: Final = re.compile(r"([1-9][0-9]{0,4}) (day|week|month|year)s?")
_MONTHS: Final = {"month": 1, "year": 12}
_DAYS: Final = {"day": 1, "week": 7}
LONGEST: Final = 100
"""Years; what is longer is for ever, and needs no rule."""


def period_of(text: str, loc: Loc, findings: Findings) -> Period:
    """The period that a text declares; a finding at ``loc`` where it is none, or longer than ``LONGEST``."""
    found = _PERIOD.fullmatch(text)
    count, unit = (int(found[1]), found[2]) if found is not None else (0, "day")
    months, days = count * _MONTHS.get(unit, 0), count * _DAYS.get(unit, 0)
    if found is None or months > LONGEST * 12 or days > LONGEST * 365:
        findings.add(loc, "retention-period", found=text, most=LONGEST)
        return Period(text, days=1)
    return Period(text, months, days)
