"""Import maps: how the columns of a table become the cases of a workflow.

A map is strict YAML like everything that is declared here, and is checked against the workflow that it names::

    import: issue                        # the workflow
    register: requests-2020              # a name of the table for good; with `key` it makes the idempotency keys
    key: number                          # the column that names a row for ever: the same row is imported once
    event: report                        # what starts the case; or {column: C, values: {FROM: EVENT}, else: EVENT}
    by: resident                         # an account or post, {column: C, values: {FROM: TO}, else: TO} or {role: R}
    times: {format: "%m/%d/%y %H:%M", timezone: Asia/Shanghai, shift: {from: 2020-01-01, to: 2020-11-25}}
    keep: {type: [Litter, Parking]}      # only rows whose cell is one of these; all others are passed over
    fields:                              # an empty cell means: not given
      title:    {template: "{type} {number}"}
      category: {column: type, values: {Litter: litter}, else: other}     # without `else`, any other value is refused;
      severity: {value: minor}                                            # `else: null` means: not given
    replay:                              # the recorded course, for `--replay`
      start_at: created                  # a column; or several, of which the first that is filled counts
      course: {column: status, values: {Closed: [assign, rectify], Open: [assign]}}    # or a list of such, each with
                                         # `when: {type: [Litter]}` but the last: the first that fits the row counts
      events:
        assign:  {at: created, by: {role: office}, fields: {unit: {value: office}}}
        rectify: {at: [closed, updated], by: {role: handler, of: unit}, evidence: {photo_after: row}}
        second:  {event: rectify, at: updated, by: supervisor}            # a step with a name of its own
        suspend: {at: updated, by: leader, fields: {review_on: {days: 14}}}   # a date: so many days after the step

``{role: R, of: unit}`` is the first post that carries the role in the case's unit, else the first anywhere. The
evidence ``row`` is the row itself as a small CSV file. Date fields are read with ``times`` where it is declared, else
as ``YYYY-MM-DD``. An ``event`` that does not start a case is fired, for every row, on the case that the import is
given (``--on``); then there is no replay. No step is earlier than the one before it: a recorded time that is counts as
the time before.
"""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from duban.engine.definition.findings import Findings, Loc
from duban.engine.definition.mapping_checks import check_map
from duban.engine.definition.mapping_documents import (
    CellDoc,
    EventTableDoc,
    MapDoc,
    RecordedDoc,
    ReplayDoc,
    TimesDoc,
    WhoDoc,
)
from duban.engine.definition.names import NAME
from duban.engine.definition.nodes import Node, locate
from duban.engine.definition.reader import read_document
from duban.engine.definition.shape import shaped
from duban.engine.errors import DefinitionError
from duban.engine.model.hint import hint
from duban.engine.model.mapping import Cell, Course, ImportMap, Recorded, Replay, Times, Who
from duban.engine.model.pack import Pack
from duban.engine.model.problem import Problem

_PROBE = date(2020, 2, 3)


def load_map(path: Path | str, pack: Pack, text: bytes | None = None) -> ImportMap:
    """Load the map at ``path``, or ``text`` in its name, and check it against the pack.

    Raises:
        DefinitionError: all that is wrong, each with its file, line and column.
    """
    node = read_document(path, text)
    findings = Findings(str(path), node)
    doc = shaped(MapDoc, node, str(path))
    loaded = pack.workflows.get(doc.workflow)
    if loaded is None:
        findings.unknown(("import",), "workflow", doc.workflow, sorted(pack.workflows))
        findings.raise_if_any()
    assert loaded is not None
    if not NAME.fullmatch(doc.register_name):
        findings.add(("register",), "organization-name", name=doc.register_name)
    reader = _Builder(node, findings)
    reader.column(doc.key, ("key",))
    for column in doc.keep:
        reader.column(column, ("keep", column), at_key=True)
    built = ImportMap(
        path=str(path),
        register=doc.register_name,
        workflow=loaded.workflow,
        key=doc.key,
        event=reader.event(doc.event),
        by=reader.who(doc.by, ("by",)),
        times=_times(doc.times, findings),
        keep={column: tuple(values) for column, values in doc.keep.items()},
        fields={name: reader.cell(cell, ("fields", name)) for name, cell in doc.fields.items()},
        replay=reader.replay(doc.replay) if doc.replay is not None else None,
        columns=reader.columns,
    )
    if built.replay is not None and built.times is None:
        findings.add(("replay",), "map-no-times", at_key=True)
    findings.raise_if_any()
    check_map(built, pack, findings)
    findings.raise_if_any()
    return built


def check_columns(mapping: ImportMap, header: tuple[str, ...], table: str) -> None:
    """Every column that the map names stands in the table's header.

    Raises:
        DefinitionError: those that do not, each with its place in the map.
    """
    shown = list(header if len(header) <= 20 else (*header[:20], "…"))
    problems = [
        Problem(
            mapping.path, *place, "finding.map-column",
            {"name": name, "table": table, "known": shown, "hint": hint(name, header)},
        )
        for name, place in mapping.columns.items()
        if name not in header
    ]  # fmt: skip
    if problems:
        raise DefinitionError(sorted(problems, key=lambda problem: (problem.line, problem.column)))


class _Builder:
    """Builds the parts of a map and keeps where each column is named first."""

    def __init__(self, node: Node, findings: Findings) -> None:
        self._node = node
        self._findings = findings
        self.columns: dict[str, tuple[int, int]] = {}

    def column(self, name: str, loc: Loc, *, at_key: bool = False) -> str:
        self.columns.setdefault(name, locate(self._node, loc, prefer_key=at_key))
        return name

    def cell(self, doc: CellDoc, loc: Loc) -> Cell:
        given = [name for name in ("column", "value", "template", "days") if name in doc.model_fields_set]
        tabled = {"values", "otherwise"} & doc.model_fields_set
        if len(given) != 1 or (given != ["column"] and tabled) or (tabled and doc.values is None):
            self._findings.add(loc, "map-cell", at_key=True)
            return Cell("value")
        if doc.column is not None:
            return self.tabled(doc.column, doc.values, doc.otherwise, "otherwise" not in doc.model_fields_set, loc)
        if doc.template is not None:
            return Cell("template", parts=self._template(doc.template, (*loc, "template")))
        return Cell("days", value=doc.days) if doc.days is not None else Cell("value", value=doc.value)

    def event(self, doc: str | EventTableDoc) -> Cell:
        if isinstance(doc, str):
            return Cell("value", value=doc)
        return self.tabled(doc.column, doc.values, doc.otherwise, doc.otherwise is None, ("event",))

    def tabled(
        self, column: str, values: Mapping[str, Any] | None, otherwise: Any, closed: bool, loc: Loc
    ) -> Cell:  # fmt: skip
        self.column(column, (*loc, "column"))
        return Cell("column", column=column, values=values, otherwise=otherwise, closed=closed)

    def who(self, doc: str | WhoDoc, loc: Loc) -> Who:
        if isinstance(doc, str):
            return Who(cell=Cell("value", value=doc))
        tabled = {"values", "otherwise"} & doc.model_fields_set
        fits = (doc.column is None) != (doc.role is None) and not (doc.role is not None and tabled)
        fits = fits and not (doc.column is not None and doc.of is not None) and not (tabled and doc.values is None)
        if not fits or doc.of not in (None, "unit"):
            self._findings.add(loc, "map-who", at_key=True)
            return Who()
        if doc.column is not None:
            return Who(cell=self.tabled(doc.column, doc.values, doc.otherwise, doc.otherwise is None, loc))
        return Who(role=doc.role, in_unit=doc.of == "unit")

    def replay(self, doc: ReplayDoc) -> Replay:
        courses = doc.course if isinstance(doc.course, list) else [doc.course]
        built = []
        for index, table in enumerate(courses):
            loc: Loc = ("replay", "course", index) if isinstance(doc.course, list) else ("replay", "course")
            for column in table.when:
                self.column(column, (*loc, "when", column), at_key=True)
            steps = self.tabled(table.column, table.values, table.otherwise, table.otherwise is None, loc)
            built.append(Course({column: tuple(cells) for column, cells in table.when.items()}, steps))
        recorded = {name: self._recorded(name, step, ("replay", "events", name)) for name, step in doc.events.items()}
        return Replay(self._columns(doc.start_at, ("replay", "start_at")), tuple(built), recorded)

    def _recorded(self, name: str, doc: RecordedDoc, loc: Loc) -> Recorded:
        for field, what in doc.evidence.items():
            if what != "row":
                self._findings.add((*loc, "evidence", field), "map-evidence", found=what)
        return Recorded(
            step=name,
            event=doc.event or name,
            at=self._columns(doc.at, (*loc, "at")),
            by=self.who(doc.by, (*loc, "by")),
            fields={field: self.cell(cell, (*loc, "fields", field)) for field, cell in doc.fields.items()},
            evidence=tuple(doc.evidence),
        )

    def _columns(self, names: str | list[str], loc: Loc) -> tuple[str, ...]:
        if isinstance(names, str):
            return (self.column(names, loc),)
        return tuple(self.column(name, (*loc, index)) for index, name in enumerate(names))

    def _template(self, template: str, loc: Loc) -> tuple[tuple[str, str], ...]:
        parts: list[tuple[str, str]] = []
        before = rest = ""
        for index, piece in enumerate(template.split("{")):
            if index == 0:
                before = piece
                continue
            column, closed, rest = piece.partition("}")
            if not closed or not column or "}" in rest:
                self._findings.add(loc, "map-template", found=template)
                return ()
            parts.append((before, self.column(column, loc)))
            before = rest
        if not parts and "}" in template:
            self._findings.add(loc, "map-template", found=template)
        return (*parts, (before, ""))


def _times(doc: TimesDoc | None, findings: Findings) -> Times | None:
    if doc is None:
        return None
    try:
        zone = ZoneInfo(doc.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        findings.add(("times", "timezone"), "zone", name=doc.timezone)
        zone = ZoneInfo("UTC")
    try:
        datetime.strptime(_PROBE.strftime(doc.format), doc.format).replace(tzinfo=zone)
    except ValueError:
        findings.add(("times", "format"), "map-format", found=doc.format)
    days = 0
    if doc.shift is not None:
        try:
            days = (date.fromisoformat(doc.shift.to) - date.fromisoformat(doc.shift.source)).days
        except ValueError:
            findings.add(("times", "shift"), "map-shift", at_key=True)
    return Times(doc.format, zone, days)
