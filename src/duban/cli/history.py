"""``duban history``: what happened to a case, row by row."""

from typing import TYPE_CHECKING

from duban.cli.kit.answer import Answer, Cell, Table, cell
from duban.cli.kit.command import Command
from duban.cli.kit.documents import row_document
from duban.cli.kit.telling import as_declared
from duban.cli.options import REF

if TYPE_CHECKING:
    from duban.cli.kit.desk import Desk
    from duban.engine.model.case import HistoryRow
    from duban.engine.model.definition import Workflow


def history(desk: "Desk", ref: str) -> Answer:
    """Tell the history, oldest first."""
    rows = desk.engine.history(ref, by=desk.by)
    workflow = desk.teller.definition(desk.engine.get(ref, by=desk.by))
    heads = desk.head("seq", "at", "event", "from_state", "to_state", "actor", "level", "changed", "hash")
    heads["to_state"] = desk.head("moved")["moved"]
    hidden = frozenset({"from_state", "level", "hash"})
    levels = [0, *(row.level for row in rows)]
    table = Table(
        heads, [_row(desk, workflow, row, old) for row, old in zip(rows, levels, strict=False)], hidden=hidden
    )
    return Answer([row_document(row) for row in rows], [table])


def _row(desk: "Desk", workflow: "Workflow", row: "HistoryRow", level: int) -> list[Cell | str]:
    """A row of the table; ``level`` is that of the row before, or 0."""
    teller = desk.teller
    before, after = teller.state(workflow, row.from_state), teller.state(workflow, row.to_state)
    moved = after.shown if row.from_state in (None, row.to_state) else f"{before.shown} → {after.shown}"
    changes = []
    for name, value in as_declared(row.data, workflow):
        told = teller.value(workflow.fields.get(name), value)
        shown = f"{teller.field(workflow, name)}{desk.say('colon')}{told.shown}"
        changes.append((f"{name}={told.plain}", shown))
    for gone in row.erased or ():
        names = [teller.field(workflow, name) for name in gone["fields"]]
        changes.append((f"erased={gone['seq']}", desk.say("erased", fields=names, seq=gone["seq"])))
    if row.level != level:
        changes.append((f"level={row.level}", desk.say("level", level=row.level)))
    changed = Cell(" ".join(plain for plain, _ in changes), "\n".join(shown for _, shown in changes))
    who = teller.post(row.post) if row.post else teller.actor(row.actor)
    return [
        cell(row.seq), teller.moment(row.at), teller.event(workflow, row.event), before, Cell(after.plain, moved),
        Cell(row.actor, who.shown), cell(row.level), changed, row.hash,
    ]  # fmt: skip


command = Command("history", "command.history", history, [REF])
