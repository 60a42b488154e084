"""Text in columns: Chinese characters are two columns wide, and nothing is wider than the page."""

import unicodedata
from collections.abc import Sequence
from typing import Final

WIDTH: Final = 80


def width(words: str) -> int:
    """How many columns the words take in a terminal."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else not unicodedata.combining(sign) for sign in words)


def cut(words: str, columns: int) -> str:
    """The words, shortened with an ellipsis where they are too wide."""
    if width(words) <= columns:
        return words
    kept = ""
    for sign in words:
        if width(kept + sign) > columns - 1:
            break
        kept += sign
    return kept.rstrip() + "…"


def fill(words: str, columns: int, *, right: bool = False) -> str:
    """The words in exactly so many columns."""
    shown = cut(words, columns)
    space = " " * (columns - width(shown))
    return space + shown if right else shown + space


def wrapped(words: str, indent: str = "", hanging: str | None = None, columns: int = WIDTH) -> list[str]:
    """The words in lines; Chinese text breaks between any two characters, but never before a full stop."""
    lines: list[str] = []
    line = indent
    for piece in _pieces(words):
        if width(line + piece.rstrip()) > columns and line.strip():
            lines.append(line.rstrip())
            line = indent if hanging is None else hanging
            piece = piece.lstrip()
        line += piece
    return [*lines, line.rstrip()]


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset()) -> list[str]:
    """Rows under their heads, two columns apart. The widest columns of text give way on a narrow page."""
    sizes = [max(width(row[index]) for row in [heads, *rows]) for index in range(len(heads))]
    while sum(sizes) + 2 * len(sizes) > WIDTH:
        sizes[max((index for index in range(len(sizes)) if index not in right), key=sizes.__getitem__)] -= 1
    return [
        "  " + "  ".join(fill(cell, sizes[i], right=i in right) for i, cell in enumerate(row)).rstrip()
        for row in [heads, *rows]
    ]


def _pieces(words: str) -> list[str]:
    pieces: list[str] = []
    for sign in words:
        wide = unicodedata.east_asian_width(sign) in "WF"
        starts = not pieces or (wide and sign not in "，。；：、）》”’") or pieces[-1][-1] == " "
        after_wide = bool(pieces) and unicodedata.east_asian_width(pieces[-1][-1]) in "WF" and sign not in " ”’"
        if starts or (after_wide and not wide):
            pieces.append(sign)
        else:
            pieces[-1] += sign
    return pieces


def folded(words: str) -> list[str]:
    """A command that can be pasted, whatever the program is called: where it is too long it goes on in the next line.

    Broken before words only; one that is longer than a line, such as a long path, keeps its length.
    """
    lines, room = ["  "], WIDTH - len(" \\")
    for word in words.split(" "):
        line = lines[-1]
        if line.strip() and width(line + word) > room:
            lines[-1] = f"{line}\\"
            lines.append("    ")
        lines[-1] += f"{word} "
    return [line.rstrip() for line in lines]
