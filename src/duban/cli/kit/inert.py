"""What of others' words reaches a terminal, in words and in documents."""

import re
from typing import Final

from duban.engine.inert import HARMFUL, inert, inert_lines

__all__ = ["inert", "inert_json", "inert_lines"]

_IN_JSON: Final = re.compile(f"[{HARMFUL}\u2028\u2029\U000e0000-\U000e007f]")


def inert_json(document: str) -> str:
    """A JSON document with the same signs written as escapes: nothing is lost and nothing works in a terminal."""
    return _IN_JSON.sub(_escaped, document)


def _escaped(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
