"""Hours of work within a day: from opening to closing time."""

import re
from collections.abc import Iterable
from datetime import time
from itertools import pairwise
from typing import Final

from duban.engine.deadlines.durations import as_found
from duban.engine.errors import InvalidDuration
from duban.engine.model.label import Label

Span = tuple[time, time]
"""From opening to closing; a closing that is not later than the opening is on the next day."""

DEFAULT_HOURS: Final[tuple[Span, ...]] = ((time(9), time(12)), (time(14), time(18)))
WHOLE_DAY: Final[tuple[Span, ...]] = ((time(0), time(0)),)

_DAY: Final = 86_400
_CLOCK: Final = "([01]?[0-9]|2[0-3]):([0-5][0-9])"
_SPAN: Final = re.compile(rf"{_CLOCK} ?[-–] ?(?:{_CLOCK}|24:00)")


def parse_span(text: str) -> Span:
    """Read hours such as ``09:00-12:00``, ``22:00-06:00`` (over midnight) or ``00:00-24:00``.

    Raises:
        InvalidDuration: it is not two times of day.
    """
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise InvalidDuration(
            found=as_found(text), expected=Label("hours of work such as `09:00-12:00`", "工作时间，例如“09:00-12:00”")
        )
    opens = time(int(found[1]), int(found[2]))
    return opens, time(int(found[3]), int(found[4])) if found[3] else time(0)


def in_order(hours: Iterable[Span]) -> tuple[Span, ...]:
    """Sort the hours of a day by opening; only the last may end on the next day, before the first opens.

    Raises:
        InvalidDuration: there are none, or they overlap.
    """
    ordered = tuple(sorted(hours))
    over_midnight = [closes <= opens for opens, closes in ordered]
    overlap = any(over_midnight[:-1]) or any(after[0] < before[1] for before, after in pairwise(ordered))
    if not ordered or overlap or (over_midnight[-1] and ordered[-1][1] > ordered[0][0]):
        raise InvalidDuration(
            found=as_found(", ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in ordered)) or None,
            expected=Label("one or more hours of work that do not overlap", "一段或多段互不重叠的工作时间"),
        )
    return ordered


def span_seconds(span: Span) -> int:
    """The length of a span by the clock on the wall; 86400 where it ends when it began."""
    opens, closes = (clock.hour * 3600 + clock.minute * 60 + clock.second for clock in span)
    return (closes - opens) % _DAY or _DAY
