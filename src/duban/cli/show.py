"""``duban show``: a case with everything that the reader may know of it."""

from typing import TYPE_CHECKING

from duban.cli.kit.answer import Answer, Cell, Facts, Part, Table, Words, cell
from duban.cli.kit.command import Command
from duban.cli.kit.documents import case_document
from duban.cli.kit.files import taken_out
from duban.cli.kit.records import record_document, record_tables
from duban.cli.kit.telling import as_declared
from duban.cli.kit.typing_ import command_for
from duban.cli.options import REF
from duban.engine.errors import StoreError

if TYPE_CHECKING:
    from duban.cli.kit.desk import Desk
    from duban.engine.model.case import Case
    from duban.engine.model.definition import Workflow
    from duban.engine.runtime.views import Recorded

_MOST_CHILDREN = 200


def show(desk: "Desk", ref: str) -> Answer:
    """Tell the case, its fields, its evidence, its children, and what can be done next."""
    engine = desk.engine
    case = engine.get(ref, by=desk.by)
    workflow = desk.teller.definition(case)
    children = list(engine.find(by=desk.by, parent=ref, limit=_MOST_CHILDREN))
    records, missing = _records(desk, ref)
    choices = [one for one in engine.explain(ref, by=desk.by) if one.allowed]
    now = engine.world.clock.now()
    document = case_document(case, overdue=case.is_overdue(now)) | {
        "left_seconds": int(desk.teller.left(case).plain or 0) if case.due_at and case.is_open else None,
        "records": {name: record_document(lines) for name, lines in records.items()},
        "children": [child.ref for child in children],
        "next": [one.event for one in choices],
        "archive": case.archive,
    }
    if desk.json:
        return Answer(document)
    parts: list[Part] = [_standing(desk, case, workflow), _fields(desk, case, workflow)]
    parts += record_tables(desk, workflow, records)
    parts += [table for table in (_evidence(desk, case, workflow), _children(desk, children)) if table.rows]
    typed = [f"  {command_for(desk, workflow, ref, one)}" for one in choices]
    if missing:
        parts.append(Words([desk.say("in-archive", archive=missing)]))
    parts.append(Words([desk.say("can-type"), *typed] if typed else [desk.say("nothing-to-do", who=desk.by)]))
    return Answer(document, parts)


def _records(desk: "Desk", ref: str) -> "tuple[dict[str, tuple[Recorded, ...]], str | None]":
    """What the case's records tell; where its history lies in an archive that is not at hand, nothing and which."""
    try:
        return desk.engine.records(ref, by=desk.by), None
    except StoreError as fault:
        if fault.archive is None:
            raise
        return {}, fault.archive


def _standing(desk: "Desk", case: "Case", workflow: "Workflow") -> Facts:
    teller = desk.teller
    provisional = f" {desk.say('provisional')}" if case.due_provisional and case.due_at else ""
    due = teller.moment(case.due_at)
    cells: dict[str, Cell | str] = {
        "ref": case.ref,
        "workflow": teller.workflow(case.workflow),
        "state": teller.state(workflow, case.state),
        "version": cell(case.version),
        "unit": teller.unit(case.unit),
        "level": cell(case.level),
        "due_at": Cell(due.plain, due.shown + provisional),
        "original_due_at": teller.moment(case.original_due_at),
        "left_seconds": teller.left(case),
        "opened_at": teller.moment(case.opened_at),
        "opened_by": teller.actor(case.opened_by),
        "updated_at": teller.moment(case.updated_at),
        "closed_at": teller.moment(case.closed_at),
        "parent": case.parent or "",
        "archive": case.archive or "",
        "follow": case.follow or "",
        "audience": ",".join(case.audience),
    }
    heads = desk.head(*cells)
    rows = [(name, heads[name], value) for name, value in cells.items() if _words(value)]
    title = teller.heading(workflow, case.data)
    return Facts(rows, title=f"{case.ref}  {title}".rstrip())


def _fields(desk: "Desk", case: "Case", workflow: "Workflow") -> Facts:
    teller = desk.teller
    rows = [
        (name, teller.field(workflow, name), teller.value(workflow.fields.get(name), value))
        for name, value in as_declared(case.data, workflow)
        if value not in (None, [])
    ]
    return Facts(rows, title=desk.say("fields"))


def _evidence(desk: "Desk", case: "Case", workflow: "Workflow") -> Table:
    rows: list[list[Cell | str]] = []
    for name, field in workflow.fields.items():
        for one in case.data.get(name) or () if field.kind == "evidence" else ():
            label = Cell(name, desk.teller.field(workflow, name))
            gone = taken_out(desk, one.get("taken_out", []))
            rows.append([label, one["name"], cell(one["size"]), gone, Cell(one["hash"], one["hash"][:12])])
    return Table(desk.head("field", "file", "size", "taken_out", "hash"), rows, title=desk.say("evidence"))


def _children(desk: "Desk", children: list["Case"]) -> Table:
    teller = desk.teller
    rows: list[list[Cell | str]] = []
    for child in children:
        workflow = teller.definition(child)
        due = teller.moment(child.due_at)
        rows.append([child.ref, teller.workflow(child.workflow), teller.state(workflow, child.state), due])
    return Table(desk.head("ref", "workflow", "state", "due_at"), rows, title=desk.say("children"))


def _words(value: Cell | str) -> str:
    return value.plain if isinstance(value, Cell) else value


command = Command("show", "command.show", show, [REF])
