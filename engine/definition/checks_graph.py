"""Finds what can never happen in a machine: states not reached, dead ends, events that cannot fire, idle ladders."""

from collections.abc import Iterable

from duban.engine.deadlines.durations import parse_duration, parse_point
from duban.engine.definition.findings import Findings, Loc
from duban.engine.errors import InvalidDuration
from duban.engine.messages import text
from duban.engine.model.definition import Deadline, Event, Step, Workflow
from duban.engine.model.label import Label


def check_graph(workflow: Workflow, findings: Findings) -> None:
    """Every state is reached and leads to a final one; every event can leave a state that is reached."""
    if not workflow.opening_events:
        findings.add(("events",), "no-opening", at_key=True)
        return
    if not any(state.final for state in workflow.states.values()):
        findings.add(("states",), "no-final", at_key=True)
        return
    edges = [(source, event.target or source) for event in workflow.events.values() for source in event.sources]
    reached = _closure({event.target for event in workflow.opening_events if event.target}, edges)
    ends = _closure(
        {name for name, state in workflow.states.items() if state.final}, [(to, source) for source, to in edges]
    )
    for name in workflow.states:
        if name not in reached:
            findings.add(("states", name), "unreachable", at_key=True, name=name)
        elif name not in ends:
            findings.add(("states", name), "dead-end", at_key=True, name=name)
    for event in workflow.events.values():
        loc: Loc = ("events", event.name)
        known = [source for source in event.sources if source in workflow.states]
        if not event.by:
            findings.add((*loc, "by"), "nobody-may", at_key=True, name=event.name)
        if known and not reached.intersection(known):
            findings.add(loc, "unfireable", at_key=True, name=event.name, sources=known)


def _closure(start: set[str], edges: Iterable[tuple[str, str]]) -> set[str]:
    following: dict[str, set[str]] = {}
    for source, target in edges:
        following.setdefault(source, set()).add(target)
    found, frontier = set(start), list(start)
    while frontier:
        new = following.get(frontier.pop(), set()) - found
        found |= new
        frontier += new
    return found


def check_ladders(workflow: Workflow, day_seconds: int, findings: Findings) -> None:
    """Limits and points can be read; steps rise in time and level; each does something; the clock can run."""
    for deadline in workflow.deadlines.values():
        loc: Loc = ("deadlines", deadline.name)
        limits = list(_limits(deadline, loc, day_seconds, findings))
        if not deadline.runs_in:
            findings.add((*loc, "runs_in"), "never-runs", at_key=True, name=deadline.name)
        for name in sorted(deadline.runs_in):
            if name in workflow.states and workflow.states[name].final:
                findings.add(findings.entry((*loc, "runs_in"), name), "runs-in-final", name=name)
        _steps(workflow, deadline, loc, min(limits, default=day_seconds), day_seconds, findings)


def _limits(deadline: Deadline, loc: Loc, day_seconds: int, findings: Findings) -> Iterable[int]:
    texts: list[tuple[Loc, str]] = []
    if deadline.within is not None:
        texts.append(((*loc, "within"), deadline.within))
    if deadline.table is not None:
        for path, value in deadline.table.cells():
            texts.append(((*loc, "within", *(choice for _, choice in path)), value))
    for place, words in texts:
        try:
            yield parse_duration(words).seconds(day_seconds)
        except InvalidDuration as fault:
            findings.add(place, "duration", why=_both(fault))


def _steps(workflow: Workflow, deadline: Deadline, loc: Loc, limit: int, day_seconds: int, findings: Findings) -> None:
    offset, level = -1, 0
    for step in deadline.steps:
        place: Loc = (*loc, "ladder", step.declared)
        try:
            here = parse_point(step.point).offset_seconds(limit, day_seconds)
        except InvalidDuration as fault:
            findings.add((*place, "at"), "duration", why=_both(fault))
            continue
        if here <= offset:
            findings.add((*place, "at"), "not-later", point=step.point)
        level = check_step(workflow, step, level, deadline, place, findings)
        offset = max(here, offset)


def check_step(
    workflow: Workflow, step: Step, level: int, deadline: Deadline | None, place: Loc, findings: Findings
) -> int:
    """What steps of all ladders have in common: each does something, and raises the level if it sets it.

    ``level`` is the one reached before; the one reached with this step is returned.
    """
    if step.level is not None and step.level <= level:
        findings.add((*place, "level"), "not-higher", level=step.level, before=level)
    if step.fire is not None:
        if step.fire in workflow.events:
            _fired(workflow.events[step.fire], deadline, (*place, "fire"), findings)
        else:
            findings.unknown((*place, "fire"), "event", step.fire, list(workflow.events))
    if step.level is None and not (step.calls or step.starts or step.fire):
        findings.add(place, "idle-step", point=step.point)
    return max(step.level or 0, level)


def _fired(event: Event, deadline: Deadline | None, loc: Loc, findings: Findings) -> None:
    """An event that a step fires is fired by the scheduler, without data, on a case that the deadline runs for."""
    if "scheduler" not in event.by:
        findings.add(loc, "step-role", name=event.name)
    if event.needs:
        findings.add(loc, "fired-needs", name=event.name, missing=list(event.needs))
    if deadline is not None and not deadline.runs_in.intersection(event.sources):
        findings.add(loc, "step-state", name=event.name, states=sorted(deadline.runs_in))


def _both(fault: InvalidDuration) -> Label:
    return Label(text("error.invalid-duration", "en", **fault.data), text("error.invalid-duration", "zh", **fault.data))
