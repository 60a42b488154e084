"""The records and boards that a workflow declares, for its page."""

from duban.cli.kit.answer import Cell, Table
from duban.cli.kit.desk import Desk
from duban.engine.model.definition import Workflow


def view_tables(desk: Desk, workflow: Workflow) -> list[Table]:
    """A table of the records and one of the boards; left out where there are none."""
    heads = desk.head("record", "label", "field", "event")
    records: list[list[Cell | str]] = [
        [one.name, one.label.text(desk.lang), _fields(desk, workflow, (one.per, *one.shows)),
         _joined(desk, [(name, desk.teller.event(workflow, name).shown) for name in workflow.events if name in one.of])]
        for one in workflow.records.values()
    ]  # fmt: skip
    boards: list[list[Cell | str]] = [
        [one.name, one.label.text(desk.lang), _fields(desk, workflow, one.shows),
         _joined(desk, [(name, desk.teller.state(workflow, name).shown) for name in one.states])]
        for one in workflow.boards.values()
    ]  # fmt: skip
    tables = [
        Table(heads, records, title=desk.say("records")),
        Table(desk.head("board", "label", "field", "state"), boards, title=desk.say("boards")),
    ]
    return [table for table in tables if table.rows]


def view_documents(workflow: Workflow, lang: str) -> dict[str, object]:
    """The JSON of both."""
    return {
        "records": [
            {
                "name": one.name, "label": one.label.text(lang), "of": sorted(one.of), "per": one.per,
                "among": one.among, "shows": list(one.shows), "cases": one.cases,
            }
            for one in workflow.records.values()
        ],
        "boards": [
            {
                "name": one.name, "label": one.label.text(lang), "in": list(one.states), "where": dict(one.where),
                "shows": list(one.shows),
            }
            for one in workflow.boards.values()
        ],
    }  # fmt: skip


def _fields(desk: Desk, workflow: Workflow, names: tuple[str, ...]) -> Cell:
    return _joined(desk, [(name, desk.teller.field(workflow, name)) for name in names])


def _joined(desk: Desk, named: list[tuple[str, str]]) -> Cell:
    return Cell(",".join(name for name, _ in named), desk.say("comma").join(label for _, label in named))
