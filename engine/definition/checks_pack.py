"""Checks between the workflows of a pack: who starts whom, and who fires on whom."""

from collections.abc import Mapping

from duban.engine.definition.checks import check_value
from duban.engine.definition.findings import Findings, Loc
from duban.engine.definition.values import ValueChecker
from duban.engine.guards.variables import children_of
from duban.engine.model.definition import Event, Start, Workflow
from duban.engine.model.organization import SYSTEM


def check_starts(workflow: Workflow, others: Mapping[str, Workflow], values: ValueChecker, findings: Findings) -> None:
    """Every started workflow exists, has the opening event, and takes what it is given."""
    for loc, start in workflow.all_starts():
        check_start(start, loc, workflow, others, values, findings)


def opening_of(start: Start, child: Workflow, roles: frozenset[str] = frozenset({SYSTEM})) -> Event | None:
    """The event that starts the case: the one named, else the first that one of ``roles`` may fire."""
    opening = {event.name: event for event in child.opening_events}
    ours = [event for event in opening.values() if roles.intersection(event.by)]
    return opening.get(start.event) if start.event else next(iter(ours or opening.values()), None)


def check_start(
    start: Start,
    loc: Loc,
    workflow: Workflow,
    others: Mapping[str, Workflow],
    values: ValueChecker,
    findings: Findings,
    roles: frozenset[str] = frozenset({SYSTEM}),
) -> None:
    """The started workflow exists; ``roles`` may fire its opening event, which takes what it is given."""
    child = others.get(start.workflow)
    if child is None:
        findings.unknown((*loc, "workflow"), "workflow", start.workflow, sorted(others))
        return
    event = opening_of(start, child, roles)
    if event is None:
        if start.event:
            known = sorted(one.name for one in child.opening_events)
            findings.unknown((*loc, "event"), "opening", start.event, known)
        return
    if not roles.intersection(event.by):
        key = "start-role" if roles == {SYSTEM} else "cadence-start-role"
        findings.add((*loc, "workflow"), key, name=event.name, workflow=child.name)
    taken = {*event.needs, *event.takes}
    given = set(start.data or {})
    for name in sorted(given - taken):
        findings.unknown((*loc, "with", name), "taken", name, sorted(taken), at_key=True)
    missing = sorted(set(event.needs) - given)
    if missing:
        findings.add(loc, "start-lacks", at_key=True, workflow=start.workflow, missing=missing)
    own = list(workflow.fields)
    for name, source in (start.data or {}).items():
        if source.kind == "field" and source.name not in own:
            findings.unknown((*loc, "with", name), "field", source.name, own)
        if source.kind == "value" and name in child.fields:
            check_value(child.fields[name], source.value, (*loc, "with", name, "value"), values, findings)
    if start.each_field is not None:
        field = workflow.fields.get(start.each_field)
        if field is None or field.kind != "list":
            lists = [item.name for item in workflow.fields.values() if item.kind == "list"]
            findings.unknown((*loc, "each"), "list-field", start.each_field, lists)
    for attribute, name in (start.where or {}).items():
        if name not in own:
            findings.unknown((*loc, "where", attribute), "field", name, own)


def check_waits(workflow: Workflow, others: Mapping[str, Workflow], findings: Findings) -> None:
    """A case can only wait for workflows that it starts."""
    started = children_of(workflow)
    for event in workflow.events.values():
        for index, name in enumerate(event.waits_for):
            if name in others and name not in started:
                findings.add(("events", event.name, "waits_for", index), "waits-for-none", name=name)
