"""Pages of help that fit a terminal in both languages: a Chinese character takes two columns."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from duban.engine.inert import inert

NARROWEST: Final = 40
WIDEST: Final = 100
_LEFT: Final = 26
_INDENT: Final = 2
_CLOSING: Final = "，。、；：？！）」』”’》】,.;:?!)"
_OPENING: Final = "（「『“‘《【("
_PIECES: Final = r"\s+|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]+|."

Row = tuple[str, str]


def width_of(words: str) -> int:
    """How many columns the words take in a terminal."""
    if words.isascii():
        return len(words)
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in words
    )


def wrapped(words: str, width: int) -> list[str]:
    """The words in lines of at most ``width`` columns.

    Chinese breaks anywhere, but not before closing and not after opening punctuation. A longer word is cut.
    """
    whole = " ".join(words.split())
    if width_of(whole) <= width:  # as most are, on a page of help
        return [whole]
    lines: list[str] = []
    line: list[str] = []
    for piece in _pieces(words, width):
        if width_of("".join(line)) + width_of(piece) <= width:
            line += [piece] if line or piece != " " else []
            continue
        carried: list[str] = []
        while len(line) > 1 and (line[-1] in _OPENING or (carried or [piece])[0] in _CLOSING):
            carried.insert(0, line.pop())
        lines.append("".join(line).rstrip())
        line = [*carried, piece] if carried or piece != " " else []
    return [one for one in [*lines, "".join(line).rstrip()] if one] or [""]


def _pieces(words: str, width: int) -> Iterator[str]:
    for piece in re.findall(_PIECES, words, re.DOTALL):
        if piece.isspace():
            yield " "
        elif len(piece) == 1:
            yield piece
        else:
            yield from (piece[start : start + width] for start in range(0, len(piece), width))


def paragraphs(words: str, width: int, indent: int = 0) -> list[str]:
    """Text with its own paragraphs kept; lines that are indented in it are shown as they are."""
    found: list[str] = []
    for block in re.split(r"\n\s*\n", words.strip("\n")):
        if found:
            found.append("")
        lines = block.splitlines()
        if any(line.startswith("  ") for line in lines):
            found += [" " * indent + line for line in lines]
        else:
            joined = "".join(_joined(lines))
            found += [" " * indent + line for line in wrapped(joined, width - indent)]
    return found


def section(heading: str, rows: Sequence[Row], width: int) -> list[str]:
    """A heading and rows in two columns."""
    if not rows:
        return []
    rows = [(inert(left), inert(right)) for left, right in rows]
    left = min(max(width_of(name) for name, _ in rows), _LEFT)
    lines = ["", heading]
    for name, words in rows:
        right = wrapped(words, width - left - 2 * _INDENT)
        start = " " * _INDENT + name
        if width_of(name) > left:
            lines.append(start)
            start = ""
        pad = " " * (_INDENT + left + _INDENT - width_of(start))
        lines.append((start + pad + right[0]).rstrip())
        lines += [" " * (left + 2 * _INDENT) + line for line in right[1:]]
    return lines


def _joined(lines: Iterable[str]) -> Iterable[str]:
    before = ""
    for line in lines:
        line = line.strip()
        # Chinese lines are joined without a space between them.
        if before and not (width_of(before[-1]) == 2 and width_of(line[:1]) == 2):
            yield " "
        yield line
        before = line or before
