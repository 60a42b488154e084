"""Makes words of others harmless on paper: what cannot be seen, or turns the direction, becomes a mark that can.

The mark tells which character stood there, such as ``〔U+202E〕``, so nothing is lost and nothing can be slipped in.
Everything else stays as it was written; that no format takes it for more than words is the business of each format.
"""

import re
from collections.abc import Collection
from typing import Final

_ENDS: Final = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Controls, changes of direction, invisible signs, halves of pairs, and code points that are no characters.
_HARMFUL: Final = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff"
    r"\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_BLANKS: Final = frozenset("\n \u3000\u00a0")


def mark(character: str) -> str:
    """The visible mark of a character that cannot be shown."""
    return f"〔U+{ord(character):04X}〕"


def inert(words: object) -> str:
    """The words as they may stand in any paper: ends of lines as ``\\n``, tabs as blanks, the harmful marked."""
    plain = _ENDS.sub("\n", str(words)).replace("\t", " ")
    return _HARMFUL.sub(lambda found: mark(found[0]), plain)


def printable(words: str, glyphs: Collection[int]) -> str:
    """The words with every character marked that none of the fonts has; empty boxes are never printed."""
    if all(ord(one) in glyphs or one in _BLANKS for one in words):
        return words
    return "".join(one if ord(one) in glyphs or one in _BLANKS else mark(one) for one in words)


def breakable(words: str, longest: int = 16) -> str:
    """The words with a place to break (U+200B) in runs without any, so that no column is left by a long word."""
    return re.sub(rf"[\x21-\x7e\u00a1-\u02af]{{{longest}}}(?=[\x21-\x7e\u00a1-\u02af])", "\\g<0>\u200b", words)
