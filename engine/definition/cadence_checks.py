"""Checks what a cadence names in the workflows of its pack, and every value that it will give."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from duban.engine.definition.cadence_starts import DATE, drawn_from, entries_of
from duban.engine.definition.checks import check_value
from duban.engine.definition.checks_pack import check_start, opening_of
from duban.engine.definition.findings import Findings, Loc
from duban.engine.definition.values import FieldFault, ValueChecker
from duban.engine.messages import text
from duban.engine.model.cadence import During, FireEach
from duban.engine.model.definition import Event, Field, Start, Workflow
from duban.engine.model.hint import hint
from duban.engine.model.label import Label
from duban.engine.model.organization import BUILT_IN_ROLES, SCHEDULER

_SOME_DAY: Final = "2020-11-20"
_SEARCHED: Final = frozenset({"text", "number", "boolean", "date", "choice", "unit", "post"})
"""Types of fields by whose value cases can be chosen."""


def check_during(during: During, loc: Loc, workflows: Mapping[str, Workflow], findings: Findings) -> None:
    """The workflow has the states, and is not confidential: whether a cadence was passed over is told to everybody."""
    workflow = _workflow(during.workflow, loc, workflows, findings)
    if workflow is not None and workflow.confidential:
        findings.add((*loc, "workflow"), "cadence-confidential", name=workflow.name)
    if workflow is not None:
        _states(during.states, (*loc, "in"), workflow, findings)


def check_openings(
    starts: list[Start], loc: Loc, workflows: Mapping[str, Workflow], values: ValueChecker, findings: Findings
) -> bool:
    """Every start fits its workflow, and so does what each entry of a catalogue gives; whether they do."""
    before = len(findings.problems)
    for index, start in enumerate(starts):
        place: Loc = (*loc, index)
        fields = {name: source.name for name, source in (start.data or {}).items() if source.kind == "field"}
        known = [DATE] if start.each_entry is None else [DATE, "item", "item.label", *_attributes(start)]
        check_sources(fields, known, (*place, "with"), findings)
        check_start(start, place, _giving(fields.values()), workflows, values, findings, BUILT_IN_ROLES)
        child = workflows.get(start.workflow)
        event = opening_of(start, child, BUILT_IN_ROLES) if child is not None else None
        if child is not None and event is not None:
            _entries(start, child, event, place, values, findings)
            for name in fields:
                _dated(name, child, (*place, "with", name), values, findings)
    return len(findings.problems) == before


def check_sources(given: Mapping[str, str], known: list[str], loc: Loc, findings: Findings) -> None:
    """Names of sources are among the ``known``: there is no case whose fields they could be."""
    for name, words in given.items():
        if words != DATE:
            findings.add((*loc, name), "cadence-source", name=words, known=known, hint=hint(words, known))


def check_fire(
    fire: FireEach, loc: Loc, workflows: Mapping[str, Workflow], values: ValueChecker, findings: Findings
) -> FireEach | None:
    """The event can be fired by the scheduler with what it is given; the same with its values in their kept form."""
    workflow = _workflow(fire.workflow, loc, workflows, findings)
    event = workflow.events.get(fire.event) if workflow is not None else None
    if workflow is None:
        return None
    _states(fire.states, (*loc, "in"), workflow, findings)
    where = {name: _searched(name, value, workflow, loc, values, findings) for name, value in fire.where.items()}
    if event is None or event.opens:
        known = [one.name for one in workflow.events.values() if not one.opens]
        key = "cadence-fire-opens" if event is not None else "unknown-event"
        findings.add((*loc, "event"), key, name=fire.event, known=known, hint=hint(fire.event, known))
        return None
    _fired(fire, event, workflow, loc, findings)
    for name, value in fire.data.items():
        if name in workflow.fields:
            check_value(workflow.fields[name], value, (*loc, "with", name, "value"), values, findings)
    for name in fire.dated:
        _dated(name, workflow, (*loc, "with", name), values, findings)
    return replace(fire, where=where)


def _fired(fire: FireEach, event: Event, workflow: Workflow, loc: Loc, findings: Findings) -> None:
    if SCHEDULER not in event.by:
        findings.add((*loc, "event"), "cadence-fire-role", name=event.name)
    for state in fire.states:
        if state in workflow.states and state not in event.sources:
            place = findings.entry((*loc, "in"), state)
            findings.add(place, "cadence-fire-state", name=event.name, state=state, sources=list(event.sources))
    given = {*fire.data, *fire.dated}
    missing = sorted(set(event.needs) - given)
    if missing:
        findings.add((*loc, "event"), "fired-needs", name=event.name, missing=missing)
    taken = sorted({*event.needs, *event.takes})
    for name in sorted(given - set(taken)):
        findings.unknown((*loc, "with", name), "taken", name, taken, at_key=True)


def _searched(
    name: str, value: object, workflow: Workflow, loc: Loc, values: ValueChecker, findings: Findings
) -> object:
    place: Loc = (*loc, "where", name)
    known = [field.name for field in workflow.fields.values() if field.kind in _SEARCHED]
    if name not in known:
        kind = workflow.fields[name].kind if name in workflow.fields else None
        if kind is None:
            findings.unknown(place, "field", name, known, at_key=True)
        else:
            findings.add(place, "cadence-where-kind", at_key=True, name=name, kind=kind)
        return value
    try:
        return values.check(workflow.fields[name], value)
    except FieldFault:
        check_value(workflow.fields[name], value, place, values, findings)
        return value


def _entries(start: Start, child: Workflow, event: Event, loc: Loc, values: ValueChecker, findings: Findings) -> None:
    """What the entries of a catalogue give is there where it is needed, and of the right kind."""
    for name, source in (start.data or {}).items():
        if source.kind not in ("item", "label", "attribute") or name not in child.fields:
            continue
        for entry in filter(None, entries_of(start)):
            value = drawn_from(source, entry)
            if value is None and name not in event.needs:
                continue
            why = _fault(child.fields[name], value, values)
            if why is not None:
                findings.add((*loc, "with", name), "cadence-entry", name=name, entry=entry.key, why=why)
                break


def _fault(field: Field, value: object, values: ValueChecker) -> Label | None:
    try:
        if value is None:
            raise FieldFault("missing")
        values.check(field, value)
    except FieldFault as fault:
        return Label(text(f"field.{fault.key}", "en", **fault.data), text(f"field.{fault.key}", "zh", **fault.data))
    return None


def _dated(name: str, workflow: Workflow, loc: Loc, values: ValueChecker, findings: Findings) -> None:
    if name in workflow.fields and _fault(workflow.fields[name], _SOME_DAY, values) is not None:
        findings.add(loc, "cadence-date", name=name, kind=workflow.fields[name].kind)


def _workflow(name: str, loc: Loc, workflows: Mapping[str, Workflow], findings: Findings) -> Workflow | None:
    if name not in workflows:
        findings.unknown((*loc, "workflow"), "workflow", name, sorted(workflows))
    return workflows.get(name)


def _states(states: tuple[str, ...], loc: Loc, workflow: Workflow, findings: Findings) -> None:
    for state in states:
        if state not in workflow.states:
            findings.unknown(findings.entry(loc, state), "state", state, list(workflow.states))
    findings.once(loc, states)


def _attributes(start: Start) -> list[str]:
    return sorted({f"item.{name}" for entry in start.each_entry or () for name in entry.attributes})


def _giving(names: Iterable[str]) -> Workflow:
    """A stand-in for the case that there is not, so that a start is checked as one of a workflow."""
    fields = {name: Field(name, "date", Label(name, name)) for name in (DATE, *names)}
    return Workflow("cadence", 1, Label("", ""), "", fields, {}, {}, {}, "")
