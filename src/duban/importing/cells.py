"""A table of cells, as a worksheet or a CSV file gives it: what stands where, and of what kind."""

from collections.abc import Iterator
from typing import Literal, Protocol

from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label

CellKind = Literal["text", "number", "date", "formula", "error"]
"""``number`` was kept as a number, not as text; ``error`` is what a program shows instead of a value, such as #REF!."""


@frozen
class TableCell:
    """One cell: its content as text, stripped, and the kind in which it was kept."""

    text: str
    kind: CellKind = "text"


EMPTY = TableCell("")


@frozen
class Line:
    """One row: its number in the file (from 1) and its cells from the first column on."""

    number: int
    cells: tuple[TableCell, ...]

    def cell(self, column: int) -> TableCell:
        """The cell of this column (from 0); an empty one where the row ends before it."""
        return self.cells[column] if column < len(self.cells) else EMPTY

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return not any(cell.text for cell in self.cells)


@frozen
class Merged:
    """A range of merged cells: its first row (from 1) and column (from 0), its last row, and its name, ``A3:A7``."""

    line: int
    column: int
    last: int
    name: str


class CellTable(Protocol):
    """Rows that can be read once or more, and the words for a place among them."""

    @property
    def name(self) -> str:
        """The file, and the sheet where there are several."""

    def lines(self) -> Iterator[Line]:
        """The rows in order, those without any content left out.

        Raises:
            BrokenTable: it cannot be read any further.
        """

    def merged(self) -> list[Merged]:
        """The ranges of merged cells."""

    def place(self, line: int, column: int) -> Label:
        """How a person finds a cell: ``C17`` in a worksheet, the line and the column in a CSV file."""


def column_of(name: str) -> int:
    """The column (from 0) that these letters name."""
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def letters(column: int) -> str:
    """The letters of a column (from 0), as a worksheet names it: A, B, …, Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
