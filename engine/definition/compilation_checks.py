"""Checks what compilations name, and the calls of the action `compile` in workflows."""

from collections.abc import Mapping
from typing import Any, Final

from duban.engine.definition.findings import Findings, Loc
from duban.engine.guards.figure_variables import figure_variables
from duban.engine.model.compilation import SNAPSHOT_FIELD, CaseTable, Compilation, PeriodRule, SubjectTable
from duban.engine.model.definition import Call, Workflow
from duban.engine.model.figure import Figures
from duban.engine.model.organization import SYSTEM
from duban.engine.ports.guards import GuardCompiler, GuardFault

COMPILE: Final = "compile"
_COLUMNS: Final = ("ref", "state", "level", "opened_at", "closed_at", "due_at")


def check_period(period: PeriodRule, loc: Loc, workflow: Workflow, findings: Findings) -> None:
    """Its field is a date of the case."""
    dates = [field.name for field in workflow.fields.values() if field.kind == "date"]
    if period.field and period.field not in dates:
        findings.unknown((*loc, "ending" if period.days else period.kind), "date-field", period.field, dates)


def check_unit(
    compilation: Compilation, loc: Loc, workflow: Workflow, figures: Figures, workflows: Mapping[str, Workflow],
    findings: Findings,
) -> None:  # fmt: skip
    """Its unit is a field of type unit; its figures are there, and can be told of a unit where there is one."""
    units = [field.name for field in workflow.fields.values() if field.kind == "unit"]
    if compilation.unit is not None and compilation.unit not in units:
        findings.unknown((*loc, "unit"), "unit-field", compilation.unit, units)
    for index, name in enumerate(compilation.figures):
        if name not in figures.figures:
            findings.unknown((*loc, "figures", index), "figure", name, list(figures.figures))
    for name, table in compilation.tables.items():
        place: Loc = (*loc, "tables", name)
        if compilation.unit is not None and isinstance(table, SubjectTable) and table.per:
            findings.add((*place, "per"), "compilation-per-unit", at_key=True, name=name)
        if isinstance(table, CaseTable) and compilation.unit is not None and table.workflow in workflows:
            field = workflows[table.workflow].fields.get("unit")
            if field is None or field.kind != "unit":
                findings.add((*place, "cases"), "compilation-no-unit", name=table.workflow)


def check_tables(
    compilation: Compilation, loc: Loc, workflows: Mapping[str, Workflow], figures: Figures, compiler: GuardCompiler,
    findings: Findings,
) -> None:  # fmt: skip
    """Dimensions, figures, scores, workflows and fields are there; conditions compile; nothing confidential is told."""
    for name, table in compilation.tables.items():
        place: Loc = (*loc, "tables", name)
        if isinstance(table, CaseTable):
            _cases(table, place, workflows, compiler, findings)
            continue
        if table.per and table.per not in figures.dimensions:
            findings.unknown((*place, "per"), "dimension", table.per, list(figures.dimensions))
        for index, figure in enumerate(table.figures):
            if figure not in figures.figures:
                findings.unknown((*place, "figures", index), "figure", figure, list(figures.figures))
        score = figures.scores.get(table.score or "")
        if table.score is not None and score is None:
            findings.unknown((*place, "score"), "score", table.score, list(figures.scores))
        elif score is not None and score.dimension != table.per:
            findings.add((*place, "score"), "compilation-score", name=score.name, found=score.dimension, per=table.per)


def _cases(
    table: CaseTable, loc: Loc, workflows: Mapping[str, Workflow], compiler: GuardCompiler, findings: Findings
) -> None:
    workflow = workflows.get(table.workflow)
    if workflow is None:
        findings.unknown((*loc, "cases"), "workflow", table.workflow, sorted(workflows))
        return
    if workflow.confidential:
        findings.add((*loc, "cases"), "compilation-confidential", name=workflow.name)
    known = [*_COLUMNS, *(field.name for field in workflow.fields.values() if field.kind != "evidence")]
    for index, source in enumerate(findings.values((*loc, "columns"))):
        if source not in known:
            findings.unknown((*loc, "columns", index), "column", source, known)
    if table.where is not None:
        place: Loc = (*loc, "where")
        try:
            compiler.compile(table.where, figure_variables(workflow))
        except GuardFault as fault:
            shift = findings.shift(place, fault.column)
            findings.add(place, "guard", shift=shift, check=" ".join(table.where.split()), why=fault.what)


def check_charts(compilation: Compilation, loc: Loc, figures: Figures, findings: Findings) -> None:
    """Bars are drawn from figures of a table of subjects, lines from figures."""
    tables = {name: one for name, one in compilation.tables.items() if isinstance(one, SubjectTable)}
    for name, chart in compilation.charts.items():
        place: Loc = (*loc, "charts", name)
        if chart.table is not None and chart.table not in tables:
            findings.unknown((*place, "table"), "table", chart.table, list(tables))
        known = list(tables[chart.table].figures) if chart.table in tables else []
        for index, column in enumerate(chart.columns if chart.table in tables else ()):
            if column not in known:
                findings.unknown((*place, "columns", index), "column", column, known)
        for index, figure in enumerate(chart.figures):
            if figure not in figures.figures:
                findings.unknown((*place, "figures", index), "figure", figure, list(figures.figures))


def check_compiles(workflow: Workflow, compilations: Mapping[str, Compilation], findings: Findings) -> None:
    """Every call of `compile` names a compilation of this workflow, and an event that takes the snapshot."""
    for event in workflow.events.values():
        for index, call in enumerate(event.calls):
            _call(call, ("events", event.name, "do", index), workflow, compilations, findings)
    for place, step in workflow.ladders():
        for index, call in enumerate(step.calls):
            _call(call, (*place, "do", index), workflow, compilations, findings)


def _call(
    call: Call, loc: Loc, workflow: Workflow, compilations: Mapping[str, Compilation], findings: Findings
) -> None:
    name, event_name = (_text(call.params.get(one)) for one in ("compilation", "event"))
    if call.action != COMPILE or not name or not event_name:
        return
    place: Loc = (*loc, COMPILE)
    own = sorted(one.name for one in compilations.values() if one.workflow == workflow.name)
    if name not in own:
        findings.unknown((*place, "compilation"), "compilation", name, own)
    event = workflow.events.get(event_name)
    field = workflow.fields.get(SNAPSHOT_FIELD)
    if event is None or event.opens:
        known = [one.name for one in workflow.events.values() if not one.opens]
        findings.unknown((*place, "event"), "event", event_name, known)
    elif (
        SYSTEM not in event.by
        or SNAPSHOT_FIELD not in (*event.needs, *event.takes)
        or (set(event.needs) - {SNAPSHOT_FIELD})
        or field is None
        or field.kind != "evidence"
        or "document" not in (field.accept or ("document",))
    ):
        findings.add((*place, "event"), "compile-event", name=event_name)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
