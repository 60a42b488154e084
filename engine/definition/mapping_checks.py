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
        event = opening.get(self._mapping.event)
        if event is None:
            self._findings.unknown(("event",), "opening", self._mapping.event, list(opening))
        else:
            self._who(self._mapping.by, event, ("by",))
            self._brings(event, self._mapping.fields, (), ("fields",))
        if self._mapping.replay is not None:
            for step in self._mapping.replay.steps.values():
                self._step(step)
            self._course(self._mapping.replay, event)

    def _step(self, step: Recorded) -> None:
        loc: Loc = ("replay", "events", step.step)
        event = self._workflow.events.get(step.event)
        if event is None or event.opens:
            known = [name for name, other in self._workflow.events.items() if not other.opens]
            named: Loc = (*loc, "event") if step.event != step.step else loc
            self._findings.unknown(named, "event", step.event, known, at_key=step.event == step.step)
            return
        self._who(step.by, event, (*loc, "by"))
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
        if cell.kind == "value":
            self._value(field, cell.value, (*loc, "value"))
        for found, value in (cell.values or {}).items():
            self._value(field, value, (*loc, "values", found))
        if cell.values is not None and cell.otherwise is not None:
            self._value(field, cell.otherwise, (*loc, "else"))

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

    def _who(self, who: Who, event: Event, loc: Loc) -> None:
        if who.role is not None:
            if not self._directory.carriers(who.role, None):
                roles = sorted({role for post in self._directory.organization.posts.values() for role in post.roles})
                self._findings.unknown((*loc, "role"), "role", who.role, roles)
            elif who.role not in event.by:
                self._findings.add((*loc, "role"), "map-role", name=who.role, event=event.name, roles=list(event.by))
            return
        cell = who.cell
        if cell is None:
            return
        names: list[tuple[str, Loc]] = [(name, (*loc, "values", found)) for found, name in (cell.values or {}).items()]
        if cell.values is not None and cell.otherwise is not None:
            names.append((cell.otherwise, (*loc, "else")))
        if cell.kind == "value":
            names.append((cell.value, loc))
        for name, place in names:
            self._actor(name, event, place)

    def _actor(self, name: str, event: Event, loc: Loc) -> None:
        organization = self._directory.organization
        try:
            actor = self._directory.actor(name)
        except UnknownActor:
            self._findings.unknown(loc, "actor", name, sorted([*organization.accounts, *organization.posts]))
            return
        if not actor.roles.intersection(event.by):
            roles = sorted(actor.roles)
            self._findings.add(loc, "map-actor", name=name, event=event.name, roles=list(event.by), carried=roles)

    def _course(self, replay: Replay, opening: Event | None) -> None:
        named: set[str] = set()
        loc: Loc = ("replay", "course")
        courses: list[tuple[Loc, Any]] = [
            ((*loc, "values", v), steps) for v, steps in (replay.course.values or {}).items()
        ]
        if replay.course.otherwise is not None:
            courses.append(((*loc, "else"), replay.course.otherwise))
        for way, steps in courses:
            named.update(steps)
            state = opening.target if opening is not None else None
            for index, name in enumerate(steps):
                place: Loc = (*way, index)
                step = replay.steps.get(name)
                if step is None:
                    self._findings.unknown(place, "step", name, list(replay.steps))
                    break
                event = self._workflow.events.get(step.event)
                if event is None or state is None:
                    break
                if state not in event.sources:
                    possible = [other.name for other in self._workflow.events.values() if state in other.sources]
                    self._findings.add(place, "map-course", name=name, state=state, known=possible)
                    break
                state = event.target or state
        for name in replay.steps:
            if name not in named:
                self._findings.add(("replay", "events", name), "map-idle", at_key=True, name=name)
