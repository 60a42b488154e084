"""Lays out a table for a terminal: words stay whole where there is room, and nothing is ever cut off.

What somebody may type again, a reference or a name, is never broken: a narrower terminal breaks the line itself.
"""

from collections.abc import Sequence
from typing import Final

from rich import box
from rich.table import Table as Grid
from rich.text import Text

from duban.cli.kit.answer import Table, shown_words
from duban.cli.kit.help import width_of
from duban.cli.kit.inert import inert, inert_lines

_TYPED: Final = frozenset({"ref", "post", "who"})
"""Columns of references and names."""
_WHOLE: Final = frozenset({"at", "due_at", "next_at", "seq", "number"})
"""Columns of times and numbers, which are not broken where it can be helped."""
_WIDEST_WHOLE: Final = 20
_LONGEST_WORD: Final = 14
_NARROW: Final = 4
_GAP: Final = 2


def grid_of(part: Table, width: int) -> tuple[Grid, int]:
    """The table in at most ``width`` columns, or as many as unbroken names need; and how many those are."""
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    names, heads = list(part.heads), list(part.heads.values())
    shown = [index for index, name in enumerate(names) if name not in part.hidden]
    columns = [[heads[index], *(shown_words(row[index]) for row in part.rows)] for index in shown]
    told = list(zip((names[index] for index in shown), columns, strict=True))
    wanted = [max(width_of(line) for words in cells for line in inert_lines(words).split("\n")) for cells in columns]
    firm = [number for number, (name, cells) in enumerate(told) if name in _TYPED and _unbroken(cells[1:])]
    times = [number for number, (name, _cells) in enumerate(told) if name in _WHOLE and number not in firm]
    least = [_whole(cells) if number in times else _words(cells) for number, cells in enumerate(columns)]
    for number in firm:
        least[number] = wanted[number]
    widths = fitted(least, wanted, width - _GAP * len(shown) + 1, firm, times)
    for index, columns_wide in zip(shown, widths, strict=True):
        grid.add_column(Text(inert(heads[index])), overflow="fold", width=columns_wide)
    for row in zip(*(words[1:] for words in columns), strict=True):
        grid.add_row(*(Text(inert_lines(words)) for words in row))
    return grid, sum(widths) + _GAP * len(shown) - 1


def fitted(
    least: Sequence[int], wanted: Sequence[int], width: int, firm: Sequence[int] = (), times: Sequence[int] = ()
) -> list[int]:
    """The widths of columns that together fit into ``width``: what each wants, at least ``least`` where that can be.

    Where even the least is too much, words give way before ``times`` do, and columns that are ``firm`` never.
    """
    widths = [min(pair) for pair in zip(least, wanted, strict=True)]
    words = [number for number in range(len(widths)) if number not in firm and number not in times]
    for giving in (words, times):
        while sum(widths) > width and any(widths[number] > _NARROW for number in giving):
            widths[max(giving, key=widths.__getitem__)] -= 1
    while sum(widths) < width and widths != list(wanted):
        short = [index for index, size in enumerate(widths) if size < wanted[index]]
        widths[min(short, key=widths.__getitem__)] += 1
    return widths


def _unbroken(cells: Sequence[str]) -> bool:
    """Whether these are names as they are typed, not words for them."""
    return all(words.isascii() and " " not in words for words in cells)


def _whole(cells: Sequence[str]) -> int:
    return min(max(width_of(inert(words)) for words in cells), _WIDEST_WHOLE)


def _words(cells: Sequence[str]) -> int:
    """Columns that keep the words of a column whole, within reason; Chinese may break anywhere."""
    widths = [len(word) for words in cells for word in words.split() if word.isascii()]
    return min(max(widths, default=_NARROW), _LONGEST_WORD)
