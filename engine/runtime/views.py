"""Reads records and boards: what history tells of each value, and what anybody may read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from duban.engine.model.frozen import frozen
from duban.engine.model.scope import Scope
from duban.engine.ports.records import CaseQuery

if TYPE_CHECKING:
    from duban.engine.model.case import Case, HistoryRow
    from duban.engine.model.definition import Field, Workflow
    from duban.engine.model.views import Board, Record
    from duban.engine.ports.store import Reader
    from duban.engine.runtime.world import World


@frozen
class Recorded:
    """A line of a record: the value, the row of history that tells of it last (None: not yet), and its cases.

    ``data`` are the fields that the record shows: as the row has them, or, before there is one, as far as tables by
    the value alone tell them already.
    """

    value: Any
    row: "HistoryRow | None"
    data: Mapping[str, Any]
    cases: tuple[str, ...] = ()


@frozen
class Posted:
    """An entry of a board: the case's reference, and every field that the board shows and that has a value."""

    ref: str
    shown: tuple[tuple["Field", Any], ...]


def recorded(
    workflow: "Workflow", record: "Record", case: "Case", rows: Iterable["HistoryRow"], children: Sequence["Case"]
) -> tuple[Recorded, ...]:
    """The lines of a record: the values that ought to be there in their order, then all others as they came.

    ``rows`` are the case's history, oldest first; ``children`` those that the reader may know of.
    """
    last = {row.data[record.per]: row for row in rows if row.event in record.of and row.data.get(record.per)}
    among = list(case.data.get(record.among) or ()) if record.among is not None else []
    values = [*among, *(value for value in last if value not in among)]
    own = [child for child in children if child.workflow == record.cases]
    return tuple(
        Recorded(
            value,
            last.get(value),
            _shown(workflow, record, value, last.get(value)),
            tuple(child.ref for child in own if child.data.get(record.per) == value),
        )
        for value in values
    )


def _shown(workflow: "Workflow", record: "Record", value: Any, row: "HistoryRow | None") -> dict[str, Any]:
    if row is not None:
        return {name: row.data.get(name) for name in record.shows}
    tables = {
        setting.field: setting.table
        for event in workflow.events.values()
        if event.name in record.of
        for setting in event.settings
        if setting.table is not None and setting.table.by == record.per
    }
    return {name: tables[name].value({record.per: value}) if name in tables else None for name in record.shows}


def posted(reader: "Reader", world: "World", workflow: "Workflow", board: "Board", limit: int) -> list[Posted]:
    """What a board shows, newest first, ``limit`` at most; nothing of a case that only some may see.

    A case keeps the board of the definition that it started with: what it did not promise to show is not shown.
    """
    query = CaseQuery(workflow=workflow.name, data=board.where, limit=limit)
    found = [case for state in board.states for case in reader.cases(replace(query, state=state), Scope.of_nobody())]
    found.sort(key=lambda case: case.id, reverse=True)
    entries = (_entry(reader, world, board.name, case) for case in found[:limit])
    return [entry for entry in entries if entry is not None]


def _entry(reader: "Reader", world: "World", name: str, case: "Case") -> Posted | None:
    workflow = world.definitions.pinned(case.definition, reader).workflow
    board = workflow.boards.get(name)
    if board is None or case.state not in board.states:
        return None
    shown = [(workflow.fields[field], case.data.get(field)) for field in board.shows]
    return Posted(case.ref, tuple((field, value) for field, value in shown if value is not None))
