"""How wide the columns of a table are: words stay whole where that can be, then rows take few lines."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from duban.cli.kit.help import width_of, wrapped

_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
_LATIN: Final = re.compile(rf"{_MOMENT.pattern}|[!-~]+")
_PARTS: Final = re.compile(r"[^\s、，；]+[、，；]?\s*")
"""Between blanks, and after the commas of a list, Chinese breaks best."""
_LONGEST_WORD: Final = 24
"""Longer ones, such as a hash or an address, are broken before anything else gives way."""
_LABEL: Final = 10
"""Chinese breaks anywhere, but words of up to five characters, such as a state, are read better whole."""
_NARROWEST: Final = 4
_DAY: Final = 10
_MOMENT_WIDE: Final = 16
_MOMENTS_WEIGH: Final = 5
"""Moments break between day and hour, which is as bad as breaking so many words; twice as bad is to break a day."""
_LINE_WEIGHS: Final = 2
"""A line more in every row is as bad as breaking so many words."""
_MEASURED: Final = 40
"""How many rows are looked at to save lines; more would take longer than they tell."""


class Column:
    """The cells of a column with its heading, each as lines; a ``firm`` one is never narrower than they are."""

    def __init__(self, cells: Sequence[str], *, firm: bool = False) -> None:
        self.cells = [cell.split("\n") for cell in cells]
        lines = [line for cell in self.cells for line in cell]
        self.wanted = max(map(width_of, lines))
        self.floor = self.wanted if firm else min(_NARROWEST, self.wanted)
        words = {word for line in lines for word in _words(line)}
        moments = {word for word in words if _MOMENT.fullmatch(word)}
        self._sizes = [min(width_of(word), _LONGEST_WORD) for word in words - moments]
        if moments:
            self._sizes += [_DAY, _DAY, _MOMENT_WIDE] * _MOMENTS_WEIGH
        if not all(map(str.isascii, lines)):
            self._sizes.append(min(self.wanted, _LABEL))
        self.least = self.wanted if firm else max(self.floor, *self._sizes, 0)
        self.height = cache(self._height)

    def broken(self, width: int, before: int) -> int:
        """How many different words are broken in ``width`` and not in ``before``."""
        return sum(width < size <= before for size in self._sizes)

    def laid(self, number: int, width: int) -> str:
        """A cell in lines of ``width``; a line that fits stays as it is."""
        return "\n".join(part for line in self.cells[number] for part in _folded(line, width))

    def _height(self, number: int, width: int) -> int:
        return sum(len(_folded(line, width)) for line in self.cells[number])


def fitted(columns: Sequence[Column], width: int) -> list[int]:
    """The widths of columns that together fit into ``width``, unless firm columns are wider than that.

    Nobody gets more than it wants. Where not every word can stay whole few are broken, but no row grows tall for it.
    """
    if sum(column.wanted for column in columns) <= width:
        return [column.wanted for column in columns]
    page = _Page(columns)
    while (missing := sum(page.widths) - width) > 0 and (narrower := page.least_missed(missing)):
        page.widths[narrower[0]] = narrower[1]
    while wider := page.most_wanted(width - sum(page.widths)):
        page.widths[wider[0]] = wider[1]
    return page.widths


class _Page:
    """The columns with their widths so far."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.widths = [column.least for column in columns]
        self._columns = columns
        self._rows = range(min(len(columns[0].cells), _MEASURED))

    def least_missed(self, missing: int) -> tuple[int, int] | None:
        """Which column is to be how narrow: broken words and lines cost least for the room that is won."""
        found = []
        for number, column in enumerate(self._columns):
            before = self.widths[number]
            for size, rows, lines in self._tried(number, range(column.floor, before)):
                cost = column.broken(size, before) + (_LINE_WEIGHS * rows + 0.1 * lines) / len(self._rows)
                found.append((cost / min(before - size, missing), -before, number, size))
        return min(found)[2:] if found else None

    def most_wanted(self, spare: int) -> tuple[int, int] | None:
        """Which column is to be how wide: it saves most lines of the table, or else of its own, for its room."""
        found = []
        for number, column in enumerate(self._columns):
            before = self.widths[number]
            for size, rows, lines in self._tried(number, range(before + 1, min(before + spare, column.wanted) + 1)):
                if (rows, lines) < (0, 0):
                    found.append((rows / (size - before), lines / (size - before), number, size))
        return min(found)[2:] if found else None

    def _tried(self, number: int, sizes: range) -> Iterator[tuple[int, int, int]]:
        """Each size of a column, with how many lines more the rows would have then, and the cells."""
        shown = list(enumerate(zip(self._columns, self.widths, strict=True)))
        others = [
            max((column.height(row, size) for one, (column, size) in shown if one != number), default=0)
            for row in self._rows
        ]
        column, now = self._columns[number], self.widths[number]
        own = [column.height(row, now) for row in self._rows]
        tall = sum(map(max, own, others))
        for size in sizes:
            cells = [column.height(row, size) for row in self._rows]
            yield size, sum(map(max, cells, others)) - tall, sum(cells) - sum(own)


def _words(line: str) -> list[str]:
    """What should stay whole of a line."""
    words: list[str] = _LATIN.findall(line)
    if not line.isascii():
        words += [word for part in _PARTS.findall(line) if width_of(word := part.strip()) <= _LABEL]
    return words


def _folded(line: str, width: int) -> list[str]:
    """The line in lines of ``width``: between its parts where all are short, else as text is wrapped."""
    if width_of(line) <= width:
        return [line]
    parts: list[str] = _PARTS.findall(line)
    if line.isascii() or any(width_of(part.strip()) > min(width, _LABEL) for part in parts):
        return wrapped(line, width)
    lines = [""]
    for part in parts:
        if width_of((lines[-1] + part).rstrip()) > width:
            lines.append("")
        lines[-1] += part
    return [one.rstrip() for one in lines]
