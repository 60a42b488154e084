"""Lays out a table for a terminal: words stay whole where there is room, and nothing is ever cut off."""

from collections.abc import Sequence
from typing import Final

from rich import box
from rich.table import Table as Grid
from rich.text import Text

from duban.cli.kit.answer import Table, shown_words
from duban.cli.kit.help import width_of
from duban.cli.kit.inert import inert, inert_lines

_WHOLE: Final = frozenset({"ref", "at", "due_at", "next_at", "seq", "number"})
"""Columns of references and times, which are not broken where it can be helped."""
_WIDEST_WHOLE: Final = 20
_LONGEST_WORD: Final = 14
_NARROW: Final = 4
_GAP: Final = 2


def grid_of(part: Table, width: int) -> Grid:
    """The table in at most ``width`` columns."""
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    names, heads = list(part.heads), list(part.heads.values())
    shown = [index for index, name in enumerate(names) if name not in part.hidden]
    columns = [[heads[index], *(shown_words(row[index]) for row in part.rows)] for index in shown]
    least = [
        _whole(words) if names[index] in _WHOLE else _words(words) for index, words in zip(shown, columns, strict=True)
    ]
    wanted = [max(width_of(line) for words in cells for line in inert_lines(words).split("\n")) for cells in columns]
    widths = fitted(least, wanted, width - _GAP * len(shown) + 1)
    for index, columns_wide in zip(shown, widths, strict=True):
        grid.add_column(Text(inert(heads[index])), overflow="fold", width=columns_wide)
    for row in zip(*(words[1:] for words in columns), strict=True):
        grid.add_row(*(Text(inert_lines(words)) for words in row))
    return grid


def fitted(least: Sequence[int], wanted: Sequence[int], width: int) -> list[int]:
    """The widths of columns that together fit into ``width``: what each wants, at least ``least`` where that can be.

    Where even the least is too much, words give way before references and times do.
    """
    widths = [min(pair) for pair in zip(least, wanted, strict=True)]
    while sum(widths) > width and max(widths) > _NARROW:
        words = [size for size in widths if _NARROW < size <= _LONGEST_WORD]
        widths[widths.index(max(words or widths))] -= 1
    while sum(widths) < width and widths != list(wanted):
        short = [index for index, size in enumerate(widths) if size < wanted[index]]
        widths[min(short, key=widths.__getitem__)] += 1
    return widths


def _whole(cells: Sequence[str]) -> int:
    return min(max(width_of(inert(words)) for words in cells), _WIDEST_WHOLE)


def _words(cells: Sequence[str]) -> int:
    """Columns that keep the words of a column whole, within reason; Chinese may break anywhere."""
    widths = [len(word) for words in cells for word in words.split() if word.isascii()]
    return min(max(widths, default=_NARROW), _LONGEST_WORD)
