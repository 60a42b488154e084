"""Opens the file of a table by what it is: an XLSX workbook, or else CSV."""

from pathlib import Path

from duban.engine.errors import UsageError
from duban.importing.cells import CellTable
from duban.importing.delimited import Delimited
from duban.importing.sheets import Sheet

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def opened(path: Path, sheet: str | None = None, encoding: str = "utf-8") -> CellTable:
    """The table in a file. ``sheet`` names a worksheet, ``encoding`` is for CSV.

    Raises:
        BrokenTable: it cannot be read.
        UsageError: a sheet was named for a CSV file.
    """
    try:
        # A pipe is not opened: that would be to wait for whoever writes to it.
        is_workbook = path.is_file() and _first(path) in _WORKBOOKS
    except (OSError, ValueError):
        is_workbook = False  # the reader of CSV files tells what is the matter
    if is_workbook or path.suffix.lower() in (".xlsx", ".xlsm", ".xls"):
        return Sheet(path, sheet)
    if sheet is not None:
        raise UsageError("sheet-of-csv", found=path.name)
    return Delimited(path, encoding)


def _first(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4)
