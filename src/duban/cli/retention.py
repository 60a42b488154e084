"""``duban retention``: how long what finished cases hold is kept, and on how many it is to be erased today."""

from typing import Any

from duban.cli.kit.answer import Answer, Cell, Table, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.telling import iso, period_cell
from duban.engine.runtime.retention import DueRetention


def retention(desk: Desk) -> Answer:
    """List the rules; a sweep carries them out."""
    found = desk.engine.retention(by=desk.told_to)
    heads = desk.head("rule", "workflow", "erases", "after", "ended_before", "due_cases")
    table = Table(heads, [_row(desk, one) for one in found], empty=desk.say("no-retention"))
    return Answer([_document(one) for one in found], [table])


def _row(desk: Desk, one: DueRetention) -> list[Cell | str]:
    rule, workflow = one.rule, desk.engine.pack.workflows[one.rule.workflow].workflow
    labels = [desk.teller.field(workflow, name) for name in rule.fields]
    return [
        Cell(rule.name, rule.label.text(desk.lang)), desk.teller.workflow(rule.workflow),
        Cell(",".join(rule.fields), desk.say("comma").join(labels)), period_cell(rule.period, desk.lang),
        desk.teller.moment(one.before), cell(one.count),
    ]  # fmt: skip


def _document(one: DueRetention) -> dict[str, Any]:
    rule = one.rule
    return {
        "rule": rule.name, "workflow": rule.workflow, "erase": list(rule.fields), "after": rule.period.text,
        "ended_before": iso(one.before), "due": one.count,
    }  # fmt: skip


command = Command("retention", "command.retention", retention)
