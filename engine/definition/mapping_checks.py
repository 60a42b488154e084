"""Checks an import map against its workflow and its pack: fields, choices, events, actors, the way of each course."""

from typing import Any

from duban.engine.definition.findings import Findings, Loc
from duban.engine.definition.values import FieldFault, ValueChecker
from duban.engine.errors import UnknownActor
from duban.engine.messages import text
from duban.engine.model.definition import Event, Field
from duban.engine.model.label import Label
from duban.engine.model.mapping import Cell, ImportMap, Recorded, Replay, Who
from duban.engine.model.pack import Pack
from duban.engine.organization.directory import Directory


def check_map(mapping: ImportMap, pack: Pack, findings: Findings) -> None:
    """Note everything in the map that does not fit the workflow or the organisation."""
    _Checker(mapping, pack, findings).run()


class _Checker:
    def __init__(self, mapping: ImportMap, pack: Pack, findings: Findings) -> None:
        self._mapping = mapping
        self._workflow = mapping.workflow
        self._directory = Directory(pack.organization)
        # Whether a case exists is asked when the row comes.
        self._values = ValueChecker(pack.organization, lambda _ref, _workflow: True)
        self._findings = findings

    def run(self) -> None:
        opening = {event.name: event for event in self._workflow.opening_events}
        if self._mapping.fires:
            # One event for all rows, fired on a case that is named when the table is imported.
            name = str(self._mapping.event.value)
            opening = {name: self._workflow.events[name]}
        openings: list[Event] = []
        for name, loc in _named(self._mapping.event, ("event",)):
            event = opening.get(name)
            if event is None:
                self._findings.unknown(loc, "opening", name, list(opening))
            elif event not in openings:
                openings.append(event)
                self._brings(event, self._mapping.fields, (), ("fields",))
        self._who(self._mapping.by, openings, ("by",))
        if self._mapping.replay is not None:
            for step in self._mapping.replay.steps.values():
                self._step(step)
            self._course(self._mapping.replay, openings)

    def _step(self, step: Recorded) -> None:
        loc: Loc = ("replay", "events", step.step)
        event = self._workflow.events.get(step.event)
        if event is None or event.opens:
            known = [name for name, other in self._workflow.events.items() if not other.opens]
            named: Loc = (*loc, "event") if step.event != step.step else loc
            self._findings.unknown(named, "event", step.event, known, at_key=step.event == step.step)
            return
        self._who(step.by, [event], (*loc, "by"))
        self._brings(event, step.fields, step.evidence, (*loc, "fields"))

    def _brings(self, event: Event, fields: Any, evidence: tuple[str, ...], loc: Loc) -> None:
        taken = [*event.needs, *event.takes]
        for name, cell in fields.items():
            if name not in taken:
                self._findings.unknown((*loc, name), "taken", name, taken, at_key=True)
                continue
            field = self._workflow.fields[name]
            if field.kind == "evidence":
                self._findings.add((*loc, name), "map-evidence-field", at_key=True, name=name)
                continue
            self._cell(cell, field, (*loc, name))
        for name in evidence:
            place: Loc = (*loc[:-1], "evidence", name)
            possible = [item for item in taken if self._workflow.fields[item].kind == "evidence"]
            if name not in possible:
                self._findings.unknown(place, "taken", name, possible, at_key=True)
        missing = [name for name in event.needs if name not in fields and name not in evidence]
        if missing:
            self._findings.add(loc, "map-lacks", at_key=True, event=event.name, missing=missing)

    def _cell(self, cell: Cell, field: Field, loc: Loc) -> None:
        if cell.kind == "days" and field.kind != "date":
            self._findings.add((*loc, "days"), "map-days", at_key=True, name=field.name, kind=field.kind)
        for value, place in _named(cell, loc):
            self._value(field, value, place if cell.kind == "column" else (*loc, "value"))

    def _value(self, field: Field, value: Any, loc: Loc) -> None:
        if value is None:
            return
        try:
            self._values.check(field, value)
        except FieldFault as fault:
            if field.kind == "choice" and isinstance(value, str):
                self._findings.unknown(loc, "choice", value, list(field.choices or {}))
            elif field.kind == "unit" and isinstance(value, str):
                units = sorted(self._directory.organization.units)
                self._findings.unknown(loc, "unit", value, units)
            else:
                why = {lang: text(f"field.{fault.key}", lang, **fault.data) for lang in ("en", "zh")}
                self._findings.add(loc, "value", name=field.name, why=Label(why["en"], why["zh"]))

    def _who(self, who: Who, events: list[Event], loc: Loc) -> None:
        """Somebody who acts may fire at least one of the events: with several, the row decides which goes with whom."""
        if not events:
            return
        may = sorted({role for event in events for role in event.by})
        named = [event.name for event in events]
        if who.role is not None:
            if not self._directory.carriers(who.role, None):
                roles = sorted({role for post in self._directory.organization.posts.values() for role in post.roles})
                self._findings.unknown((*loc, "role"), "role", who.role, roles)
            elif who.role not in may:
                self._findings.add((*loc, "role"), "map-role", name=who.role, event=named, roles=may)
            return
        organization = self._directory.organization
        for name, place in _named(who.cell, loc) if who.cell is not None else ():
            try:
                actor = self._directory.actor(name)
            except UnknownActor:
                self._findings.unknown(place, "actor", name, sorted([*organization.accounts, *organization.posts]))
                continue
            if not actor.roles.intersection(may):
                carried = sorted(actor.roles)
                self._findings.add(place, "map-actor", name=name, event=named, roles=may, carried=carried)

    def _course(self, replay: Replay, openings: list[Event]) -> None:
        taken: set[str] = set()
        for index, course in enumerate(replay.courses):
            # A single course may stand without a list; then the number matches nothing and is passed over.
            for way, place in _named(course.steps, ("replay", "course", index)):
                taken.update(way)
                for state in dict.fromkeys(event.target for event in openings):
                    if state is None or not self._walks(replay, way, state, place):
                        break
        for name in replay.steps:
            if name not in taken:
                self._findings.add(("replay", "events", name), "map-idle", at_key=True, name=name)

    def _walks(self, replay: Replay, way: list[str], state: str, loc: Loc) -> bool:
        """Whether each step leaves the state that the steps before it lead to."""
        for index, name in enumerate(way):
            place: Loc = (*loc, index)
            step = replay.steps.get(name)
            if step is None:
                self._findings.unknown(place, "step", name, list(replay.steps))
                return False
            event = self._workflow.events.get(step.event)
            if event is None:
                return False
            if state not in event.sources:
                possible = [other.name for other in self._workflow.events.values() if state in other.sources]
                self._findings.add(place, "map-course", name=name, state=state, known=possible)
                return False
            state = event.target or state
        return True


def _named(cell: Cell, loc: Loc) -> list[tuple[Any, Loc]]:
    """What the map itself names as outcomes of a cell, each with its place."""
    if cell.kind == "value":
        return [(cell.value, loc)]
    named: list[tuple[Any, Loc]] = [(value, (*loc, "values", found)) for found, value in (cell.values or {}).items()]
    if cell.otherwise is not None:
        named.append((cell.otherwise, (*loc, "else")))
    return named
