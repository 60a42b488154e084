"""What one case's event does to others, in the same transaction: children that start, parents that are told."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from duban.engine.errors import GuardRefused, InvalidData, Refused, UsageError
from duban.engine.model.case import Case
from duban.engine.model.definition import Entry, FireParent, Source, Start
from duban.engine.model.organization import Actor
from duban.engine.organization.directory import SYSTEM_ACTOR
from duban.engine.ports.store import Refusal
from duban.engine.runtime.request import Request

if TYPE_CHECKING:
    from duban.engine.runtime.commands import Commands

MAX_DEPTH: Final = 5
"""How many cases deep one event may start others; a circle of starts ends here."""


class Cascade:
    """Starts children and fires on parents through the ordinary guarded path, as ``system``."""

    def __init__(self, commands: "Commands") -> None:
        self._commands = commands

    def start_all(self, starts: tuple[Start, ...], parent: Case, depth: int) -> tuple[str, ...]:
        """Start every declared case as a child; the references of all that were started."""
        if starts and depth >= MAX_DEPTH:
            raise UsageError("starts-too-deep", ref=parent.ref, depth=MAX_DEPTH)
        refs: list[str] = []
        for start in starts:
            for item in _items(start, parent):
                data = {name: _drawn(source, item, parent) for name, source in (start.data or {}).items()}
                request = Request(actor=SYSTEM_ACTOR, event=start.event, workflow=start.workflow, data=data)
                outcome = self._commands.start(request, parent, depth + 1)
                refs += [outcome.case.ref, *outcome.started]
        return tuple(refs)

    def fire_parent(self, fire: FireParent, child: Case, depth: int) -> None:
        """Fire the event on the parent. An optional one that is refused there is passed over."""
        writer = self._commands.writer
        parent = writer.lock_case_by_id(child.parent_id or 0)
        if parent is None or depth >= MAX_DEPTH:
            return
        request = Request(actor=SYSTEM_ACTOR, event=fire.event, ref=parent.ref)
        if not fire.optional:
            self._commands.fire(request, depth + 1)
            return
        try:
            with writer.part():
                self._commands.fire(request, depth + 1)
        except (Refused, InvalidData):
            return

    def fire_step(self, event: str, case: Case, scheduler: Actor) -> None:
        """Fire a ladder step's event as the scheduler. A refusal is recorded; the step was climbed all the same."""
        writer = self._commands.writer
        try:
            with writer.part():
                self._commands.fire(Request(actor=scheduler, event=event, ref=case.ref))
        except (Refused, InvalidData) as fault:
            reasons = tuple(fault.reasons) if isinstance(fault, GuardRefused) else (str(fault),)
            now = self._commands.world.clock.now()
            writer.add_refusal(Refusal(now, scheduler.name, case.ref, case.workflow, event, fault.code, reasons))


_Item = tuple[Any, Entry | None]


def _items(start: Start, parent: Case) -> list[_Item]:
    if start.each_field is not None:
        return [(item, None) for item in parent.data.get(start.each_field) or ()]
    if start.each_entry is None:
        return [(None, None)]
    return [(entry.key, entry) for entry in start.each_entry if _fits(entry, start.where or {}, parent)]


def _fits(entry: Entry, where: Mapping[str, str], parent: Case) -> bool:
    return all(entry.attributes.get(attribute) == parent.data.get(name) for attribute, name in where.items())


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
