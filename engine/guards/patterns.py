"""Regular expressions: RE2, whose time is linear in the text, times the size of the pattern in the worst case.

So a pattern has to be small once its counted repetitions are written out: ``(x{30}){30}`` is 900 steps for every
character of a text.
"""

import re
from functools import lru_cache
from typing import Any, Final

from duban.engine.guards.environment import environment
from duban.engine.guards.faults import run_fault, told
from duban.engine.ports.guards import GuardFault, VariableType

MOST_PARTS: Final = 1_000
"""How large a pattern may be with its repetitions written out."""

_VARIABLES: Final[tuple[tuple[str, VariableType], ...]] = (("pattern", "text"), ("value", "text"))
_PART: Final = re.compile(
    r"(?P<wide>\\[pP](?:\{\^?\w*\}|\w)|\\X)"
    r"|(?P<quoted>\\Q(?P<inside>.*?)(?:\\E|\Z))"
    r"|(?P<one>\\.)"
    r"|(?P<set>\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]?)"
    r"|(?P<open>\((?:\?(?:[a-zA-Z-]*:|P?<\w*>|[a-zA-Z-]+(?=\))))?)"
    r"|(?P<close>\))"
    r"|(?P<count>\{(?P<least>\d+)(?P<comma>,(?P<most>\d*))?\})"
    r"|(?P<again>[*+?])"
    r"|(?P<other>.)",
    re.DOTALL,
)
_WIDE: Final = 300
"""What a class of Unicode such as ``\\p{L}`` comes to."""
_LARGEST: Final = 10**9


@lru_cache(1)
def _expression() -> Any:
    return environment(_VARIABLES).compile("value.matches(pattern)")


def fits(pattern: str, value: str) -> bool:
    """Whether all of ``value`` fits the pattern.

    Raises:
        GuardFault: the pattern is none.
    """
    return _matches(f"^(?:{pattern})$", value)


def check_pattern(pattern: str) -> None:
    """Whether a pattern is one, by itself, and small enough for every text.

    Raises:
        GuardFault: it is not.
    """
    found = program(pattern)
    if found > MOST_PARTS:
        raise GuardFault(told("pattern-large", found=min(found, _LARGEST), limit=MOST_PARTS))
    _matches(pattern, "")  # by itself, so that it cannot close the bracket that `fits` puts around it
    fits(pattern, "")


def program(pattern: str) -> int:
    """About how many steps the pattern has, with its repetitions written out, at most a thousand million."""
    totals, last = [0], 0
    for part in _PART.finditer(pattern):
        if part["open"] is not None:
            totals.append(1)
            continue
        if part["count"] is not None:
            more = last * max(_times(part), 1) - last
        elif part["again"] is not None:
            more = 1
        else:
            last = more = totals.pop() if part["close"] is not None and len(totals) > 1 else _part(part)
            totals[-1] = min(totals[-1] + more, _LARGEST)
            continue
        totals[-1], last = min(totals[-1] + more, _LARGEST), min(last + more, _LARGEST)
    return min(sum(totals), _LARGEST)


def _times(part: re.Match[str]) -> int:
    """How often a count repeats at most; one without an end goes on as a loop behind the least."""
    least = int(part["least"][:9])
    return max(least, int(part["most"][:9])) if part["most"] else least + (part["comma"] is not None)


def _part(part: re.Match[str]) -> int:
    if part["set"] is not None:
        return _set(part["set"])
    if part["wide"] is not None:
        return _WIDE
    return max(len(part["inside"] or ""), 2 if part["other"] == "." else 1)


def _set(text: str) -> int:
    wide = len(re.findall(r"\\[pP]", text))
    return 1 + _WIDE * wide + len(text) // 4 if wide or not text.isascii() or text.startswith("[^") else 1


def _matches(pattern: str, value: str) -> bool:
    try:
        result = _expression().eval(data={"pattern": pattern, "value": value})
        kind, plain = result.type().name(), result.plain_value()
    except Exception as fault:  # whatever the library trips over is a fault of the pattern
        raise run_fault(str(fault)) from None
    if kind != "BOOL":
        raise run_fault(str(plain))
    return bool(plain)
