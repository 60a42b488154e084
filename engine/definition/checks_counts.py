"""Checks of counts: what they count is there, can be told apart, and their ladders rise."""

from typing import Final

from duban.engine.deadlines.durations import parse_duration
from duban.engine.definition.checks_graph import check_step
from duban.engine.definition.findings import Findings, Loc
from duban.engine.errors import InvalidDuration
from duban.engine.model.definition import Count, FieldKind, Workflow
from duban.engine.model.saying import Saying

ACROSS: Final[tuple[FieldKind, ...]] = ("choice", "unit", "post", "case", "date", "text", "boolean", "number")
"""Kinds of fields by which cases can be told to agree."""


def check_counts(workflow: Workflow, findings: Findings) -> None:
    """Names, windows and ladders of counts, and the settings that look for the latest case of one."""
    for count in workflow.counts.values():
        _names(workflow, count, findings)
        _ladder(workflow, count, findings)
    for event in workflow.events.values():
        for setting in event.settings:
            if setting.latest is None:
                continue
            loc: Loc = ("events", event.name, "set", setting.field, "latest")
            counts = [count.name for count in workflow.counts.values() if count.across]
            if setting.latest not in counts:
                findings.unknown(loc, "count", setting.latest, counts)
            field = workflow.fields.get(setting.field)
            if field is not None and (field.kind != "case" or field.workflow not in (None, workflow.name)):
                findings.add(loc, "latest-field", name=field.name, workflow=workflow.name)


def _names(workflow: Workflow, count: Count, findings: Findings) -> None:
    loc: Loc = ("counts", count.name)
    known = list(workflow.events)
    known += [f"{place[1]}@{step.point}" for place, step in workflow.ladders() if place[0] == "deadlines"]
    for name in sorted(count.of):
        if name not in known:
            findings.unknown(findings.one((*loc, "of"), name), "counted", name, known)
    fields = [field.name for field in workflow.fields.values() if field.kind in ACROSS]
    for event in workflow.events.values():
        for index, name in enumerate(event.erases):
            if name in count.across:  # its values lie in the table of counts
                findings.add(("events", event.name, "erase", index), "erase-counted", name=name, count=count.name)
    for index, name in enumerate(count.across):
        if name not in fields:
            findings.unknown((*loc, "across", index), "field", name, fields)
    for name in sorted(count.resets_on):
        if name not in workflow.events:
            findings.unknown(findings.entry((*loc, "resets_on"), name), "event", name, list(workflow.events))
    if count.within is not None:
        try:
            parse_duration(count.within)
        except InvalidDuration as fault:
            findings.add((*loc, "within"), "duration", why=Saying("error.invalid-duration", **fault.data))


def _ladder(workflow: Workflow, count: Count, findings: Findings) -> None:
    often, level = 0, 0
    for step in count.steps:
        place: Loc = ("counts", count.name, "ladder", step.declared)
        if int(step.point) > 1 and count.of and count.of <= count.resets_on:
            findings.add((*place, "at"), "never-reached", count=step.point, name=count.name)
        if int(step.point) <= often:
            findings.add((*place, "at"), "not-more", count=step.point, before=often)
        if step.fire is not None and step.fire in count.of | count.resets_on:
            findings.add((*place, "fire"), "count-circle", name=step.fire)
        level = check_step(workflow, step, level, None, place, findings)
        often = max(often, int(step.point))
