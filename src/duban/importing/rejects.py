"""The report beside the table: every rejected row as it stood, its line, and the reason."""

import csv
import os
from pathlib import Path
from typing import IO, Any, Self

from duban.engine.errors import UsageError
from duban.engine.messages import LANGUAGES, text
from duban.engine.model.label import Label
from duban.engine.model.saying import why_not_regular
from duban.importing.table import Row, Table


class Rejects:
    """Writes ``FILE.rejected.csv``: the columns of the table, then line and reason in the reader's language.

    The file can be mended and imported as it is: the map does not read the last two columns. It appears when the
    import is over, complete; an earlier report of the same name is replaced, and removed when nothing was rejected.

    Raises:
        UsageError: another file has that name.
    """

    def __init__(self, table: Table, path: Path | None, lang: str, encoding: str) -> None:
        self.path = path or table.path.with_name(f"{table.path.name}.rejected.csv")
        self.count = 0
        self._lang = lang
        # A mended report that is imported brings the two columns of its own; they are written anew.
        self._width = self._columns = len(table.header)
        if self._width > 2 and table.header[-2] in _names("line") and table.header[-1] in _names("reason"):
            self._width -= 2
        self._header = table.header[: self._width]
        # With a byte order mark, office programs read it as UTF-8.
        self._encoding = (
            "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig") else encoding
        )
        self._unfinished = self.path.with_name(f"{self.path.name}.part")
        self._file: IO[str] | None = None
        self._writer: Any = None
        if self.path.exists() and not self._is_report():
            raise UsageError("report-exists", report=str(self.path))

    def add(self, row: Row, reason: Label) -> None:
        """Write one row down."""
        if self._file is None:
            self._file = self._unfinished.open("w", encoding=self._encoding, errors="replace", newline="")
            self._writer = csv.writer(self._file, lineterminator="\n")
            names = [text(f"import.report-{name}", self._lang) for name in ("line", "reason")]
            self._writer.writerow([*self._header, *names])
        cells, more = row.cells[: self._width], row.cells[self._columns :]
        missing = max(0, self._width - len(cells))
        # Cells for which there is no column come last: line and reason stand under their heads.
        self._writer.writerow([*cells, *[""] * missing, row.line, reason.text(self._lang), *more])
        self.count += 1

    def finish(self) -> Path | None:
        """Put the report in its place; None when nothing was rejected."""
        if self._file is None:
            self.path.unlink(missing_ok=True)
            return None
        self._file.close()
        self._file = None
        os.replace(self._unfinished, self.path)
        return self.path

    def _is_report(self) -> bool:
        if why_not_regular(self.path) is not None:
            return False
        try:
            with self.path.open(encoding=self._encoding, errors="replace", newline="") as file:
                return file.readline(100_000).rstrip().rpartition(",")[2] in _names("reason")
        except OSError:
            return False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        if self._file is not None:
            self._file.close()
            self._unfinished.unlink(missing_ok=True)


def _names(column: str) -> set[str]:
    return {text(f"import.report-{column}", lang) for lang in LANGUAGES}
