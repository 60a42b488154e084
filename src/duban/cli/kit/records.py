"""Shows the records of a case: a table for each, one line for each value."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from duban.cli.kit.answer import Cell, Table
from duban.cli.kit.telling import iso

if TYPE_CHECKING:
    from duban.cli.kit.desk import Desk
    from duban.engine.model.definition import Field, Workflow
    from duban.engine.model.views import Record
    from duban.engine.runtime.views import Recorded


def record_tables(desk: "Desk", workflow: "Workflow", records: Mapping[str, Sequence["Recorded"]]) -> list[Table]:
    """A table for each record that has lines."""
    return [_table(desk, workflow, workflow.records[name], lines) for name, lines in records.items() if lines]


def _table(desk: "Desk", workflow: "Workflow", record: "Record", lines: Sequence["Recorded"]) -> Table:
    teller = desk.teller
    heads = {name: teller.field(workflow, name) for name in (record.per, *record.shows)}
    heads |= desk.head("at") | (desk.head("cases") if record.cases is not None else {})
    return Table(heads, [_row(desk, workflow, record, line) for line in lines], title=record.label.text(desk.lang))


def _row(desk: "Desk", workflow: "Workflow", record: "Record", line: "Recorded") -> list[Cell | str]:
    teller = desk.teller
    cells: list[Cell | str] = [teller.value(workflow.fields[record.per], line.value)]
    for name in record.shows:
        cells.append(_value(desk, workflow.fields[name], line.data.get(name)))
    cells.append(teller.moment(line.row.at if line.row is not None else None))
    if record.cases is not None:
        plain = ",".join(line.cases)
        cells.append(Cell(plain, desk.say("comma").join(line.cases)))
    return cells


def _value(desk: "Desk", field: "Field", value: Any) -> Cell | str:
    """A value of a line; of several, each stands on a line of its own, for columns are narrow."""
    told = desk.teller.value(field, value) if value is not None else Cell("", "")
    if not isinstance(value, list) or len(value) < 2:
        return told
    one = replace(field, kind="text") if field.kind == "evidence" else field.item
    names = [item["name"] if field.kind == "evidence" else item for item in value]
    return Cell(told.plain, "\n".join(desk.teller.value(one, name).shown for name in names))


def record_document(lines: Sequence["Recorded"]) -> list[dict[str, Any]]:
    """The JSON of a record: ``row`` is the number of the row of history that tells of the value, null before any."""
    return [
        {
            "value": line.value,
            "row": line.row.seq if line.row is not None else None,
            "event": line.row.event if line.row is not None else None,
            "at": iso(line.row.at) or None if line.row is not None else None,
            "actor": line.row.actor if line.row is not None else None,
            "data": dict(line.data),
            "cases": list(line.cases),
        }
        for line in lines
    ]
