"""Loads compilations.yaml over the sound workflows and figures of a pack."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from duban.engine.definition.compilation_checks import check_charts, check_period, check_tables, check_unit
from duban.engine.definition.compilation_documents import (
    ChartDoc,
    CompilationDoc,
    CompilationsDoc,
    PeriodDoc,
    TableDoc,
)
from duban.engine.definition.findings import Findings, Loc
from duban.engine.definition.limits import check_expressions
from duban.engine.definition.names import IDENTIFIER
from duban.engine.definition.nodes import to_plain
from duban.engine.definition.parts import label_of
from duban.engine.definition.reader import read_document
from duban.engine.definition.shape import shaped
from duban.engine.messages import text
from duban.engine.model.compilation import CaseTable, CellKind, Chart, Column, Compilation, PeriodRule, SubjectTable
from duban.engine.model.definition import Field, FieldKind, Workflow
from duban.engine.model.figure import Figures, PeriodKind
from duban.engine.model.label import Label
from duban.engine.ports.guards import GuardCompiler

KINDS: Final[tuple[PeriodKind, ...]] = ("day", "week", "month", "quarter", "year")
OF_CASES: Final[Mapping[str, CellKind]] = {
    "ref": "ref", "state": "label", "level": "count", "opened_at": "instant", "closed_at": "instant",
    "due_at": "instant",
}  # fmt: skip
"""Columns of a table of cases that are not fields."""

_CELLS: Final[Mapping[FieldKind, CellKind]] = {
    "text": "text", "number": "number", "boolean": "boolean", "date": "date", "choice": "label", "unit": "label",
    "post": "label", "case": "ref", "list": "text",
}  # fmt: skip


def load_compilations(
    path: Path, workflows: Mapping[str, Workflow], figures: Figures, compiler: GuardCompiler
) -> dict[str, Compilation]:
    """Read and check the compilations of a pack; none where there is no such file.

    Raises:
        DefinitionError: all that is wrong, each with its place.
    """
    if not path.is_file():
        return {}
    node = read_document(path)
    findings = Findings(str(path), node)
    doc = shaped(CompilationsDoc, node, str(path))
    check_expressions(to_plain(node), ("compilations",), findings)
    findings.raise_if_any()
    built = {}
    for name, one in doc.compilations.items():
        loc: Loc = ("compilations", name)
        if not IDENTIFIER.fullmatch(name):
            findings.add(loc, "name-form", at_key=True, name=name)
        if one.workflow not in workflows:
            findings.unknown((*loc, "workflow"), "workflow", one.workflow, sorted(workflows))
            continue
        built[name] = _compilation(name, one, workflows, figures, findings)
        own = workflows[one.workflow]
        check_period(built[name].period, (*loc, "period"), own, findings)
        check_unit(built[name], loc, own, figures, workflows, findings)
        check_tables(built[name], loc, workflows, figures, compiler, findings)
        check_charts(built[name], loc, figures, findings)
    findings.raise_if_any()
    return built


def _compilation(
    name: str, doc: CompilationDoc, workflows: Mapping[str, Workflow], figures: Figures, findings: Findings
) -> Compilation:
    loc: Loc = ("compilations", name)
    findings.once((*loc, "figures"), doc.figures)
    return Compilation(
        name=name,
        workflow=doc.workflow,
        version=doc.version,
        label=label_of(doc.label, name),
        period=_period(doc.period, (*loc, "period"), findings),
        unit=doc.unit,
        figures=tuple(doc.figures),
        tables={
            key: _table(key, table, workflows, (*loc, "tables", key), findings) for key, table in doc.tables.items()
        },
        charts={key: _chart(key, chart, (*loc, "charts", key), findings) for key, chart in doc.charts.items()},
    )


def _period(doc: PeriodDoc, loc: Loc, findings: Findings) -> PeriodRule:
    given = [(kind, value) for kind in KINDS if (value := getattr(doc, kind)) is not None]
    if len(given) == 1 and doc.ending is None and doc.days is None:
        return PeriodRule(given[0][1], given[0][0])
    if not given and doc.ending is not None and doc.days is not None:
        return PeriodRule(doc.ending, "span", doc.days)
    findings.add(loc, "compilation-period")
    return PeriodRule("")


def _table(
    name: str, doc: TableDoc, workflows: Mapping[str, Workflow], loc: Loc, findings: Findings
) -> SubjectTable | CaseTable:
    label = label_of(doc.label, name)
    if not IDENTIFIER.fullmatch(name):
        findings.add(loc, "name-form", at_key=True, name=name)
    of_subjects = doc.where is None and doc.columns is None and doc.cases is None
    if doc.per is not None and of_subjects and doc.figures:
        findings.once((*loc, "figures"), doc.figures)
        return SubjectTable(name, label, doc.per, tuple(doc.figures), doc.score, doc.counted)
    if (
        doc.cases is None
        or doc.per is not None
        or doc.figures is not None
        or doc.score is not None
        or doc.counted
        or not doc.columns
    ):
        findings.add(loc, "compilation-table", at_key=True, name=name)
        return SubjectTable(name, label, "", ())
    findings.once((*loc, "columns"), doc.columns)
    workflow = workflows.get(doc.cases)
    columns = tuple(_column(source, workflow) for source in doc.columns) if workflow is not None else ()
    return CaseTable(name, label, doc.cases, doc.where, tuple(one for one in columns if one is not None))


def _column(source: str, workflow: Workflow) -> Column | None:
    """The column; None where the workflow has no such field, which the checks tell."""
    field = workflow.fields.get(source)
    if field is not None:
        return Column(source, field.label, _cell_of(field)) if field.kind in _CELLS else None
    if source not in OF_CASES:
        return None
    words = {lang: text(f"snapshot.column-{source}", lang) for lang in ("en", "zh")}
    return Column(source, Label(words["en"], words["zh"]), OF_CASES[source])


def _cell_of(field: Field) -> CellKind:
    return "count" if field.kind == "number" and field.whole else _CELLS[field.kind]


def _chart(name: str, doc: ChartDoc, loc: Loc, findings: Findings) -> Chart:
    label = label_of(doc.label, name)
    if not IDENTIFIER.fullmatch(name):
        findings.add(loc, "name-form", at_key=True, name=name)
    bar = doc.table is not None and bool(doc.columns) and doc.figures is None and doc.periods is None
    line = doc.table is None and doc.columns is None and bool(doc.figures) and doc.periods is not None
    if (doc.kind == "bar" and not bar) or (doc.kind == "line" and not line):
        findings.add(loc, "compilation-chart", at_key=True, name=name, kind=doc.kind)
    return Chart(name, label, doc.kind, doc.table, tuple(doc.columns or ()), tuple(doc.figures or ()), doc.periods or 1)
