"""Reads a CSV file strictly and as a stream: the memory it takes does not grow with the length of the rows read."""

import codecs
import csv
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from duban.engine.model.frozen import frozen
from duban.engine.model.saying import why_of
from duban.importing.errors import BrokenTable

MAX_LINE: Final = 1_000_000
"""Bytes in one line of the file."""

MAX_ROWS: Final = 500_000
"""Rows in one table: a hash of every key is kept while a table is checked."""


@frozen
class Row:
    """One row: the line of the file that it begins in (from 1), and its cells as they stand."""

    line: int
    cells: tuple[str, ...]


@frozen
class Survey:
    """What a first reading found: how many rows there are, and which lines repeat the key of an earlier one."""

    rows: int
    repeated: dict[int, int]


class Table:
    """A CSV file with a header: commas, quotation marks, one row a line or more.

    ``encoding`` is any that holds ASCII as it is; a byte order mark of UTF-8 is passed over.

    Raises:
        BrokenTable: the file is not there, the encoding not known, or the header not usable.
    """

    def __init__(self, path: Path, encoding: str = "utf-8") -> None:
        self.path = path
        self._encoding = encoding
        self._check_place()
        self._check_encoding()
        self.header = self._header()

    def survey(self, key: str) -> Survey:
        """Read the whole table once, so that a broken one is refused before anything of it is imported.

        Raises:
            BrokenTable: with the line.
        """
        number = self.header.index(key)
        first: dict[bytes, int] = {}
        repeated: dict[int, int] = {}
        count = 0
        for row in self.rows():
            count += 1
            if count > MAX_ROWS:
                raise self._broken("rows", limit=MAX_ROWS)
            value = row.cells[number].strip() if number < len(row.cells) else ""
            if not value:
                continue
            earlier = first.setdefault(blake2b(value.encode(), digest_size=12).digest(), row.line)
            if earlier != row.line:
                repeated[row.line] = earlier
        return Survey(count, repeated)

    def rows(self) -> Iterator[Row]:
        """The rows after the header, in order; empty lines are passed over.

        Raises:
            BrokenTable: with the line.
        """
        records = self._records()
        next(records)
        return records

    def as_file(self, row: Row) -> bytes:
        """The header and one row as a CSV file of its own, UTF-8."""
        lines = [",".join(map(_quoted, cells)) for cells in (self.header, row.cells)]
        return ("\n".join(lines) + "\n").encode()

    def _records(self) -> Iterator[Row]:
        reader = csv.reader(self._lines(), strict=True)
        begins = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as fault:
                raise self._broken("quote", line=begins, reason=str(fault)) from None
            if cells:
                yield Row(begins, tuple(cells))
            begins = reader.line_num + 1

    def _lines(self) -> Iterator[str]:
        with self.path.open("rb") as file:
            number = 0
            while line := file.readline(MAX_LINE + 1):
                number += 1
                if len(line) > MAX_LINE:
                    raise self._broken("long", line=number, limit=MAX_LINE)
                if number == 1:
                    line = line.removeprefix(codecs.BOM_UTF8)
                if b"\0" in line:
                    raise self._broken("nul", line=number)
                try:
                    yield line.decode(self._encoding)
                except UnicodeDecodeError as fault:
                    byte = f"0x{line[fault.start]:02X}"
                    raise self._broken("encoding", line=number, byte=byte, encoding=self._encoding) from None

    def _header(self) -> tuple[str, ...]:
        first = next(self._records(), None)
        if first is None:
            raise self._broken("empty")
        header = tuple(name.strip() for name in first.cells)
        for number, name in enumerate(header, start=1):
            if not name or not name.isprintable():
                raise self._broken("header-empty", number=number)
            if name in header[: number - 1]:
                raise self._broken("header-twice", name=name)
        return header

    def _check_place(self) -> None:
        try:
            if not self.path.exists():
                raise self._broken("missing")
            if not self.path.is_file():
                raise self._broken("not-a-file")
            self.path.open("rb").close()
        except (OSError, ValueError) as fault:
            raise self._broken("unreadable", reason=why_of(fault)) from None

    def _check_encoding(self) -> None:
        try:
            fits = 'a,"\n'.encode(self._encoding) == b'a,"\n' and b"a".decode(self._encoding) == "a"
        except (LookupError, UnicodeError, TypeError):
            fits = False
        if not fits:
            raise self._broken("unknown-encoding", encoding=self._encoding)

    def _broken(self, key: str, **data: Any) -> BrokenTable:
        return BrokenTable(key, self.path.name, **data)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(sign in cell for sign in ',"\r\n') else cell
