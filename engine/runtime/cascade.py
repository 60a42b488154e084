"""What one case's event does to others, in the same transaction: children that start, parents and linked cases."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NoReturn

from duban.engine.errors import (
    CaseArchived,
    DubanError,
    GuardRefused,
    InvalidData,
    Refused,
    UnknownEvent,
    UsageError,
)
from duban.engine.model.case import Case, Outcome
from duban.engine.model.definition import Entry, Fire, Source, Start, Workflow
from duban.engine.model.label import Label
from duban.engine.model.organization import Actor
from duban.engine.model.scope import Scope
from duban.engine.organization.directory import SYSTEM_ACTOR
from duban.engine.ports.records import Refusal
from duban.engine.runtime.admission import declared
from duban.engine.runtime.definitions import Compiled
from duban.engine.runtime.judge import admit, holds, recorded
from duban.engine.runtime.request import Request
from duban.engine.runtime.situation import Situation

if TYPE_CHECKING:
    from duban.engine.runtime.commands import Commands

MAX_DEPTH: Final = 5
"""How deep one event may start cases, fire on others and climb counts; a circle of these ends here."""

_REFUSED: Final = (Refused, InvalidData, UnknownEvent)
"""What another case may answer; the definition that it began under may not know the event."""

_HIDDEN: Final = Label("a case that it is tied to does not allow it now", "相关联的事项现不允许")


class Cascade:
    """Starts children and fires on other cases through the ordinary guarded path.

    A child is started by the actor where one of its roles may start it, else by ``system``, which fires all the rest.
    """

    def __init__(self, commands: "Commands") -> None:
        self._commands = commands

    def start_all(
        self, starts: tuple[Start, ...], situation: Situation, compiled: Compiled, depth: int
    ) -> tuple[str, ...]:
        """Start every declared case as a child of the situation's; the references of all that were started."""
        parent, actor = situation.case, situation.request.actor
        if not starts or parent is None:
            return ()
        _bounded(parent, depth)
        refs: list[str] = []
        for start in starts:
            if start.when is not None and not holds(start.when, situation, compiled, self._commands.writer):
                continue
            starter = self._starter(start, actor)
            for item in _items(start, parent):
                drawn = {name: _drawn(source, item, parent) for name, source in (start.data or {}).items()}
                files = {name for name in drawn if drawn[name] and _is_evidence(start, name, compiled.workflow)}
                request = Request(
                    actor=starter, event=start.event, workflow=start.workflow,
                    data={name: value for name, value in drawn.items() if name not in files},
                    evidence={name: drawn[name] for name in files},
                )  # fmt: skip
                outcome = self._commands.start(request, parent, depth + 1)
                refs += [outcome.case.ref, *outcome.started]
        return tuple(refs)

    def _starter(self, start: Start, actor: Actor) -> Actor:
        workflow = self._commands.world.definitions.current(start.workflow, SYSTEM_ACTOR).workflow
        opening = workflow.events.get(start.event) if start.event else workflow.opening_events[0]
        return actor if opening is not None and actor.roles.intersection(opening.by) else SYSTEM_ACTOR

    def fire_all(self, fires: tuple[Fire, ...], case: Case, asked: Request, depth: int) -> None:
        """Fire every declared event on the cases that it is for, on behalf of what was ``asked``."""
        if fires:
            _bounded(case, depth)
        for fire in fires:
            for other in self._others(fire, case):
                self._fire(fire, case, other, asked, depth)

    def _others(self, fire: Fire, case: Case) -> list[Case]:
        writer = self._commands.writer
        if fire.on == "children":
            return [child for child in writer.children(case.id) if child.workflow == fire.workflow and child.is_open]
        if fire.on == "referring":
            return writer.referring(case.ref, fire.workflow or "", fire.field or "")
        if fire.on == "case":
            value = case.data.get(fire.field or "")
            refs = value if isinstance(value, list) else [value] if value is not None else []
            found = [writer.case(ref, Scope.unbounded()) for ref in refs]
        else:
            found = [writer.case_by_id(case.parent_id)] if case.parent_id is not None else []
        return [other for other in found if other is not None]

    def _fire(self, fire: Fire, case: Case, other: Case, asked: Request, depth: int) -> None:
        """Fire on one other case. An optional event that is refused there is passed over, but not where it is refused
        for the archive alone that the case lies in. Of a case that the actor cannot see only that it refuses is told.
        """
        data = {theirs: case.data.get(own) for theirs, own in (fire.data or {}).items()}
        request = Request(actor=SYSTEM_ACTOR, event=fire.event, ref=other.ref, data=data)
        if fire.optional and not self._is_awaited(request, case, other):
            try:
                with self._commands.writer.part():
                    self._commands.fire(request, depth + 1)
            except CaseArchived as fault:
                if fault.data["ref"] != other.ref:
                    self._told(fault, case, other, asked)
            except _REFUSED:
                return
            return
        try:
            self._commands.fire(request, depth + 1)
        except _REFUSED as fault:
            self._told(fault, case, other, asked)

    def _told(self, fault: DubanError, case: Case, other: Case, asked: Request) -> NoReturn:
        """Refuse for another case, of which only those are told who may see it."""
        scope, about = self._commands.world.directory.scope(asked.actor), other
        if isinstance(fault, CaseArchived):
            about = self._commands.writer.case(fault.data["ref"], Scope.unbounded()) or other
        if scope.allows(other) and scope.allows(about):
            raise fault
        raise GuardRefused(event=asked.event, ref=case.ref, reasons=[_HIDDEN]) from None

    def _is_awaited(self, request: Request, case: Case, other: Case) -> bool:
        """Whether a case lies in an archive that would take the event as it stands: it has to be brought back first.

        Not where whoever sees this case may not see that one: it would be told by the refusal.
        """
        if other.archive is None or other.audience not in ((), case.audience):
            return False
        world, writer = self._commands.world, self._commands.writer
        compiled = world.definitions.pinned(other.definition, writer)
        now, scope = world.clock.now(), Scope.unbounded()
        try:
            event = declared(compiled.workflow, request)
            admit(Situation(request, other, None, scope, now, world.hours), compiled, event)
        except _REFUSED:
            return False
        return True

    def fire_step(self, event: str, case: Case, scheduler: Actor, depth: int, key: str | None = None) -> Outcome | None:
        """Fire a ladder step's event as the scheduler, and tell what it came to.

        None when it is refused: the refusal is recorded, and the step was climbed all the same.

        Raises:
            CaseArchived: another case has to be brought back first. The step is not climbed.
        """
        _bounded(case, depth)
        writer = self._commands.writer
        try:
            with writer.part():
                return self._commands.fire(Request(actor=scheduler, event=event, ref=case.ref, key=key), depth + 1)
        except CaseArchived:
            raise
        except (Refused, InvalidData) as fault:
            writer.add_refusal(refusal_of(fault, self._commands.world.clock.now(), scheduler, case, event))
            return None


def refusal_of(fault: DubanError, now: datetime, actor: Actor, case: Case, event: str) -> Refusal:
    """The refusal of an event on a case, for the log of refusals."""
    reasons: tuple[Label, ...] = (Label(fault.message("en"), fault.message("zh")),)
    if isinstance(fault, GuardRefused):
        reasons = tuple(recorded(reason) for reason in fault.labels)
    return Refusal(now, actor.name, case.ref, case.workflow, event, fault.code, reasons)


def _bounded(case: Case, depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise UsageError("starts-too-deep", ref=case.ref, depth=MAX_DEPTH)


_Item = tuple[Any, Entry | None]


def _items(start: Start, parent: Case) -> list[_Item]:
    if start.each_field is not None:
        return [(item, None) for item in parent.data.get(start.each_field) or ()]
    if start.each_entry is None:
        return [(None, None)]
    return [(entry.key, entry) for entry in start.each_entry if _fits(entry, start.where or {}, parent)]


def _fits(entry: Entry, where: Mapping[str, str], parent: Case) -> bool:
    return all(entry.attributes.get(attribute) == parent.data.get(name) for attribute, name in where.items())


def _is_evidence(start: Start, name: str, workflow: Workflow) -> bool:
    """Whether a started case is given files that this one holds: they were kept already and are only referred to."""
    source = (start.data or {})[name]
    return source.kind == "field" and workflow.fields[source.name].kind == "evidence"


def _drawn(source: Source, item: _Item, parent: Case) -> Any:
    value, entry = item
    if source.kind == "value":
        return source.value
    if source.kind == "field":
        return parent.data.get(source.name)
    if source.kind == "item":
        return value
    if entry is None:
        return None
    return entry.label.text(source.name) if source.kind == "label" else entry.attributes.get(source.name)
