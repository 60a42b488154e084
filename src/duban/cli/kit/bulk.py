"""Fires an event on many cases for ``duban fire --where``: what it would come to, a question, and what it came to."""

import secrets
import sys
from collections.abc import Sequence
from typing import Any, Final

from duban.cli.kit.answer import Answer, Cell, Facts, Part, Table, Words, cell
from duban.cli.kit.asking import confirmed, is_asked
from duban.cli.kit.criteria import criteria_of
from duban.cli.kit.desk import Desk
from duban.cli.kit.faults import INTERRUPTED
from duban.cli.kit.interrupting import interruptible
from duban.cli.kit.progress import counting
from duban.cli.kit.words import Pair, data_of
from duban.engine.errors import ActorSuspended, StoreError, UnknownEvent, UsageError
from duban.engine.model.definition import Workflow
from duban.engine.model.hint import hint
from duban.engine.runtime.bulk.report import BulkReport

REFUSED: Final = 3


def fired_many(
    desk: Desk, workflow: str, event: str, where: list[Pair], typed: Sequence[Pair], *, dry_run: bool, yes: bool,
    key: str | None,
) -> Answer:  # fmt: skip
    """Show what the event would come to, ask, and fire it.

    Raises:
        UsageError: nobody is there to be asked, and ``yes`` was not given.
        UnknownEvent: no case fits, and the workflow has no such event.
        StoreError, ActorSuspended: it ended early; what to type to go on was told.
    """
    if not (dry_run or yes) and (desk.json or not is_asked()):
        raise UsageError("needs-yes")
    engine, by = desk.engine, desk.by
    criteria = criteria_of(desk, workflow, where)
    definition = engine.pack.workflows[str(criteria.workflow)].workflow
    event = event if event in definition.events else event.replace("-", "_")
    given: dict[str, Any] = {"by": by, "data": data_of(typed, definition.fields)}
    called = definition.events[event].label.text(desk.lang) if event in definition.events else event
    about = {"workflow": definition.name, "event": event, "dry_run": True, "key": None}
    total: int | None = None
    if not yes or dry_run:
        with interruptible() as stopped, counting(desk, "previewing") as progress:
            preview = engine.preview_many(criteria, event, progress=progress, stopped=stopped, **given)
        _known(definition, event, preview)
        told = _answer(desk, preview, about, desk.say("would-fire-many", event=called, count=preview.done))
        if dry_run or preview.done == 0 or preview.is_stopped:
            return told
        desk.hand_over(told)
        total = preview.done + preview.refused
        if not confirmed(desk, desk.say("fire-many", event=called, count=preview.done)):
            return Answer({**told.document, "is_declined": True}, [Words([desk.say("nothing-fired")])])
    key = key or f"many-{secrets.token_hex(6)}"
    count = 0

    def heard(number: int) -> None:
        nonlocal count
        count = number
        progress(number)

    try:
        with interruptible() as stopped, counting(desk, "firing", total) as progress:
            report = engine.fire_many(criteria, event, key=key, progress=heard, stopped=stopped, **given)
    except (StoreError, ActorSuspended) as fault:
        # Programs are told by the document of the error what a person reads.
        fault.data |= {"handled": count, "key": key}
        if count or isinstance(fault, StoreError):
            sys.stderr.write(desk.say("go-on", again=key, count=count) + "\n")
        raise
    _known(definition, event, report)
    words = desk.say("fired-many", event=called, count=report.done)
    if report.is_stopped:
        again = desk.say("go-on", again=key, count=count)
        words = f"{words}{again}" if desk.lang == "zh" else f"{words} {again}"
        if not (desk.is_person or desk.json):
            # Plain text in a pipe is figures alone.
            sys.stderr.write(again + "\n")
    return _answer(desk, report, {**about, "dry_run": False, "key": key}, words)


def _known(workflow: Workflow, event: str, report: BulkReport) -> None:
    """Where no case fits, no case told that there is no such event."""
    if event not in workflow.events and not (report.done or report.refused or report.duplicates):
        events = list(workflow.events)
        raise UnknownEvent(workflow=workflow.name, event=event, events=events, hint=hint(event, events))


def _answer(desk: Desk, report: BulkReport, about: dict[str, Any], words: str) -> Answer:
    heads = desk.head("done", "duplicates", "refused")
    if about["dry_run"]:
        heads |= {name: desk.say(f"would-be-{name}") for name in ("done", "refused")}
    counts = {"done": report.done, "duplicates": report.duplicates, "refused": report.refused}
    parts: list[Part] = [Facts([(name, heads[name], cell(count)) for name, count in counts.items()])]
    if report.reasons:
        rows: list[list[Cell | str]] = [
            [one.code, cell(one.count), one.label.text(desk.lang), Cell(",".join(one.refs), ", ".join(one.refs))]
            for one in report.reasons
        ]
        parts.append(Table(desk.head("code", "count", "reasons", "first_refs"), rows, hidden=frozenset({"code"})))
    reasons = [
        {"code": one.code, "count": one.count, "label": one.label.text(desk.lang), "refs": list(one.refs)}
        for one in report.reasons
    ]
    document = {**about, **counts, "reasons": reasons, "stopped": report.is_stopped}
    code = INTERRUPTED if report.is_stopped else REFUSED if report.refused else 0
    return Answer(document, [*parts, Words([words])], code)
