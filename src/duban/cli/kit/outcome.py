"""Starts cases and fires events for the commands, and tells what it came to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from duban.cli.kit.answer import Answer, Cell, Facts, Table, Words, cell, facts
from duban.cli.kit.documents import case_document, outcome_document
from duban.cli.kit.typing_ import signed
from duban.cli.kit.words import Pair, data_of, evidence_of
from duban.engine.errors import UnknownCase, UsageError

if TYPE_CHECKING:
    from duban.cli.kit.desk import Desk
    from duban.engine.model.case import Case, Outcome
    from duban.engine.model.definition import Workflow

COLUMNS = ("ref", "workflow", "state", "version", "unit", "level", "due_at")


def started(
    desk: "Desk", workflow: str, typed: Sequence[Pair], files: Sequence[Pair], *, event: str | None, key: str | None
) -> Answer:
    """Start a case.

    Raises:
        DubanError: as ``Engine.start``.
    """
    loaded = desk.engine.pack.workflows.get(workflow)
    fields = loaded.workflow.fields if loaded else {}
    outcome = desk.engine.begin(
        workflow, by=desk.by, data=data_of(typed, fields), evidence=evidence_of(files, fields), event=event, key=key
    )
    case, called = outcome.case, desk.teller.workflow(outcome.case.workflow).shown
    document = _document(desk, case) | {"duplicate": outcome.duplicate}
    if case.ref == desk.teller.definition(case).reference:
        # A receipt: whoever handed it in sees the case no more, and its number would tell how many there are.
        words = desk.say("handed-in-before" if outcome.duplicate else "handed-in", workflow=called)
        return Answer(document, [_standing(desk, case), Words([words])])
    lines = [desk.say("started-before" if outcome.duplicate else "started", ref=case.ref, workflow=called)]
    if case.follow:
        lines.append(desk.say("follow-code", code=case.follow))
    return Answer(document, [_standing(desk, case), Words([*lines, _onward(desk, case)])])


def fired(
    desk: "Desk", ref: str, event: str, typed: Sequence[Pair], files: Sequence[Pair], *, dry_run: bool, key: str | None,
    expect_version: int | None, workflow: str | None = None,
) -> Answer:  # fmt: skip
    """Fire an event, or with ``dry_run`` only tell what it would come to.

    Raises:
        UsageError: the case is of another workflow than the command.
        DubanError: as ``Engine.fire``.
    """
    engine, by = desk.engine, desk.by
    definition = _definition(desk, ref)
    if definition is not None and workflow not in (None, definition.name):
        raise UsageError("other-workflow", ref=ref, found=definition.name, expected=workflow)
    fields = definition.fields if definition else {}
    if definition is not None and event not in definition.events:
        event = event.replace("-", "_")
    given: dict[str, Any] = {
        "by": by, "data": data_of(typed, fields), "evidence": evidence_of(files, fields),
        "expect_version": expect_version,
    }  # fmt: skip
    outcome = engine.preview(ref, event, **given) if dry_run else engine.fire(ref, event, key=key, **given)
    document = outcome_document(outcome, overdue=_overdue(desk, outcome.case), dry_run=dry_run)
    return Answer(document, [_standing(desk, outcome.case), Words(_told(desk, outcome, dry_run))])


def _definition(desk: "Desk", ref: str) -> "Workflow | None":
    try:
        return desk.teller.definition(desk.engine.get(ref, by=desk.by))
    except UnknownCase:
        return None  # the engine refuses it itself, in its order, and writes the refusal down


def _told(desk: "Desk", outcome: "Outcome", dry_run: bool) -> list[str]:
    case, row, teller = outcome.case, outcome.row, desk.teller
    workflow = teller.definition(case)
    before, after = (teller.state(workflow, name).shown for name in (row.from_state, row.to_state))
    data = {
        "event": teller.event(workflow, row.event).shown, "version": case.version,
        "moved": after if row.from_state == row.to_state else f"{before} → {after}",
    }  # fmt: skip
    key = "would-fire" if dry_run else "fired-before" if outcome.duplicate else "fired"
    lines = [desk.say(key, **data)]
    if outcome.started:
        lines.append(desk.say("also-started", refs=outcome.started))
    return lines if dry_run else [*lines, _onward(desk, case)]


def _onward(desk: "Desk", case: "Case") -> str:
    """What to type now: what can be done next, or how it went where nothing is left to do."""
    key, verb = ("see-why", "why") if case.is_open else ("see-history", "history")
    return desk.say(key, typed=signed(desk, ["duban", verb, case.ref]))


def _standing(desk: "Desk", case: "Case") -> Facts | Table:
    teller = desk.teller
    workflow = teller.definition(case)
    cells: tuple[Cell | str, ...] = (
        case.ref, teller.workflow(case.workflow), teller.state(workflow, case.state), cell(case.version),
        teller.unit(case.unit), cell(case.level), teller.moment(case.due_at),
    )  # fmt: skip
    heads = desk.head(*COLUMNS)
    if desk.is_person:
        return facts(heads, cells)
    return Table(heads, [cells])


def _document(desk: "Desk", case: "Case") -> dict[str, Any]:
    return case_document(case, overdue=_overdue(desk, case))


def _overdue(desk: "Desk", case: "Case") -> bool:
    return case.is_overdue(desk.engine.world.clock.now())
