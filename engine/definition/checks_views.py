"""Checks of views: what a record tells is there, and what a board shows may be shown to anybody."""

from collections.abc import Mapping
from typing import Final

from duban.engine.definition.checks import check_value
from duban.engine.definition.findings import Findings, Loc
from duban.engine.definition.values import ValueChecker
from duban.engine.guards.variables import children_of
from duban.engine.model.definition import Event, Field, FieldKind, Workflow
from duban.engine.model.views import Board, Record

PER: Final[tuple[FieldKind, ...]] = ("choice", "unit", "post", "case", "date", "text")
"""Kinds of fields whose values can each have a line."""

NEVER_PUBLIC: Final[tuple[FieldKind, ...]] = ("evidence", "post", "case")
"""Kinds of fields that no board shows: names of files, who does what, and references of other cases."""


def check_views(workflow: Workflow, others: Mapping[str, Workflow], values: ValueChecker, findings: Findings) -> None:
    """Names in records and boards are declared; a board tells nobody what is confidential or names people."""
    for record in workflow.records.values():
        _record(workflow, record, others, findings)
    for board in workflow.boards.values():
        _board(workflow, board, values, findings)


def _record(workflow: Workflow, record: Record, others: Mapping[str, Workflow], findings: Findings) -> None:
    loc: Loc = ("records", record.name)
    fields = list(workflow.fields)
    _known(record.per, [one.name for one in workflow.fields.values() if one.kind in PER], (*loc, "per"), findings)
    for name in sorted(record.of):
        place = findings.one((*loc, "of"), name)
        if name not in workflow.events:
            findings.unknown(place, "event", name, list(workflow.events))
        elif record.per in workflow.fields and record.per not in _brought(workflow.events[name]):
            findings.add(place, "record-without", name=name, per=record.per)
    if record.among is not None:
        lists = [one.name for one in workflow.fields.values() if one.kind == "list"]
        if record.among not in lists:
            findings.unknown((*loc, "among"), "list-field", record.among, lists)
    for index, name in enumerate(record.shows):
        _known(name, fields, (*loc, "shows", index), findings)
    if record.cases is None:
        return
    started = sorted(children_of(workflow))
    if record.cases not in started:
        findings.unknown((*loc, "cases"), "workflow", record.cases, started)
    elif record.cases in others and record.per not in others[record.cases].fields:
        findings.add((*loc, "cases"), "record-cases", name=record.cases, per=record.per)


def _brought(event: Event) -> set[str]:
    return {*event.needs, *(setting.field for setting in event.settings)}


def _board(workflow: Workflow, board: Board, values: ValueChecker, findings: Findings) -> None:
    loc: Loc = ("boards", board.name)
    if workflow.confidential:
        findings.add(loc, "board-confidential", at_key=True, name=board.name)
    for name in board.states:
        if name not in workflow.states:
            findings.unknown(findings.one((*loc, "in"), name), "state", name, list(workflow.states))
    for name, value in board.where.items():
        if name not in workflow.fields:
            findings.unknown((*loc, "where", name), "field", name, list(workflow.fields), at_key=True)
        else:
            check_value(workflow.fields[name], value, (*loc, "where", name), values, findings)
    public = [one.name for one in workflow.fields.values() if not _is_private(one)]
    for index, name in enumerate(board.shows):
        place: Loc = (*loc, "shows", index)
        if name in workflow.fields and name not in public:
            findings.add(place, "board-private", name=name, kind=workflow.fields[name].kind)
        else:
            _known(name, public, place, findings)


def _is_private(field: Field) -> bool:
    return (field.item.kind if field.item is not None else field.kind) in NEVER_PUBLIC


def _known(name: str, known: list[str], loc: Loc, findings: Findings) -> None:
    if name not in known:
        findings.unknown(loc, "field", name, known)
