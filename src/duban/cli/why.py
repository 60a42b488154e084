"""``duban why``: what can be done with a case now, and why not the rest."""

from typing import TYPE_CHECKING

from duban.cli.kit import complete
from duban.cli.kit.answer import Answer, Cell, Table, Words
from duban.cli.kit.command import Command
from duban.cli.kit.documents import choice_document
from duban.cli.kit.options import Argument
from duban.cli.kit.typing_ import command_for, signed
from duban.cli.options import REF
from duban.engine.errors import UnknownActor, UnknownEvent
from duban.engine.model.hint import hint
from duban.engine.model.organization import BUILT_IN_ROLES

if TYPE_CHECKING:
    from duban.cli.kit.desk import Desk
    from duban.engine.model.case import Choice
    from duban.engine.model.definition import Workflow

EVENT = Argument("event", says="argument.why-event", metavar="[EVENT]", required=False, shell_complete=complete.events)


def why(desk: "Desk", ref: str, event: str | None) -> Answer:
    """Tell every event, or one: allowed or not, each reason, and what to type."""
    choices = desk.engine.explain(ref, by=desk.by)
    workflow = _workflow(desk, ref)
    if event is not None:
        choices = _chosen(choices, event.replace("-", "_"), workflow.name)
    commands = {one.event: command_for(desk, workflow, ref, one) if one.allowed else None for one in choices}
    documents = [choice_document(one, commands[one.event], desk.lang) for one in choices]
    shown = choices if event is not None else _for_people(choices, workflow)
    rows = [_row(desk, workflow, one) for one in shown]
    typed = [f"  {line}" for line in commands.values() if line is not None]
    rest = signed(desk, ["duban", "why", ref])
    nothing = desk.say("not-this" if event else "nothing-to-do", who=desk.by, typed=rest)
    closing = [desk.say("can-type"), *typed] if typed else [nothing]
    heads = desk.head("event", "label", "allowed", "target", "reasons")
    table = Table(heads, rows, empty=desk.say("no-events"), hidden=frozenset({"target"}))
    return Answer(documents[0] if event is not None else documents, [table, Words(closing)])


def _chosen(choices: list["Choice"], event: str, workflow: str) -> list["Choice"]:
    names = [one.event for one in choices]
    if event not in names:
        raise UnknownEvent(workflow=workflow, event=event, hint=hint(event, names), events=names)
    return [one for one in choices if one.event == event]


def _for_people(choices: list["Choice"], workflow: "Workflow") -> list["Choice"]:
    """Without what only the engine itself fires; what is allowed comes first, each in the order of the workflow."""
    theirs = [one for one in choices if not BUILT_IN_ROLES.issuperset(workflow.events[one.event].by)]
    return sorted(theirs, key=lambda one: not one.allowed)


def _row(desk: "Desk", workflow: "Workflow", one: "Choice") -> list[Cell | str]:
    reasons = [reason.text(desk.lang) for reason in one.reasons]
    allowed = Cell(str(one.allowed).lower(), desk.say("yes" if one.allowed else "no"))
    label = one.label.text(desk.lang)
    target = desk.teller.state(workflow, one.target)
    if one.allowed and one.conditions:
        reasons = [desk.say("only-with", reason=condition.text(desk.lang)) for condition in one.conditions]
    because = Cell("; ".join(reasons), desk.say("semicolon").join(reasons) or desk.say("leads-to", state=target.shown))
    return [one.event, label, allowed, target, because]


def _workflow(desk: "Desk", ref: str) -> "Workflow":
    """The definition of the case. A role may ask why, but not read: for it, that of the pack."""
    try:
        return desk.teller.definition(desk.engine.get(ref, by=desk.by))
    except UnknownActor:
        prefix = ref.rpartition("-")[0]
        workflows = (loaded.workflow for loaded in desk.engine.pack.workflows.values())
        return next(workflow for workflow in workflows if workflow.reference == prefix)


command = Command("why", "command.why", why, [REF, EVENT])
