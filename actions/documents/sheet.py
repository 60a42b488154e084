"""Prints the tables of a paper as a workbook: typed cells, never a formula, and the cases behind every number."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, Final

from duban.actions.documents.archive import repacked
from duban.actions.documents.inert import inert
from duban.actions.documents.needs import printing
from duban.actions.documents.paper import NUMERIC, Paper, told_cell, told_figure
from duban.actions.documents.snapshot import Cell, Column, Snapshot, Table

MOST_TEXT: Final = 32_767
MOST_ROWS: Final = 1_048_576
_NO_NAME: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_OPTIONS: Final = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}  # fmt: skip


def printed(paper: Paper) -> bytes:
    """The workbook: a sheet for each table, then charts as tables, the figures with their formulas, and the cases.

    A paper without a snapshot has one sheet, with its fields.

    Raises:
        DocumentError: the package is missing.
    """
    with printing():
        import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, _OPTIONS) as book:
        stamp = paper.at.astimezone(UTC).replace(tzinfo=None)
        book.set_properties({"title": paper.title[:255], "created": stamp})
        binder = _Binder(book, paper)
        if paper.snapshot is not None:
            binder.tables(paper.snapshot)
            binder.charts()
            binder.figures(paper.snapshot)
            binder.cases(paper.snapshot)
        else:
            binder.fields()
    return repacked(content.getvalue(), paper.at)


class _Binder:
    """Fills one workbook."""

    def __init__(self, book: Any, paper: Paper) -> None:
        self._book = book
        self._paper = paper
        self._teller = paper.teller
        self._names: set[str] = set()
        plain = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#999999"}
        self._head = book.add_format({**plain, "bold": True, "bg_color": "#eeeeee", "align": "center"})
        self._forms = {
            "text": book.add_format(plain),
            "count": book.add_format({**plain, "num_format": "0", "align": "right"}),
            "share": book.add_format({**plain, "num_format": "0.0%", "align": "right"}),
            "points": book.add_format({**plain, "num_format": "0.0", "align": "right"}),
            "date": book.add_format({**plain, "num_format": "yyyy-mm-dd"}),
            "instant": book.add_format({**plain, "num_format": "yyyy-mm-dd hh:mm"}),
        }

    def tables(self, snapshot: Snapshot) -> None:
        """A sheet for each table, with its notes below."""
        for table in snapshot.tables:
            labels = [self._teller.label(column.label) for column in table.columns]
            sheet = self._sheet(self._teller.label(table.label), labels, self._widths(table, labels))
            for line, row in enumerate(table.rows, 1):
                for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
                    self._put(sheet, line, place, column, cell)
            notes = [*([] if table.rows else [self._teller.say("no-rows")]), *map(self._teller.label, table.notes)]
            for line, note in enumerate(notes, len(table.rows) + 2):
                sheet.write_string(line, 0, _cut(note))

    def charts(self) -> None:
        """What charts show, as tables."""
        for chart in self._paper.told["charts"]:
            sheet = self._sheet(
                chart["label"], [one["label"] for one in chart["columns"]], [18] * len(chart["columns"])
            )
            for line, row in enumerate(chart["rows"], 1):
                for place, words in enumerate(row):
                    self._word(sheet, line, place, words)

    def figures(self, snapshot: Snapshot) -> None:
        """Each figure with its formula and version."""
        heads = [
            self._teller.say(key)
            for key in ("figure", "value", "numerator", "denominator", "cases", "version", "formula")
        ]
        sheet = self._sheet(self._teller.say("figures"), heads, [28, 12, 10, 10, 10, 8, 70])
        for line, one in enumerate(snapshot.figures, 1):
            self._word(sheet, line, 0, self._teller.label(one["label"]))
            self._word(sheet, line, 1, told_figure(one, self._teller))
            for place, value in ((2, one["numerator"]), (3, one["denominator"]), (4, one["n"]), (5, one["version"])):
                self._number(sheet, line, place, value)
            self._word(sheet, line, 6, self._teller.label(one["formula"]))

    def cases(self, snapshot: Snapshot) -> None:
        """The cases behind every number: one line for each number and case."""
        heads = [self._teller.say(key) for key in ("table", "row", "column", "value", "case")]
        sheet = self._sheet(self._teller.say("drill-down"), heads, [24, 28, 20, 12, 16])
        for line, words in enumerate(_drilled(snapshot, self._paper), 1):
            if line >= MOST_ROWS:
                break
            for place, word in enumerate(words):
                self._word(sheet, line, place, word)

    def fields(self) -> None:
        """The fields of a case, one a line."""
        sheet = self._sheet(
            self._paper.told["document"]["label"], [self._teller.say(key) for key in ("field", "value")], [28, 80]
        )
        told = self._paper.told
        rows = [
            ("", told["number"]),
            *((told["labels"][name], words) for name, words in told["fields"].items() if words),
        ]
        for line, row in enumerate(rows, 1):
            for place, words in enumerate(row):
                self._word(sheet, line, place, words)

    def _sheet(self, name: str, heads: list[str], widths: list[int]) -> Any:
        sheet = self._book.add_worksheet(self._named(name))
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        for place, (head, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, _cut(head), self._head)
        return sheet

    def _named(self, words: str) -> str:
        """A name that Excel takes, and that no other sheet has."""
        base = " ".join(words.translate(_NO_NAME).split())[:28] or "-"
        name, count = base, 1
        while name.lower() in self._names or name.lower() == "history":
            count += 1
            name = f"{base[:26]} {count}"
        self._names.add(name.lower())
        return name

    def _widths(self, table: Table, labels: list[str]) -> list[int]:
        wide = {"text": 34, "label": 22, "instant": 18, "ref": 14, "date": 12}
        return [
            max(wide.get(column.kind, 10), min(2 * len(label) + 2, 24))
            for column, label in zip(table.columns, labels, strict=True)
        ]

    def _put(self, sheet: Any, line: int, place: int, column: Column, cell: Cell) -> None:
        if cell is None or (column.kind == "share" and not cell["denominator"]):
            sheet.write_blank(line, place, None, self._forms["count" if column.kind in NUMERIC else "text"])
        elif column.kind in ("count", "rank"):
            self._number(sheet, line, place, cell)
        elif column.kind in ("share", "points"):
            value = float(Fraction(cell["numerator"] or 0, cell["denominator"]))
            sheet.write_number(line, place, value, self._forms[column.kind])
        elif column.kind == "duration":
            self._number(sheet, line, place, cell["minutes"])
        elif column.kind == "date":
            sheet.write_datetime(
                line, place, datetime.combine(date.fromisoformat(cell), datetime.min.time()), self._forms["date"]
            )
        elif column.kind == "instant":
            local = self._teller.local(datetime.fromisoformat(cell)).replace(tzinfo=None)
            sheet.write_datetime(line, place, local, self._forms["instant"])
        else:
            self._word(sheet, line, place, told_cell(column.kind, cell, self._teller))

    def _number(self, sheet: Any, line: int, place: int, value: int | None) -> None:
        if value is None:
            sheet.write_blank(line, place, None, self._forms["count"])
        else:
            sheet.write_number(line, place, value, self._forms["count"])

    def _word(self, sheet: Any, line: int, place: int, words: str) -> None:
        # write_string and never write: what begins like a formula or an address stays words.
        sheet.write_string(line, place, _cut(words), self._forms["text"])


def _drilled(snapshot: Snapshot, paper: Paper) -> Iterator[tuple[str, ...]]:
    teller = paper.teller
    for figure in snapshot.figures:
        for ref in figure["cases"]:
            yield teller.say("figures"), "", teller.label(figure["label"]), told_figure(figure, teller), inert(ref)
    for table in snapshot.tables:
        for row, held in zip(table.rows, table.cases, strict=True):
            first = told_cell(table.columns[0].kind, row[0], teller)
            for column, cell, refs in zip(table.columns, row, held, strict=True):
                for ref in refs:
                    said = told_cell(column.kind, cell, teller)
                    yield teller.label(table.label), first, teller.label(column.label), said, inert(ref)


def _cut(words: str) -> str:
    """What one cell can hold; the end tells that there was more."""
    return words if len(words) <= MOST_TEXT else words[: MOST_TEXT - 1] + "…"
