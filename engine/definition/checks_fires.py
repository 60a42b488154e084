"""Checks of events fired on other cases: they exist there, ``system`` may fire them, and they take what comes."""

from collections.abc import Iterator, Mapping

from duban.engine.definition.findings import Findings, Loc
from duban.engine.guards.variables import children_of
from duban.engine.model.definition import Event, Field, Fire, Workflow
from duban.engine.model.hint import hint
from duban.engine.model.organization import SYSTEM


def check_fires(workflow: Workflow, others: Mapping[str, Workflow], findings: Findings) -> None:
    """Every event fired on a parent or on linked cases exists in each workflow that it may be fired in."""
    for event in workflow.events.values():
        for index, fire in enumerate(event.fires):
            for target in _targets(fire, workflow, others, _place(event, index, findings), findings):
                _fired(fire, event, index, workflow, target, findings)


def _place(event: Event, index: int, findings: Findings) -> Loc:
    """The place of a fire, which may be written alone or in a list."""
    loc: Loc = ("events", event.name, "fire")
    return (*loc, index) if findings.is_list(loc) else loc


def _targets(
    fire: Fire, workflow: Workflow, others: Mapping[str, Workflow], loc: Loc, findings: Findings
) -> Iterator[Workflow]:
    if fire.on == "parent":
        parents = [other for other in others.values() if workflow.name in children_of(other)]
        if not parents:
            findings.add((*loc, "parent"), "no-parent", name=workflow.name)
        yield from parents
    elif fire.on in ("children", "referring"):
        target = others.get(fire.workflow or "")
        if target is None:
            findings.unknown((*loc, "workflow"), "workflow", fire.workflow or "", sorted(others))
        elif fire.on == "children":
            if target.name in children_of(workflow):
                yield target
            else:
                findings.add((*loc, "workflow"), "fires-on-none", name=target.name)
        elif _refers(fire.field or "", target, (*loc, "field"), findings) is not None:
            yield target
    else:
        field = _refers(fire.field or "", workflow, (*loc, "field"), findings)
        if field is not None:
            target = others.get(field.workflow or "")
            if target is None:
                findings.add((*loc, "field"), "fire-any", name=field.name)
            else:
                yield target


def _refers(name: str, workflow: Workflow, loc: Loc, findings: Findings) -> Field | None:
    known = {field.name: field for field in workflow.fields.values() if is_link(field)}
    if name not in known:
        findings.unknown(loc, "case-field", name, list(known))
    return known.get(name)


def is_link(field: Field) -> bool:
    """Whether a field refers to one case or to several."""
    return field.kind == "case" or (field.item is not None and field.item.kind == "case")


def _fired(fire: Fire, event: Event, index: int, workflow: Workflow, other: Workflow, findings: Findings) -> None:
    place = _place(event, index, findings)
    loc: Loc = (*place, "parent" if fire.on == "parent" else "event")
    target = other.events.get(fire.event)
    if target is None:
        name, known = fire.event, list(other.events)
        findings.add(loc, "parent-event", name=name, parent=other.name, known=known, hint=hint(name, known))
        return
    if SYSTEM not in target.by:
        findings.add(loc, "parent-role", name=target.name, parent=other.name)
    given = fire.data or {}
    missing = sorted(set(target.needs) - set(given))
    if missing:
        findings.add(loc, "fired-needs", name=target.name, missing=missing)
    taken = [*target.needs, *target.takes]
    for theirs, own in given.items():
        if theirs not in taken:
            findings.unknown((*place, "with", theirs), "taken", theirs, taken, at_key=True)
        if own not in workflow.fields:
            findings.unknown((*place, "with", theirs), "field", own, list(workflow.fields))
