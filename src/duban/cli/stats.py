"""``duban stats``: how many cases there are, by workflow, state and unit."""

from duban.cli.kit.answer import Answer, Cell, Table, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.engine.model.case import Tally


def stats(desk: Desk) -> Answer:
    """Count the cases that the actor can see."""
    tallies = desk.engine.stats(by=desk.by)
    document = [
        {
            "workflow": one.workflow, "state": one.state, "unit": one.unit, "count": one.count,
            "overdue": one.overdue, "open": one.open,
        }
        for one in tallies
    ]  # fmt: skip
    heads = desk.head("workflow", "state", "unit", "count", "overdue")
    rows = [_row(desk, one) for one in tallies]
    return Answer(document, [Table(heads, rows, empty=desk.say("no-cases"))])


def _row(desk: Desk, one: Tally) -> list[Cell | str]:
    teller = desk.teller
    loaded = desk.engine.pack.workflows.get(one.workflow)
    state = teller.state(loaded.workflow, one.state) if loaded else cell(one.state)
    overdue = cell(one.overdue, one.overdue or "")
    return [teller.workflow(one.workflow), state, teller.unit(one.unit), cell(one.count), overdue]


command = Command("stats", "command.stats", stats)
