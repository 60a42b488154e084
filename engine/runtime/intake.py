"""Takes the data of an event: checks what was given, sets what the event sets, and asks for what must be there."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from duban.engine.definition.values import FieldFault, ValueChecker, kept_evidence
from duban.engine.errors import InvalidData
from duban.engine.model.definition import Event, Setting, Workflow
from duban.engine.model.hint import nearest
from duban.engine.model.label import Label
from duban.engine.ports.guards import GuardFault
from duban.engine.runtime.facts import facts_for
from duban.engine.runtime.occurrences import latest

if TYPE_CHECKING:
    from duban.engine.ports.store import Reader
    from duban.engine.runtime.definitions import Compiled
    from duban.engine.runtime.situation import Situation

FARTHEST_YEARS: Final = 20
"""How far from today a date may lie that a deadline counts to."""

Problems = dict[str, tuple[str, Mapping[str, Any]]]


def taken(
    situation: "Situation", compiled: "Compiled", event: Event, checker: ValueChecker, reader: "Reader"
) -> dict[str, Any]:
    """The fields that the event changes, in their kept form.

    Raises:
        InvalidData: every field that is not right, at once.
    """
    workflow, request = compiled.workflow, situation.request
    problems: Problems = {}
    changes: dict[str, Any] = {}
    if event.opens:
        changes = {f.name: checker.check(f, f.default) for f in workflow.fields.values() if f.default is not None}
    given = {name: value for name, value in request.data.items() if value is not None}
    problems |= {name: ("computed", {}) for name in given.keys() & request.computed.keys()}
    given |= {name: value for name, value in request.computed.items() if value is not None}
    given |= {name: kept_evidence(items) for name, items in request.evidence.items()}
    for name, value in given.items():
        if name in problems:
            continue
        problem = _misplaced(name, workflow, event, name in request.evidence)
        if problem is not None:
            problems[name] = problem
            continue
        try:
            changes[name] = checker.check(workflow.fields[name], value)
        except FieldFault as fault:
            problems[name] = (fault.key, fault.data)
    problems |= _far_dates(workflow, changes, situation.now.date())
    for name in event.needs:
        if name not in given:
            problems.setdefault(name, ("missing", {}))
    if not problems:
        _set(situation, compiled, event, changes, set(given), checker, reader, problems)
    after = {**situation.data, **changes}
    for name in event.has:
        if after.get(name) is None:
            problems.setdefault(name, ("absent", {}))
    if problems:
        raise InvalidData(event=event.name, problems=problems)
    return changes


def _far_dates(workflow: Workflow, changes: Mapping[str, Any], today: date) -> Problems:
    """Dates that a deadline counts to lie within what a calendar can be walked through."""
    found: Problems = {}
    for deadline in workflow.deadlines.values():
        day = changes.get(deadline.until or "")
        if day is not None and abs(date.fromisoformat(day).year - today.year) > FARTHEST_YEARS:
            found[deadline.until or ""] = ("date-far", {"found": day, "limit": FARTHEST_YEARS})
    return found


def _misplaced(name: str, workflow: Workflow, event: Event, is_file: bool) -> tuple[str, Mapping[str, Any]] | None:
    if name in event.needs or name in event.takes:
        kind = workflow.fields[name].kind
        return ("not-evidence", {"kind": kind}) if is_file and kind != "evidence" else None
    allowed = [*event.needs, *event.takes]
    if name in workflow.fields:
        return "not-taken", {"known": allowed or None}
    close = nearest(name, allowed)
    return "unknown", {"hint": Label(f"; the nearest is {close}", f"；最接近的是 {close}") if close else Label("", "")}


def _set(
    situation: "Situation", compiled: "Compiled", event: Event, changes: dict[str, Any], given: set[str],
    checker: ValueChecker, reader: "Reader", problems: Problems,
) -> None:  # fmt: skip
    for setting in event.settings:
        if setting.field in given:
            continue
        try:
            value = _value(setting, situation, compiled, event, changes, reader)
            if value is not None:
                changes[setting.field] = checker.check(compiled.workflow.fields[setting.field], value)
            elif (setting.expression or setting == Setting(setting.field)) and situation.data.get(
                setting.field
            ) is not None:
                changes[setting.field] = None
        except FieldFault as fault:
            problems[setting.field] = (fault.key, fault.data)
        except GuardFault as fault:
            problems[setting.field] = ("expression", {"expression": setting.expression, "why": fault.what})


def _value(
    setting: Setting, situation: "Situation", compiled: "Compiled", event: Event, changes: Mapping[str, Any],
    reader: "Reader",
) -> Any:  # fmt: skip
    after = {**situation.data, **changes}
    if setting.table is not None:
        return setting.table.value(after)
    if setting.latest is not None:
        count = compiled.workflow.counts[setting.latest]
        audience = situation.case.audience if situation.case is not None else compiled.workflow.confidential
        audience = audience if event.confidential is None else event.confidential
        found = latest(reader, compiled.workflow, count, situation, after, audience)
        return found.ref if found is not None else None
    if setting.expression is None:
        return setting.value
    condition = compiled.expression(setting)
    values = facts_for(condition.names, compiled.workflow, situation, after, reader)
    return condition.value(values)
