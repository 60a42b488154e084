"""A CSV file as a table of cells: everything in it is text."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from duban.engine.model.label import Label
from duban.importing.cells import Line, Merged, TableCell
from duban.importing.errors import BrokenTable, told
from duban.importing.table import Row, Table

MAX_LINES: Final = 50_000


class Delimited:
    """A CSV file, read strictly.

    Raises:
        BrokenTable: as of :class:`~duban.importing.table.Table`.
    """

    def __init__(self, path: Path, encoding: str = "utf-8") -> None:
        self._table = Table(path, encoding)

    @property
    def name(self) -> str:
        """The file."""
        return self._table.path.name

    def lines(self) -> Iterator[Line]:
        """The header and the rows that hold anything.

        Raises:
            BrokenTable: it cannot be read any further, or there are too many rows.
        """
        for count, row in enumerate(chain([Row(1, self._table.header)], self._table.rows())):
            if count > MAX_LINES:
                raise BrokenTable("rows", self.name, limit=MAX_LINES)
            line = Line(row.line, tuple(TableCell(cell.strip()) for cell in row.cells))
            if not line.is_empty:
                yield line

    def merged(self) -> list[Merged]:
        """A CSV file has no merged cells."""
        return []

    def place(self, line: int, column: int) -> Label:
        """The line, and the column by its name in the header where it has one."""
        header = self._table.header
        return told("table.place", line=line, column=header[column] if column < len(header) else str(column + 1))
