"""Makes words of others harmless: no escape code and no change of direction reaches a terminal, a mail or a chat."""

import re
from functools import cache
from typing import Final

_ESCAPES: Final = (
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # operating system commands: titles, links, the clipboard
    r"|\x1b[PX^_][^\x1b]*(?:\x1b\\)?"  # strings for devices
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # colours, moves, erasures
    r"|\x1b[ -/]*[0-~]?"
)
_BLANKS: Final = r"[\t\n\r\x0b\x0c\u2028\u2029]+"
HARMFUL: Final = (
    r"\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
)
"""Controls, changes of direction, invisible signs, halves of pairs: the inside of a class of a pattern."""
_SIGNS: Final = f"[{HARMFUL}\U000e0000-\U000e007f]"


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    # Compiled when the first words need them: for a page of help that would be more work than the page.
    return tuple(map(re.compile, (_ESCAPES, _BLANKS, _SIGNS)))


def inert(words: object) -> str:
    """The words in one line, as they may be shown: escape codes gone, other controls as ``�``."""
    said = str(words)
    if said.isprintable():  # of which no sign below is
        return said
    escapes, blanks, signs = _patterns()
    return signs.sub("�", blanks.sub(" ", escapes.sub("", said)))


def inert_lines(words: str) -> str:
    """The same over several lines, whose ends are kept."""
    return "\n".join(inert(line) for line in words.split("\n"))
