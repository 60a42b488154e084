"""Reads a snapshot: the JSON that a compilation was kept as. What does not have its form is refused as a whole."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from duban.engine.errors import DocumentError
from duban.engine.messages import text
from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label

FORMAT: Final = "duban-snapshot/1"
KINDS: Final = ("text", "label", "count", "share", "duration", "date", "instant", "rank", "points", "ref")

Cell = Any
"""A value as the snapshot holds it; its column's kind tells what it is. Never a float."""


@frozen
class Column:
    """A column of a table."""

    name: str
    label: Mapping[str, str]
    kind: str


@frozen
class Table:
    """A table; ``cases`` holds, for each cell, the references that it was counted from."""

    name: str
    label: Mapping[str, str]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    cases: tuple[tuple[tuple[str, ...], ...], ...]
    notes: tuple[Mapping[str, str], ...]


@frozen
class Series:
    """A row of bars or a line; ``unit`` is that of its figure, None where there is none."""

    label: Mapping[str, str]
    unit: str
    points: tuple[Cell, ...]


@frozen
class Chart:
    """A chart over the labels ``x``."""

    name: str
    label: Mapping[str, str]
    kind: str
    x: tuple[Mapping[str, str], ...]
    series: tuple[Series, ...]


@frozen
class Snapshot:
    """What a bulletin or report is printed from. Times are aware."""

    case: str
    edition: int
    as_of: datetime
    period: Mapping[str, str]
    start: datetime
    end: datetime
    figures: tuple[Mapping[str, Any], ...]
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...]
    corrects: Mapping[str, Any] | None


def read_snapshot(content: bytes, ref: str) -> Snapshot:
    """The snapshot in these bytes.

    Raises:
        DocumentError: it is none, and at which place that was seen.
    """
    where = ["format"]
    try:
        data = json.loads(content.decode("utf-8"), parse_float=_no_float)
        _holds(data["format"] == FORMAT)
        where[0] = "period"
        period = data["period"]
        start, end, as_of = (_instant(at) for at in (period["start"], period["end"], data["as_of"]))
        where[0] = "figures"
        figures = tuple(_figure(one) for one in data["figures"])
        where[0] = "tables"
        tables = tuple(_table(one) for one in data["tables"])
        where[0] = "charts"
        charts = tuple(_chart(one) for one in data["charts"])
        where[0] = "corrects"
        corrects = _corrects(data.get("corrects"))
        return Snapshot(
            data["case"], int(data["edition"]), as_of, period, start, end, figures, tables, charts, corrects
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as fault:
        told = {lang: text("document.snapshot-form", lang, where=where[0]) for lang in ("en", "zh")}
        raise DocumentError("snapshot", ref=ref, why=Label(told["en"], told["zh"])) from fault


def _figure(one: Mapping[str, Any]) -> Mapping[str, Any]:
    for key in ("label", "formula"):
        _label(one[key])
    for key in ("n", "numerator", "denominator", "value"):
        _holds(one.get(key) is None or isinstance(one[key], int))
    _holds(all(isinstance(ref, str) for ref in one["cases"]))
    return {**one, "version": int(one["version"])}


def _table(one: Mapping[str, Any]) -> Table:
    columns = tuple(Column(str(column["name"]), _label(column["label"]), column["kind"]) for column in one["columns"])
    _holds(bool(columns) and all(column.kind in KINDS for column in columns))
    rows, cases = [], []
    for row in one["rows"]:
        _holds(len(row["cells"]) == len(columns))
        for column, cell in zip(columns, row["cells"], strict=True):
            _cell(column.kind, cell)
        rows.append(tuple(row["cells"]))
        held = row.get("cases") or [[]] * len(columns)
        _holds(len(held) == len(columns))
        cases.append(tuple(tuple(str(ref) for ref in refs) for refs in held))
    notes = tuple(_label(note) for note in one.get("notes", ()))
    return Table(str(one["name"]), _label(one["label"]), columns, tuple(rows), tuple(cases), notes)


def _chart(one: Mapping[str, Any]) -> Chart:
    x = tuple(_label(label) for label in one["x"])
    series = []
    for each in one["series"]:
        _holds(len(each["points"]) == len(x))
        for point in each["points"]:
            _cell("share" if isinstance(point, dict) else "count", point)
        series.append(Series(_label(each["label"]), str(each["unit"]), tuple(each["points"])))
    _holds(one["kind"] in ("bar", "line"))
    return Chart(str(one["name"]), _label(one["label"]), one["kind"], x, tuple(series))


def _corrects(one: Any) -> Mapping[str, Any] | None:
    if one is None:
        return None
    for difference in one["differences"]:
        _label(difference["where"])
        for key in ("was", "is"):
            _cell(difference.get("kind", "text"), difference[key])
    _holds(isinstance(one["case"], str) and isinstance(one["digest"], str))
    return dict(one)


def _cell(kind: str, cell: Cell) -> None:
    """Whether a cell is what its column says; any cell may be empty."""
    if cell is None:
        return
    if kind == "label":
        _label(cell)
    elif kind in ("count", "rank"):
        _holds(isinstance(cell, int) and not isinstance(cell, bool))
    elif kind in ("share", "points"):
        _holds(all(isinstance(cell[key], int) for key in ("numerator", "denominator")))
    elif kind == "duration":
        _holds(cell["minutes"] is None or isinstance(cell["minutes"], int))
    elif kind == "date":
        date.fromisoformat(cell)
    elif kind == "instant":
        _instant(cell)
    else:
        _holds(isinstance(cell, str))


def _label(words: Any) -> Mapping[str, str]:
    _holds(isinstance(words["en"], str) and isinstance(words["zh"], str))
    return {"en": words["en"], "zh": words["zh"]}


def _instant(words: str) -> datetime:
    at = datetime.fromisoformat(words)
    _holds(at.tzinfo is not None)
    return at


def _no_float(words: str) -> None:
    raise ValueError(words)


def _holds(right: bool) -> None:
    if not right:
        raise ValueError
