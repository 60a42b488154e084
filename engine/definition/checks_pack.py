"""Checks between the workflows of a pack: who starts whom, and who fires on whom."""

from collections.abc import Mapping

from duban.engine.definition.checks import check_value
from duban.engine.definition.findings import Findings, Loc
from duban.engine.definition.values import ValueChecker
from duban.engine.guards.variables import children_of
from duban.engine.model.definition import Start, Workflow
from duban.engine.model.hint import hint
from duban.engine.model.organization import SYSTEM


def check_starts(workflow: Workflow, others: Mapping[str, Workflow], values: ValueChecker, findings: Findings) -> None:
    """Every started workflow exists, has the opening event, and takes what it is given."""
    for event in workflow.events.values():
        for index, start in enumerate(event.starts):
            _start(start, ("events", event.name, "start", index), workflow, others, values, findings)
    for deadline in workflow.deadlines.values():
        for step in deadline.steps:
            for index, start in enumerate(step.starts):
                loc: Loc = ("deadlines", deadline.name, "ladder", step.declared, "start", index)
                _start(start, loc, workflow, others, values, findings)


def _start(
    start: Start,
    loc: Loc,
    workflow: Workflow,
    others: Mapping[str, Workflow],
    values: ValueChecker,
    findings: Findings,
) -> None:
    child = others.get(start.workflow)
    if child is None:
        findings.unknown((*loc, "workflow"), "workflow", start.workflow, sorted(others))
        return
    opening = {event.name: event for event in child.opening_events}
    ours = [event for event in opening.values() if SYSTEM in event.by]
    event = opening.get(start.event) if start.event else next(iter(ours or opening.values()), None)
    if event is None:
        if start.event:
            findings.unknown((*loc, "event"), "opening", start.event, sorted(opening))
        return
    if SYSTEM not in event.by:
        findings.add((*loc, "workflow"), "start-role", name=event.name, workflow=child.name)
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


def check_parents(workflow: Workflow, others: Mapping[str, Workflow], findings: Findings) -> None:
    """An event fired on the parent exists in every workflow that starts this one, and ``system`` may fire it."""
    parents = [other for other in others.values() if workflow.name in children_of(other)]
    for event in workflow.events.values():
        if event.fire_parent is None:
            continue
        loc: Loc = ("events", event.name, "fire", "parent")
        if not parents:
            findings.add(loc, "no-parent", name=workflow.name)
        for parent in parents:
            target = parent.events.get(event.fire_parent.event)
            if target is None:
                name, known = event.fire_parent.event, list(parent.events)
                findings.add(loc, "parent-event", name=name, parent=parent.name, known=known, hint=hint(name, known))
                continue
            if SYSTEM not in target.by:
                findings.add(loc, "parent-role", name=target.name, parent=parent.name)
            given = event.fire_parent.data or {}
            missing = sorted(set(target.needs) - set(given))
            if missing:
                findings.add(loc, "fired-needs", name=target.name, missing=missing)
            taken = [*target.needs, *target.takes]
            for theirs, own in given.items():
                place: Loc = ("events", event.name, "fire", "with", theirs)
                if theirs not in taken:
                    findings.unknown(place, "taken", theirs, taken, at_key=True)
                if own not in workflow.fields:
                    findings.unknown(place, "field", own, list(workflow.fields))


def check_waits(workflow: Workflow, others: Mapping[str, Workflow], findings: Findings) -> None:
    """A case can only wait for workflows that it starts."""
    started = children_of(workflow)
    for event in workflow.events.values():
        for index, name in enumerate(event.waits_for):
            if name in others and name not in started:
                findings.add(("events", event.name, "waits_for", index), "waits-for-none", name=name)
