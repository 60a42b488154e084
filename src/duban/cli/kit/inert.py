"""Makes words of others harmless: no escape code, no markup and no change of direction reaches a terminal."""

import re
from typing import Final

_ESCAPES: Final = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # operating system commands: titles, links, the clipboard
    r"|\x1b[PX^_][^\x1b]*(?:\x1b\\)?"  # strings for devices
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # colours, moves, erasures
    r"|\x1b[ -/]*[0-~]?"
)
_BLANKS: Final = re.compile(r"[\t\n\r\x0b\x0c\u2028\u2029]+")
# Controls, changes of direction, invisible signs, halves of pairs.
_HARMFUL: Final = (
    r"\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
)
_SIGNS: Final = re.compile(f"[{_HARMFUL}\U000e0000-\U000e007f]")
_IN_JSON: Final = re.compile(f"[{_HARMFUL}\u2028\u2029\U000e0000-\U000e007f]")


def inert(words: object) -> str:
    """The words in one line, as they may be shown: escape codes gone, other controls as ``�``."""
    return _SIGNS.sub("�", _BLANKS.sub(" ", _ESCAPES.sub("", str(words))))


def inert_lines(words: str) -> str:
    """The same over several lines, whose ends are kept."""
    return "\n".join(inert(line) for line in words.split("\n"))


def inert_json(document: str) -> str:
    """A JSON document with the same signs written as escapes: nothing is lost and nothing works in a terminal."""
    return _IN_JSON.sub(_escaped, document)


def _escaped(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
