"""Lays out a table for a terminal: words stay whole where there is room, and nothing is ever cut off.

What somebody may type again, a reference or a name, is never broken: a narrower terminal breaks the line itself.
Numbers stand flush right under their heading.
"""

import re
from collections.abc import Sequence
from typing import Final, Literal

from rich import box
from rich.table import Table as Grid
from rich.text import Text

from duban.cli.kit.answer import Table, shown_words
from duban.cli.kit.fitting import Column, fitted
from duban.cli.kit.inert import inert, inert_lines

_TYPED: Final = frozenset({"ref", "post", "who"})
"""Columns of references and names."""
_NUMBER: Final = re.compile(r"[-+]?[0-9][0-9,.]*(?: ?%|/[0-9]+)?(?: \([0-9]+/[0-9]+\))?")
_NO_NUMBER: Final = frozenset({"", "–"})
"""What stands in the place of a number that there is not."""
_GAP: Final = 2


def grid_of(part: Table, width: int) -> tuple[Grid, int]:
    """The table in at most ``width`` columns, or as many as unbroken names need; and how many those are.

    Where it does not fit otherwise, a column in which nothing stands is left out.
    """
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    told = [
        (name, [inert(head), *(inert_lines(shown_words(row[index])) for row in part.rows)])
        for index, (name, head) in enumerate(part.heads.items())
        if name not in part.hidden
    ]
    columns = _columns(told)
    if sum(column.wanted for column in columns) > _room(columns, width):
        told = [(name, cells) for name, cells in told if any(cells[1:])]
        columns = _columns(told)
    widths = fitted(columns, _room(columns, width))
    for column, (_name, cells), size in zip(columns, told, widths, strict=True):
        side: Literal["left", "right"] = "right" if _are_numbers(cells[1:]) else "left"
        grid.add_column(Text(column.laid(0, size)), overflow="fold", width=size, justify=side)
    for row in range(1, len(part.rows) + 1):
        grid.add_row(*(Text(column.laid(row, size)) for column, size in zip(columns, widths, strict=True)))
    return grid, sum(widths) + _GAP * len(columns) - 1


def _columns(told: Sequence[tuple[str, Sequence[str]]]) -> list[Column]:
    return [Column(cells, firm=name in _TYPED and _unbroken(cells[1:])) for name, cells in told]


def _room(columns: Sequence[Column], width: int) -> int:
    return width - _GAP * len(columns) + 1


def _unbroken(cells: Sequence[str]) -> bool:
    """Whether these are names as they are typed, not words for them."""
    return all(words.isascii() and " " not in words for words in cells)


def _are_numbers(cells: Sequence[str]) -> bool:
    told = [words for words in cells if words not in _NO_NUMBER]
    return bool(told) and all(_NUMBER.fullmatch(words) for words in told)
