"""How wide the columns of a table are: words stay whole where that can be, then rows take few lines."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from duban.cli.kit.help import width_of, wrapped

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
_LATIN: Final = re.compile(rf"{_MOMENT.pattern}|[!-~]+")
_LONGEST_WORD: Final = 24
"""Longer ones, such as a hash or an address, are broken before anything else gives way."""
_LABEL: Final = 8
"""Chinese breaks anywhere, but words of up to four characters, such as a state, are read better whole."""
_NARROWEST: Final = 4
_DAY: Final = 10
_MOMENT_WIDE: Final = 16
_MOMENTS_WEIGH: Final = 3
"""Moments break between day and hour, which is as bad as breaking so many words."""
_MEASURED: Final = 40
"""How many rows are looked at to save lines; more would take longer than they tell."""


class Column:
    """The cells of a column with its heading, each as lines; a ``firm`` one is never narrower than they are."""

    def __init__(self, cells: Sequence[str], *, firm: bool = False) -> None:
        self._cells = [cell.split("\n") for cell in cells]
        lines = [line for cell in self._cells for line in cell]
        self.wanted = max(map(width_of, lines))
        self.floor = self.wanted if firm else min(_NARROWEST, self.wanted)
        words = {word for line in lines for word in _words(line)}
        moments = {word for word in words if _MOMENT.fullmatch(word)}
        self._sizes = [min(width_of(word), _LONGEST_WORD) for word in words - moments]
        if moments:
            self._sizes += [_DAY, *[_MOMENT_WIDE] * _MOMENTS_WEIGH]
        self.least = self.wanted if firm else max(self.floor, *self._sizes, 0)
        self.height = cache(self._height)

    def breaks(self, width: int) -> int:
        """How many words more are broken in ``width`` than in one column more."""
        return sum(size == width + 1 for size in self._sizes)

    def laid(self, number: int, width: int) -> str:
        """A cell in lines of ``width``; a line that fits stays as it is."""
        return "\n".join(part for line in self._cells[number] for part in _folded(line, width))

    def _height(self, number: int, width: int) -> int:
        return sum(len(_folded(line, width)) for line in self._cells[number])


def fitted(columns: Sequence[Column], width: int) -> list[int]:
    """The widths of columns that together fit into ``width``, unless firm columns are wider than that.

    Nobody gets more than it wants. Where not every word can stay whole, the fewest different ones are broken.
    """
    if sum(column.wanted for column in columns) <= width:
        return [column.wanted for column in columns]
    widths = [column.least for column in columns]
    while sum(widths) > width:
        giving = [number for number, column in enumerate(columns) if widths[number] > column.floor]
        if not giving:
            return widths
        widths[min(giving, key=lambda one: (columns[one].breaks(widths[one] - 1), -widths[one]))] -= 1
    while widening := _best(columns, widths, width - sum(widths)):
        number, size = widening
        widths[number] = size
    return widths


def _best(columns: Sequence[Column], widths: Sequence[int], spare: int) -> tuple[int, int] | None:
    """Which column is to be how wide to save most for its room: lines of the table, then lines of its own cells."""
    rows = range(min(len(columns[0]._cells), _MEASURED)) if columns else range(0)
    heights = [[column.height(row, size) for row in rows] for column, size in zip(columns, widths, strict=True)]
    best: tuple[tuple[float, float], int, int] | None = None
    for number, column in enumerate(columns):
        others = [max((lines[row] for one, lines in enumerate(heights) if one != number), default=0) for row in rows]
        own = heights[number]
        for size in range(widths[number] + 1, min(widths[number] + spare, column.wanted) + 1):
            found = [column.height(row, size) for row in rows]
            rows_saved = sum(max(own[row], others[row]) - max(found[row], others[row]) for row in rows)
            room = size - widths[number]
            worth = (rows_saved / room, (sum(own) - sum(found)) / room)
            if worth > (0, 0) and (best is None or worth > best[0]):
                best = worth, number, size
    return best[1:] if best else None


def _words(line: str) -> list[str]:
    """What should stay whole of a line."""
    return [line] if not line.isascii() and width_of(line) <= _LABEL else _LATIN.findall(line)


def _folded(line: str, width: int) -> list[str]:
    return [line] if width_of(line) <= width else wrapped(line, width)
