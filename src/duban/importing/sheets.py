"""Reads one worksheet of an XLSX file as a stream, and writes a plain one; the one user of openpyxl.

Values are read as they stand: nothing is computed, nothing is followed. Formulas are told as such, and so is every
range of merged cells, in which only the first cell holds what a reader sees in all of them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import openpyxl

from duban.engine.model.hint import hint
from duban.engine.model.label import Label
from duban.importing.archive import checked, merged_ranges
from duban.importing.cells import EMPTY, CellKind, Line, Merged, TableCell, column_of, letters
from duban.importing.errors import BrokenTable

MAX_LINES: Final = 50_000
"""Rows of a worksheet, empty ones included: a mark far below the data would otherwise be a million rows."""

MAX_COLUMNS: Final = 100
_PACKED_AT: Final = (2020, 1, 1, 0, 0, 0)
_STAMP: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


class Sheet:
    """A worksheet, by its name or the first one.

    Raises:
        BrokenTable: the file is not a workbook that can be read safely, or has no such sheet.
    """

    def __init__(self, path: Path, sheet: str | None = None) -> None:
        self._path = path
        self._parts = checked(path)
        if not self._parts:
            raise BrokenTable("no-sheets", path.name)
        if sheet is not None and sheet not in self._parts:
            known = list(self._parts)
            raise BrokenTable("no-sheet", path.name, found=sheet, known=known, hint=hint(sheet, known))
        self._sheet = sheet if sheet is not None else next(iter(self._parts))

    @property
    def name(self) -> str:
        """The file, and the sheet."""
        return f"{self._path.name} [{self._sheet}]"

    def lines(self) -> Iterator[Line]:
        """The rows that hold anything, in order; ``number`` as the sheet counts them.

        Raises:
            BrokenTable: there are too many, or it cannot be read any further.
        """
        # Opened here: the library leaves a file open that it fails to read.
        with self._path.open("rb") as file:
            try:
                yield from self._lines(openpyxl.load_workbook(file, read_only=True, keep_links=False))
            except BrokenTable:
                raise
            except Exception as fault:  # of what others wrote, the library raises all sorts of things
                raise BrokenTable("no-workbook", self._path.name) from fault

    def _lines(self, book: Any) -> Iterator[Line]:
        sheet = book[self._sheet]
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
            if number > MAX_LINES:
                raise BrokenTable("rows", self.name, limit=MAX_LINES)
            line = Line(number, _cells(row))
            if not line.is_empty:
                yield line

    def merged(self) -> list[Merged]:
        """The ranges of merged cells, as the sheet lists them."""
        return [_range(name) for name in merged_ranges(self._path, self._parts[self._sheet])]

    def place(self, line: int, column: int) -> Label:
        """The cell as the sheet names it: ``C17``."""
        name = f"{letters(column)}{line}"
        return Label(name, name)


def write_sheet(rows: Iterable[Sequence[str | int]], title: str, widths: Sequence[int] = ()) -> bytes:
    """A workbook of one sheet. The same rows give the same bytes; texts are texts, whatever they begin with."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, width in enumerate(widths):
        sheet.column_dimensions[letters(number)].width = width
    for row in rows:
        sheet.append([_written(sheet, value) for value in row])
    packed = BytesIO()
    book.save(packed)
    return _timeless(packed)


def _written(sheet: Any, value: str | int) -> Any:
    if isinstance(value, int):
        return value
    cell = openpyxl.cell.WriteOnlyCell(sheet, value=value)
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _timeless(packed: BytesIO) -> bytes:
    """The same archive without the moment at which it was made."""
    again = BytesIO()
    with ZipFile(packed) as source, ZipFile(again, "w", ZIP_DEFLATED) as target:
        for part in source.infolist():
            content = source.read(part.filename)
            if part.filename == "docProps/core.xml":
                content = _STAMP.sub(rb"\g<1>2020-01-01T00:00:00Z", content)
            target.writestr(ZipInfo(part.filename, _PACKED_AT), content, ZIP_DEFLATED)
    return again.getvalue()


def _range(name: str) -> Merged:
    cells = re.findall(r"([A-Z]+)([0-9]+)", name)
    return Merged(int(cells[0][1]), column_of(cells[0][0]), int(cells[-1][1]), name)


def _cells(row: Sequence[Any]) -> tuple[TableCell, ...]:
    """The cells of a row up to the last that holds anything."""
    cells = [_cell(cell) for cell in row]
    while cells and not cells[-1].text:
        cells.pop()
    return tuple(cells)


def _cell(cell: Any) -> TableCell:
    value, kind = cell.value, cell.data_type
    if value is None:
        return EMPTY
    if kind == "f":
        return TableCell(str(value)[:80] or "=", "formula")
    if kind == "e":
        return TableCell(str(value), "error")
    if isinstance(value, bool):
        return TableCell("TRUE" if value else "FALSE")
    if isinstance(value, int | float):
        return TableCell(_number(value), "number")
    if isinstance(value, datetime | date | time):
        shown = value.isoformat()
        return TableCell(shown.removesuffix("T00:00:00"), "date")
    return _text(str(value))


def _text(value: str, kind: CellKind = "text") -> TableCell:
    stripped = value.strip()
    return TableCell(stripped, kind) if stripped else EMPTY


def _number(value: float) -> str:
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
    return str(int(value)) if whole else str(value)
