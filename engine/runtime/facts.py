"""What guards see: only what an event's expressions read is looked up."""

from collections.abc import Callable, Iterable, Mapping, Set
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from duban.engine.guards.variables import CASE_PARTS
from duban.engine.model.case import Case
from duban.engine.model.definition import Field, Workflow
from duban.engine.model.scope import Scope
from duban.engine.runtime.occurrences import counted
from duban.engine.runtime.situation import Situation

if TYPE_CHECKING:
    from duban.engine.ports.store import Reader


def facts_for(
    names: Iterable[str], workflow: Workflow, situation: Situation, data: Mapping[str, Any], reader: "Reader"
) -> dict[str, Any]:
    """The values of the variables ``names`` over ``data``; one without a value is left out, and reading it refuses.

    Of confidential cases only those are there that the situation's scope admits.
    """
    wanted = frozenset(names)
    values = _at_hand(wanted, workflow, situation, data)
    for group, parts in _looked_up(wanted):
        found = _LOOK_UPS[group](parts, workflow, situation, data, reader)
        values |= {f"{group}.{part}": value for part, value in found if part in parts}
    return values


@lru_cache(maxsize=1024)
def _looked_up(wanted: frozenset[str]) -> tuple[tuple[str, Set[str]], ...]:
    """Of these variables those that need a look into the store: the rest of the name, by the first word."""
    parts: dict[str, set[str]] = {}
    for name in wanted:
        group, dot, part = name.partition(".")
        if dot:
            parts.setdefault(group, set()).add(part)
    return tuple((group, parts[group]) for group in _LOOK_UPS if group in parts)


def hanging_on(fields: Set[str], workflow: Workflow) -> frozenset[str]:
    """The variables that are not known before the values of these fields are."""
    names = {f"{prefix}.{name}" for name in fields for prefix in ("data", "given")}
    names |= {f"linked.{name}.{part}" for name in fields for part in CASE_PARTS}
    names |= {f"counted.{count.name}" for count in workflow.counts.values() if not fields.isdisjoint(count.across)}
    return frozenset(names)


def _at_hand(wanted: Set[str], workflow: Workflow, situation: Situation, data: Mapping[str, Any]) -> dict[str, Any]:
    """Of the variables that are wanted those that need no look into the store."""
    values: dict[str, Any] = {}
    for name in wanted:
        group, _, field = name.partition(".")
        if group == "given":
            values[name] = data.get(field) is not None
        elif group == "data":
            value = data.get(field)
            if value is not None:
                values[name] = _plain(workflow.fields.get(field), value)
        elif name in _OF_THE_SITUATION:
            value = _OF_THE_SITUATION[name](situation)
            if value is not None:
                values[name] = value
    return values


def _plain(field: Field | None, value: Any) -> Any:
    # CEL does not compare whole numbers with doubles, so number fields are doubles throughout.
    return float(value) if field is not None and field.kind == "number" and not field.whole else value


_Found = Iterable[tuple[str, Any]]
_LookUp = Callable[[Set[str], Workflow, Situation, Mapping[str, Any], "Reader"], _Found]


def _counts(parts: Set[str], _w: Workflow, situation: Situation, _d: Mapping[str, Any], reader: "Reader") -> _Found:
    found = reader.event_counts(situation.case.id, parts) if situation.case else {}
    return [(event, found.get(event, 0)) for event in parts]


def _lasts(
    parts: Set[str], workflow: Workflow, situation: Situation, _d: Mapping[str, Any], reader: "Reader"
) -> _Found:
    events = {part.partition(".")[0] for part in parts}
    rows = reader.last_rows(situation.case.id, events) if situation.case else {}
    for event, row in rows.items():
        yield f"{event}.actor", row.actor
        yield f"{event}.at", row.at
        if row.unit is not None:
            yield f"{event}.unit", row.unit
        for name, value in row.data.items():
            if value is not None:
                yield f"{event}.data.{name}", _plain(workflow.fields.get(name), value)


def _children(parts: Set[str], _w: Workflow, situation: Situation, _d: Mapping[str, Any], reader: "Reader") -> _Found:
    """Child cases by workflow, and by the event that opened them where that is asked for."""
    every = reader.children(situation.case.id) if situation.case else []
    children = [child for child in every if situation.scope.admits(child.audience)]
    groups = {part.rpartition(".")[0] for part in parts}
    opened = reader.opening_events([child.id for child in children]) if any("." in group for group in groups) else {}
    for group in groups:
        workflow, _, event = group.partition(".")
        own = [c for c in children if c.workflow == workflow and (not event or opened.get(c.id) == event)]
        yield f"{group}.total", len(own)
        yield f"{group}.open", sum(child.is_open for child in own)


def _elapsed(parts: Set[str], _w: Workflow, situation: Situation, _d: Mapping[str, Any], reader: "Reader") -> _Found:
    """Working days that a deadline has run for in its present entry."""
    watches = reader.stopwatches(situation.case.id) if situation.case else {}
    for name in parts:
        watch = watches.get(name)
        running = situation.hours.between(watch.since, situation.now) if watch and watch.since else 0
        yield name, (running + (watch.used if watch else 0)) / situation.hours.day_seconds


def _counted(
    parts: Set[str], workflow: Workflow, situation: Situation, data: Mapping[str, Any], reader: "Reader"
) -> _Found:
    for name in parts:
        yield name, counted(reader, workflow, workflow.counts[name], situation, data)


def _linked(parts: Set[str], _w: Workflow, situation: Situation, data: Mapping[str, Any], reader: "Reader") -> _Found:
    for field in {part.partition(".")[0] for part in parts}:
        ref = data.get(field)
        case = reader.case(ref, Scope.unbounded()) if ref is not None else None
        for part, value in _told_of(case, situation):
            yield f"{field}.{part}", value


def _parent(_p: Set[str], _w: Workflow, situation: Situation, _d: Mapping[str, Any], reader: "Reader") -> _Found:
    case = situation.case
    parent = situation.parent if case is None else reader.case_by_id(case.parent_id) if case.parent_id else None
    return _told_of(parent, situation)


def _told_of(case: Case | None, situation: Situation) -> _Found:
    if case is None or not situation.scope.admits(case.audience):
        return []
    told = {"workflow": case.workflow, "state": case.state, "open": case.is_open, "level": case.level}
    return [*told.items(), *([("unit", case.unit)] if case.unit is not None else [])]


def _local(situation: Situation) -> datetime:
    return situation.now.astimezone(situation.hours.zone)


_OF_THE_SITUATION: Final[Mapping[str, Callable[[Situation], Any]]] = {
    "actor": lambda situation: situation.request.actor.name,
    "posts": lambda situation: [held.name for held in situation.request.actor.posts],
    "roles": lambda situation: sorted(situation.request.actor.roles),
    "unit": lambda situation: situation.post and situation.post.unit,
    "level": lambda situation: situation.case.level if situation.case else 0,
    "state": lambda situation: situation.case and situation.case.state,
    "ref": lambda situation: situation.case and situation.case.ref,
    "now": lambda situation: situation.now,
    "today": lambda situation: _local(situation).date().isoformat(),
    "time": lambda situation: _local(situation).strftime("%H:%M"),
}
"""The variables of one word; None is one without a value."""

_LOOK_UPS: Final[Mapping[str, _LookUp]] = {
    "count": _counts,
    "last": _lasts,
    "children": _children,
    "elapsed": _elapsed,
    "counted": _counted,
    "linked": _linked,
    "parent": _parent,
}
"""How the variables under each name are looked up; each gives the rest of the name with its value."""
