"""``duban list``: the cases that the actor can see, newest first, or those due first."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from duban.cli.kit import complete
from duban.cli.kit.answer import Answer, Cell, Part, Table, Words, cell
from duban.cli.kit.command import Command
from duban.cli.kit.documents import case_document
from duban.cli.kit.options import Option
from duban.cli.kit.references import as_written
from duban.cli.kit.words import asked_names, data_of, field_asked, pairs
from duban.cli.kit.workflows import workflow_of
from duban.cli.options import SOME_WORKFLOW, limit
from duban.engine.errors import UsageError
from duban.engine.model.hint import few, hint

if TYPE_CHECKING:
    from duban.cli.kit.desk import Desk
    from duban.engine.model.case import Case
    from duban.engine.model.definition import Field
    from duban.engine.runtime.queries import Page

STATE = Option(["--state"], says="option.state", metavar="STATE", shell_complete=complete.states)
UNIT = Option(["--unit"], says="option.unit", metavar="UNIT", shell_complete=complete.units)
OVERDUE = Option(["--overdue"], says="option.overdue", is_flag=True)
BY_DUE = Option(["--by-due"], says="option.by-due", is_flag=True)
OPEN = Option(["--open", "is_open"], says="option.open", is_flag=True)
CLOSED = Option(["--closed"], says="option.closed", is_flag=True)
WITH = Option(["-f", "--field"], says="option.with-value", metavar="NAME=VALUE", multiple=True)
SHOWN = Option(["--columns"], says="option.shown-fields", metavar="FIELD,…")
AFTER = Option(["--after"], says="option.after", metavar="REF", type=as_written, shell_complete=complete.refs)


def list_cases(
    desk: "Desk", workflow: str | None, state: str | None, unit: str | None, overdue: bool, is_open: bool,
    closed: bool, limit: int, after: str | None, field: tuple[str, ...], columns: str | None, by_due: bool,
) -> Answer:  # fmt: skip
    """List cases; ``after`` names the last case of the page before, ``columns`` the fields that are shown."""
    if is_open and closed:
        raise UsageError("open-and-closed")
    engine, by = desk.engine, desk.by
    if workflow is None and (field or columns is not None):
        raise UsageError("fields-of-what")
    definition = workflow_of(desk, workflow) if workflow is not None else None
    fields = definition.fields if definition is not None else {}
    data = data_of([(field_asked(name, fields), value) for name, value in pairs(field, "-f")], fields)
    shown = list(dict.fromkeys(field_asked(one.strip(), fields) for one in (columns or "").split(",") if one.strip()))
    for name in shown:
        if name not in fields:
            raise UsageError("unknown-field", found=name, known=few(fields), hint=hint(name, fields))
    page = engine.find(
        definition.name if definition is not None else None, by=by, state=state, unit=unit, overdue=overdue or None,
        open=True if is_open else False if closed else None, data=data, limit=limit, after=after,
        by_due=by_due,
    )  # fmt: skip
    now = engine.world.clock.now()
    parts: list[Part] = [
        _chosen(desk, page, shown, fields)
        if shown
        else Table(
            desk.head("ref", "workflow", "title", "state", "unit", "level", "due_at", "overdue"),
            [_row(desk, case, case.is_overdue(now)) for case in page],
            empty=desk.say("no-cases"),
            hidden=frozenset({"overdue", "workflow"} if workflow is not None else {"overdue"}),
        )
    ]
    if page.cursor is not None:
        parts.append(Words([desk.say("more", ref=page.cursor)]))
    return Answer([case_document(case, overdue=case.is_overdue(now)) for case in page], parts)


def _chosen(desk: "Desk", page: "Page", shown: list[str], fields: Mapping[str, "Field"]) -> Table:
    """Where each case stands, with the fields that were asked for."""
    teller = desk.teller
    heads, level = desk.head("ref", "state"), desk.head("level")
    # A field may be called like one of the columns that are there anyway.
    names = dict(zip(shown, asked_names(shown, {*heads, *level}), strict=True))
    heads |= {names[name]: fields[name].label.text(desk.lang) for name in shown} | level
    rows: list[list[Cell | str]] = [
        [
            case.ref,
            teller.state(teller.definition(case), case.state),
            *(teller.value(fields[name], case.data.get(name)) for name in shown),
            cell(case.level, case.level or ""),
        ]
        for case in page
    ]
    return Table(heads, rows, empty=desk.say("no-cases"))


def _row(desk: "Desk", case: "Case", overdue: bool) -> list[Cell | str]:
    teller = desk.teller
    workflow = teller.definition(case)
    due = teller.moment(case.due_at)
    late = Cell(due.plain, desk.say("late", due=due.shown)) if overdue else due
    return [
        case.ref, teller.workflow(case.workflow), teller.heading(workflow, case.data),
        teller.state(workflow, case.state), teller.unit(case.unit), cell(case.level, case.level or ""), late,
        str(overdue).lower(),
    ]  # fmt: skip


command = Command(
    "list",
    "command.list",
    list_cases,
    [SOME_WORKFLOW, STATE, UNIT, OVERDUE, BY_DUE, OPEN, CLOSED, WITH, SHOWN, limit(50), AFTER],
)
