"""Puts a snapshot together, for a case and as of one of its rows."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from duban.engine.figures.facts import Frame
from duban.engine.figures.periods import of_day, span
from duban.engine.model.case import Case, HistoryRow
from duban.engine.model.compilation import (
    FORMAT,
    SNAPSHOT_FIELD,
    CaseTable,
    Compilation,
    PeriodRule,
    Snapshot,
    SubjectTable,
)
from duban.engine.model.figure import FigureValue, Period
from duban.engine.model.label import Label
from duban.engine.model.scope import Scope
from duban.engine.ports.evidence import EvidenceStore
from duban.engine.ports.store import Reader
from duban.engine.runtime.compiling.canonical import canonical, digest, parsed
from duban.engine.runtime.compiling.cells import words
from duban.engine.runtime.compiling.charts import bars, lines, wishes_of
from duban.engine.runtime.compiling.differences import differences
from duban.engine.runtime.compiling.ledger import Ledger
from duban.engine.runtime.compiling.tables import PUBLIC, Bench, case_table, standings, subject_table
from duban.engine.runtime.figures import Wish, evaluated_all, named_subject
from duban.engine.runtime.world import World

EDITION: Final = "edition"
"""The field of a case that counts its editions, if it has one."""


def snapshot(
    reader: Reader, world: World, compilation: Compilation, case: Case, seq: int, ledger: Ledger | None = None
) -> bytes:
    """The snapshot of ``case`` as of its row ``seq``, in canonical form; ``ledger`` is shared with other snapshots.

    What the case itself holds is read as of then, too. Nothing confidential is in it.

    Raises:
        LookupError: the case has no such row, or by then no day in the field that the period is taken from.
    """
    rows = [row for row in reader.history(case) if row.seq <= seq]
    if not rows or rows[-1].seq != seq:
        raise LookupError(f"{case.ref} has no row {seq}")
    data = _data(rows)
    as_of = rows[-1].at
    period = _period(compilation.period, data, world)
    unit = data.get(compilation.unit) if compilation.unit is not None else None
    chronicle = (ledger or Ledger(world.clock)).as_of(reader, as_of)
    bench = Bench(reader, world, Frame(period, as_of), chronicle, unit)
    values = _Values(bench, compilation)
    tables = _tables(bench, compilation, values)
    charts = [
        bars(chart, tables[chart.table]) if chart.table is not None else lines(chart, values.line(name), bench)
        for name, chart in compilation.charts.items()
    ]
    document: dict[str, Any] = {
        "format": FORMAT,
        "compilation": compilation.name,
        "version": compilation.version,
        "label": words(compilation.label),
        "pack": world.pack.name,
        "case": case.ref,
        "edition": data.get(EDITION, 1),
        "as_of": as_of.isoformat(),
        "period": _told(period, world),
        "unit": _unit(unit, world),
        "figures": [_figure(value, world) for value in values.whole()],
        "tables": list(tables.values()),
        "charts": charts,
        "corrects": None,
    }
    corrected = kept_snapshot(reader, world.evidence, case.parent_id, compilation.name)
    if corrected is not None:
        document["corrects"] = {
            "case": corrected.ref,
            "digest": corrected.digest,
            "differences": differences(corrected.document, document),
        }
    return canonical(document)


def kept_snapshot(
    reader: Reader, evidence: EvidenceStore, case_id: int | None, compilation: str | None = None
) -> Snapshot | None:
    """The snapshot that this case holds, of any compilation or of this one; None where it holds none.

    Raises:
        LookupError: the file is gone or is not what the case says.
    """
    case = reader.case_by_id(case_id) if case_id is not None else None
    items: Sequence[Mapping[str, Any]] = case.data.get(SNAPSHOT_FIELD) or [] if case is not None else []
    if case is None or not items or not isinstance(items, list):
        return None
    found = read_snapshot(evidence, case.ref, items[-1]["hash"])
    return found if compilation in (None, found.document["compilation"]) else None


def read_snapshot(evidence: EvidenceStore, ref: str, wanted: str) -> Snapshot:
    """The snapshot of this digest, checked against it.

    Raises:
        LookupError: the file is gone, is not what the case says, or is no snapshot.
    """
    with evidence.open(wanted) as file:
        content = file.read()
    if digest(content) != wanted:
        raise LookupError(wanted)
    try:
        parsed(content)
    except ValueError as fault:
        raise LookupError(wanted) from fault
    return Snapshot(ref, wanted, content)


def _tables(bench: Bench, compilation: Compilation, values: "_Values") -> dict[str, dict[str, Any]]:
    """The tables, in their order; the cases of a workflow are looked at once for all of them."""
    of: dict[str, list[CaseTable]] = {}
    for table in compilation.tables.values():
        if isinstance(table, CaseTable):
            of.setdefault(table.workflow, []).append(table)
    cases = {workflow: standings(bench, tables) for workflow, tables in of.items()}
    return {
        name: case_table(bench, table, cases[table.workflow])
        if isinstance(table, CaseTable)
        else subject_table(bench, table, values.of(name))
        for name, table in compilation.tables.items()
    }


class _Values:
    """The figures of a snapshot: every history is read once for all of them."""

    def __init__(self, bench: Bench, compilation: Compilation) -> None:
        self._unit = bench.unit
        period, wishes = bench.frame.period, list[Wish]()
        self._places: dict[str, range] = {}

        def add(name: str, more: list[Wish]) -> None:
            self._places[name] = range(len(wishes), len(wishes) + len(more))
            wishes.extend(more)

        def per(figure: str) -> str | None:
            return None if bench.unit is None else named_subject(bench.world, bench.unit, None, figure)

        add("figures", [Wish(name, period, per(name)) for name in compilation.figures])
        for name, table in compilation.tables.items():
            if isinstance(table, SubjectTable):
                add(f"table {name}", [Wish(figure, period, table.per) for figure in table.figures])
        for name, chart in compilation.charts.items():
            if chart.figures:
                add(f"chart {name}", wishes_of(chart, bench, per(chart.figures[0])))
        self._wishes = wishes
        found = (
            evaluated_all(bench.reader, bench.world, PUBLIC, wishes, bench.frame.as_of, bench.chronicle)
            if wishes
            else []
        )
        self._found: list[list[FigureValue]] = found

    def whole(self) -> list[FigureValue]:
        """Of the whole office, or of the one unit."""
        return [self._one(self._found[place]) for place in self._places["figures"]]

    def of(self, table: str) -> dict[str, list[FigureValue]]:
        """Of a table, by figure."""
        return {self._wishes[place].figure: self._found[place] for place in self._places[f"table {table}"]}

    def line(self, chart: str) -> list[FigureValue]:
        """Of a chart of lines, in the order of its wishes."""
        return [self._one(self._found[place]) for place in self._places[f"chart {chart}"]]

    def _one(self, values: list[FigureValue]) -> FigureValue:
        return next(value for value in values if value.subject == self._unit)


def _figure(value: FigureValue, world: World) -> dict[str, Any]:
    figure = world.pack.figures.figures[value.figure]
    return {
        "name": figure.name, "version": figure.version, "label": words(figure.label), "formula": words(figure.formula),
        "measure": figure.measure, "unit": figure.unit, "better": figure.better, "n": value.n,
        "numerator": value.numerator, "denominator": value.denominator, "value": value.value,
        "cases": list(value.cases), "holding": list(value.holding),
    }  # fmt: skip


def _period(rule: PeriodRule, data: Mapping[str, Any], world: World) -> Period:
    if data.get(rule.field) is None:
        raise LookupError(f"nothing stands in {rule.field}")
    day, zone = date.fromisoformat(data[rule.field]), world.hours.zone
    if rule.days is None:
        return of_day(rule.kind, day, zone)
    found = span(day - timedelta(days=rule.days - 1), day, zone)
    assert found is not None
    return found


def _unit(name: str | None, world: World) -> dict[str, Any] | None:
    if name is None:
        return None
    known = world.directory.organization.units.get(name)
    return {"name": name, "label": words(known.label if known is not None else Label(name, name))}


def _told(period: Period, world: World) -> dict[str, str]:
    return {
        "kind": period.kind, "name": period.name, "start": period.start.isoformat(), "end": period.end.isoformat(),
        "zone": world.hours.zone.key,
    }  # fmt: skip


def _data(rows: Sequence[HistoryRow]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for row in rows:
        data.update(row.data)
    return data


def seen_snapshot(reader: Reader, evidence: EvidenceStore, ref: str, scope: Scope) -> Snapshot | None:
    """The snapshot of a case that ``scope`` admits; None where it holds none. Raises as ``kept_snapshot``."""
    case = reader.case(ref, scope)
    return kept_snapshot(reader, evidence, case.id if case is not None else None)
