"""Checks between the workflows of a pack: who starts whom, and who fires on whom."""

from collections.abc import Mapping

from duban.engine.definition.findings import Findings, Loc
from duban.engine.guards.variables import children_of
from duban.engine.model.definition import Start, Workflow
from duban.engine.model.hint import nearest


def check_starts(workflow: Workflow, others: Mapping[str, Workflow], findings: Findings) -> None:
    """Every started workflow exists, has the opening event, and takes what it is given."""
    for event in workflow.events.values():
        for index, start in enumerate(event.starts):
            _start(start, ("events", event.name, "start", index), workflow, others, findings)
    for deadline in workflow.deadlines.values():
        for number, step in enumerate(deadline.steps):
            for index, start in enumerate(step.starts):
                loc: Loc = ("deadlines", deadline.name, "ladder", number, "start", index)
                _start(start, loc, workflow, others, findings)


def _start(start: Start, loc: Loc, workflow: Workflow, others: Mapping[str, Workflow], findings: Findings) -> None:
    child = others.get(start.workflow)
    if child is None:
        findings.unknown((*loc, "workflow"), "workflow", start.workflow, sorted(others))
        return
    opening = {event.name: event for event in child.opening_events}
    event = opening.get(start.event) if start.event else next(iter(opening.values()), None)
    if event is None:
        if start.event:
            findings.unknown((*loc, "event"), "opening", start.event, sorted(opening))
        return
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
                close = nearest(event.fire_parent.event, parent.events)
                findings.add(
                    loc, "parent-event", name=event.fire_parent.event, parent=parent.name, known=list(parent.events),
                    close=close or "-",
                )  # fmt: skip
            elif "system" not in target.by:
                findings.add(loc, "parent-role", name=target.name, parent=parent.name)


def check_waits(workflow: Workflow, others: Mapping[str, Workflow], findings: Findings) -> None:
    """A case can only wait for workflows that it starts; a confidential child does not wait in a public parent."""
    started = children_of(workflow)
    for event in workflow.events.values():
        for index, name in enumerate(event.waits_for):
            if name in others and name not in started:
                findings.add(("events", event.name, "waits_for", index), "waits-for-none", name=name)
