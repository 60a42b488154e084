"""The tables of a snapshot: one row a subject with its figures, or one row a case as it stood."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from duban.engine.figures.facts import Frame, Wanted, cut, facts
from duban.engine.messages import text
from duban.engine.model.case import HistoryRow
from duban.engine.model.compilation import CaseTable, Column, SubjectTable
from duban.engine.model.definition import Field, Workflow
from duban.engine.model.figure import FigureValue, Score
from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label
from duban.engine.model.scope import Scope
from duban.engine.ports.chronicle import Chronicle
from duban.engine.ports.guards import GuardFault
from duban.engine.ports.store import Reader
from duban.engine.runtime.compiling.cells import CELL_OF, Told, column, figure_cell, instant, row, score_cells, words
from duban.engine.runtime.figures import scored_by
from duban.engine.runtime.world import World

PUBLIC: Final = Scope.of_nobody()
"""Whoever reads a snapshot, it tells of no case that only some may know."""


@frozen
class Bench:
    """What a snapshot is compiled from: the store, the world, the period and moment, and the one unit if any."""

    reader: Reader
    world: World
    frame: Frame
    chronicle: Chronicle
    unit: str | None = None


def subject_table(bench: Bench, table: SubjectTable, values: Mapping[str, list[FigureValue]]) -> dict[str, Any]:
    """A table of the subjects of a dimension; ``values`` are those of its figures, by figure.

    By rank where there is a score, else as declared; cases that belong to no subject are left out, and a note says so.
    """
    figures = bench.world.pack.figures
    dimension = figures.dimensions[table.per]
    declared = [figures.figures[name] for name in table.figures]
    columns = [column("subject", dimension.label, "label")]
    columns += [column(one.name, one.label, CELL_OF[one.unit]) for one in declared]
    of = {name: {value.subject: value for value in found} for name, found in values.items()}
    rows = {}
    for subject, label in dimension.subjects.items():
        if table.counted and not any(of[one.name][subject].n for one in declared):
            continue
        cells = [Told(words(label)), *(figure_cell(of[one.name][subject], one) for one in declared)]
        rows[subject] = cells
    made: dict[str, Any] = {
        "name": table.name, "label": words(table.label), "per": table.per, "columns": columns, "score": None,
        "rows": [row(subject, cells) for subject, cells in rows.items()], "notes": _beside(of, declared),
    }  # fmt: skip
    score = figures.scores.get(table.score or "")
    return made if score is None else _ranked(bench, made, score, rows)


def _ranked(bench: Bench, made: dict[str, Any], score: Score, rows: Mapping[str, list[Told]]) -> dict[str, Any]:
    ends = [("rank", "rank"), ("points", "points"), ("n", "count")]
    first, points, n = (column(name, _said(f"snapshot.column-{name}"), kind) for name, kind in ends)  # type: ignore[arg-type]
    ranked = []
    scores = scored_by(
        bench.reader, bench.world, PUBLIC, score.name, bench.frame.period, bench.frame.as_of, bench.chronicle
    )
    for value in scores:
        if value.subject not in rows:
            continue
        rank, told, count = score_cells(value)
        ranked.append(row(value.subject, [rank, *rows[value.subject], told, count]))
    figures = bench.world.pack.figures.figures
    parts = [{"figure": name, "version": figures[name].version, "weight": weight} for name, weight in score.parts]
    weights = {
        lang: ("，" if lang == "zh" else ", ").join(
            f"{figures[name].label.text(lang)} {weight}" for name, weight in score.parts
        )
        for lang in ("en", "zh")
    }
    notes = [
        {
            lang: text("snapshot.note-score", lang, score=score.label, version=score.version, weights=weights[lang])
            for lang in ("en", "zh")
        },
        *([words(_said("snapshot.note-default"))] if score.default else []),
    ]
    told_of = {"name": score.name, "version": score.version, "label": words(score.label), "parts": parts}
    return {
        **made, "columns": [first, *made["columns"], points, n], "rows": ranked, "score": told_of,
        "notes": [*notes, *made["notes"]],
    }  # fmt: skip


def _beside(of: Mapping[str, Mapping[str | None, FigureValue]], declared: list[Any]) -> list[dict[str, str]]:
    """How many cases of each figure belong to none of the subjects."""
    notes = []
    for figure in declared:
        value = of[figure.name].get(None)
        if value is not None and value.n:
            notes.append(
                {
                    lang: text("snapshot.note-beside", lang, figure=figure.label, n=value.n, cases=list(value.cases))
                    for lang in ("en", "zh")
                }
            )
    return notes


Standing = tuple[str, Workflow, Mapping[str, Any]]
"""A case by its reference, with its definition and its facts."""


def standings(bench: Bench, tables: Sequence[CaseTable]) -> list[Standing]:
    """The cases of a workflow as they stood, with all that tables of it read; of the one unit if there is one.

    They stood so at the end of the period, or at the moment of the snapshot if that is earlier.
    """
    world, frame, of = bench.world, bench.frame, tables[0].workflow
    current = world.pack.workflows[of].workflow
    names = frozenset[str]().union(*(_read_by(table.columns, current) for table in tables))
    for table in tables:
        names |= world.gauges.condition(table.where, of).names if table.where is not None else frozenset()
    wanted, found = Wanted(names), list[Standing]()
    # Of one unit the store reads little; of all, what is compiled at the same time shares what was read.
    bound = None if bench.unit is None else (bench.unit, frame.as_of)
    for case, history in bench.chronicle.histories(of, PUBLIC, unit=bound):
        known = cut(history, frame)
        if known and (bench.unit is None or _unit_of(known) == bench.unit):
            workflow = world.definitions.pinned(known[0].definition, bench.reader).workflow
            found.append((case.ref, workflow, facts(known, workflow, frame, wanted, world.hours)))
    return found


def case_table(bench: Bench, table: CaseTable, cases: Sequence[Standing]) -> dict[str, Any]:
    """A table of those of the ``cases`` that its condition asks for."""
    condition = bench.world.gauges.condition(table.where, table.workflow) if table.where is not None else None
    rows = []
    for ref, workflow, values in cases:
        try:
            holds = condition is None or condition.value(values) is True
        except GuardFault:
            holds = False  # as with guards, anything but true is not true
        if holds:
            cells = [Told(_cell(one, values, workflow, bench), (ref,)) for one in table.columns]
            rows.append((ref, row(ref, cells)))
    rows.sort(key=lambda one: one[0])
    return {
        "name": table.name, "label": words(table.label), "workflow": table.workflow, "where": table.where,
        "columns": [column(one.source, one.label, one.kind) for one in table.columns],
        "rows": [made for _, made in rows], "notes": [],
    }  # fmt: skip


def _unit_of(rows: Sequence[HistoryRow]) -> Any:
    """The unit that the rows leave the case with."""
    return next((row.data["unit"] for row in reversed(rows) if "unit" in row.data), None)


def _read_by(columns: tuple[Column, ...], workflow: Workflow) -> frozenset[str]:
    read = {f"data.{one.source}" for one in columns if one.source in workflow.fields}
    if any(one.source == "due_at" for one in columns):
        read |= {f"due.{name}" for name in workflow.deadlines}
    return frozenset(read)


def _cell(column: Column, values: Mapping[str, Any], workflow: Workflow, bench: Bench) -> Any:
    source = column.source
    if source == "due_at" and source not in workflow.fields:
        return instant(_due_at(values, workflow))
    if source in ("opened_at", "closed_at") and source not in workflow.fields:
        return instant(values.get(source))
    field = workflow.fields.get(source)
    if field is None:
        if source == "state":
            return words(workflow.states[values["state"]].label)
        return values.get(source)
    value = values.get(f"data.{source}")
    return None if value is None else _of_field(field, value, bench)


def _due_at(values: Mapping[str, Any], workflow: Workflow) -> datetime | None:
    """The earliest due time of the deadlines that run in the state of then."""
    running = [one.name for one in workflow.deadlines.values() if values["state"] in one.runs_in]
    due: list[datetime] = [values[f"due.{name}"] for name in running if f"due.{name}" in values]
    return min(due, default=None)


def _of_field(field: Field, value: Any, bench: Bench) -> Any:
    organization = bench.world.directory.organization
    if field.kind == "choice":
        return words((field.choices or {}).get(value, Label(value, value)))
    if field.kind in ("unit", "post"):
        known = organization.units.get(value) or organization.posts.get(value)
        return words(known.label if known is not None else Label(value, value))
    if field.kind == "case":
        return value if bench.reader.case(value, PUBLIC) is not None else None
    if field.kind == "number":
        return int(value) if value == int(value) else f"{value}"
    if field.kind == "list":
        return "、".join(str(item) for item in value)
    return value


def _said(key: str) -> Label:
    return Label(text(key, "en"), text(key, "zh"))
