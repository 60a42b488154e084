"""Reads for an actor: every one of them carries the actor's scope."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, overload

from duban.engine.errors import CaseArchived, GuardRefused, InvalidData, NotPermitted, TransitionNotAllowed, UnknownCase
from duban.engine.messages import text
from duban.engine.model.case import Case, Choice, HistoryRow
from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label
from duban.engine.runtime.facts import hanging_on
from duban.engine.runtime.given import require_texts
from duban.engine.runtime.judge import refusals
from duban.engine.runtime.request import Request
from duban.engine.runtime.situation import Situation

if TYPE_CHECKING:
    from duban.engine.model.definition import Event
    from duban.engine.model.organization import Actor
    from duban.engine.ports.store import Reader
    from duban.engine.runtime.definitions import Compiled
    from duban.engine.runtime.telling import Telling
    from duban.engine.runtime.world import World


class Page(Sequence[Case]):
    """Cases, newest first, and the ``cursor`` with which the next page is asked for (None: this is the last).

    What a cursor is made of may change; it tells nothing of cases that the page does not show.
    """

    def __init__(self, cases: Sequence[Case], cursor: str | None) -> None:
        self._cases = list(cases)
        self.cursor = cursor

    @overload
    def __getitem__(self, index: int) -> Case: ...

    @overload
    def __getitem__(self, index: slice) -> list[Case]: ...

    def __getitem__(self, index: int | slice) -> Case | list[Case]:
        return self._cases[index]

    def __len__(self) -> int:
        return len(self._cases)

    def __iter__(self) -> Iterator[Case]:
        return iter(self._cases)

    def __repr__(self) -> str:
        return f"Page({[case.ref for case in self._cases]!r}, cursor={self.cursor!r})"


def cursor_of(case: Case, by_due: bool) -> str:
    """The cursor of a page that ends with this case. By due time it tells when that was due: that may have changed."""
    return f"{case.ref}@{case.due_at.isoformat()}" if by_due and case.due_at is not None else case.ref


def parted(cursor: str, actor: "Actor") -> tuple[str, datetime]:
    """The case that ends a page by due time, and when it was due.

    Raises:
        UnknownCase: it is no such cursor.
    """
    ref, _, due_at = cursor.rpartition("@")
    try:
        found = datetime.fromisoformat(due_at)
    except ValueError:
        raise UnknownCase(ref=cursor, actor=actor.name) from None
    if found.tzinfo is None:
        raise UnknownCase(ref=cursor, actor=actor.name)
    return ref, found


@frozen
class Progress:
    """What anybody who holds the follow code is told: no names, no posts, no words of others."""

    ref: str
    workflow: Label
    state: Label
    open: bool
    opened_at: datetime
    updated_at: datetime
    shown: tuple[tuple[Label, Any], ...]
    steps: tuple[tuple[datetime, Label], ...]


def seen(telling: "Telling", ref: str) -> Case:
    """The case, if the actor can see it.

    Raises:
        UnknownCase: there is none, or not for this actor. UsageError: the reference is no text.
    """
    require_texts(ref=ref)
    case = telling.reader.case(ref, telling.scope)
    if case is None:
        raise UnknownCase(ref=ref, actor=telling.actor.name)
    return case


def explained(reader: "Reader", world: "World", case: Case, actor: "Actor") -> list[Choice]:
    """Every event of the case's workflow: whether the actor may fire it now, and each reason why not.

    A guard over data that the event itself would bring is left open.
    """
    compiled = world.definitions.pinned(case.definition, reader)
    events = [event for event in compiled.workflow.events.values() if not event.opens]
    return [_choice(event, compiled, reader, world, case, actor) for event in events]


def _choice(
    event: "Event", compiled: "Compiled", reader: "Reader", world: "World", case: Case, actor: "Actor"
) -> Choice:
    directory = world.directory
    post = directory.acting_post(actor, event.by, case.unit)
    request = Request(actor=actor, event=event.name, ref=case.ref)
    situation = Situation(request, case, post, directory.scope(actor), world.clock.now(), world.hours)
    found: list[tuple[str, Label]] = []
    conditions: list[Label] = []
    workflow = compiled.workflow
    if case.archive is not None:
        # Neither guards nor anything else that looks at the history is asked: it lies elsewhere.
        found.append((CaseArchived.code, _told("archived", archive=case.archive)))
    if not actor.roles.intersection(event.by):
        roles = [directory.organization.roles[role].label for role in event.by if role in directory.organization.roles]
        found.append((NotPermitted.code, _told("role", roles=roles or list(event.by))))
    if case.state not in event.sources:
        sources = [workflow.states[source].label for source in event.sources]
        found.append((TransitionNotAllowed.code, _told("state", sources=sources)))
    elif case.archive is None:
        brought = {*event.needs, *event.takes, *(setting.field for setting in event.settings)}
        missing = [name for name in event.has if case.data.get(name) is None and name not in brought]
        for name in missing:
            found.append((InvalidData.code, _told("absent", field=workflow.fields[name].label)))
        firm = refusals(situation, compiled, event, case.data, reader, hanging_on(brought, workflow))
        found += [(GuardRefused.code, reason) for reason in firm]
        # With nothing given that need not be given: what is refused then depends on what may be given.
        asked = brought - (set(event.takes) - set(event.needs) - {setting.field for setting in event.settings})
        bare = refusals(situation, compiled, event, case.data, reader, hanging_on(asked, workflow))
        conditions = [reason for reason in bare if reason not in firm]
    return Choice(
        event=event.name,
        label=event.label,
        allowed=not found,
        target=event.target or case.state,
        needs=event.needs,
        takes=event.takes,
        reasons=tuple(reason for _, reason in found),
        code=found[0][0] if found else None,
        conditions=tuple(conditions),
        wants=_wanted(event, compiled, conditions),
    )


def _wanted(event: "Event", compiled: "Compiled", conditions: Sequence[Label]) -> tuple[str, ...]:
    """The fields that may be given and that the guards behind these conditions read."""
    guards = [guard for guard in event.guards if any(told.en.startswith(guard.reason.en) for told in conditions)]
    read = {name for guard in guards for name in compiled.condition(guard.check).names}
    return tuple(name for name in event.takes if read & hanging_on({name}, compiled.workflow))


def _told(key: str, **data: Any) -> Label:
    return Label(text(f"explain.{key}", "en", **data), text(f"explain.{key}", "zh", **data))


def progress_of(world: "World", reader: "Reader", case: Case, rows: Sequence[HistoryRow]) -> Progress:
    """What the holder of the follow code is told: states and dates, and the fields that the workflow shows."""
    workflow = world.definitions.pinned(case.definition, reader).workflow
    shown = []
    for name in workflow.follow or ():
        field, value = workflow.fields[name], case.data.get(name)
        if value is not None:
            shown.append((field.label, (field.choices or {}).get(str(value), value)))
    moves = [row for row in rows if row.from_state != row.to_state]
    return Progress(
        ref=case.ref,
        workflow=workflow.label,
        state=workflow.states[case.state].label,
        open=case.is_open,
        opened_at=case.opened_at,
        updated_at=moves[-1].at if moves else case.opened_at,
        shown=tuple(shown),
        steps=tuple((row.at, workflow.states[row.to_state].label) for row in moves),
    )
