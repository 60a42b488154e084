"""A workflow as the runtime uses it: checked, complete, frozen."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, Literal

from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label
from duban.engine.model.views import Board, Record

FieldKind = Literal["text", "number", "boolean", "date", "choice", "list", "unit", "post", "case", "evidence"]


@frozen
class Field:
    """A declared field. Which of the limits apply depends on ``kind``; ``item`` is the type of a list's items.

    ``accept`` are the kinds of files that evidence may be (empty: photo and document); with ``keep_metadata``
    nothing is taken out of them.
    """

    name: str
    kind: FieldKind
    label: Label
    default: Any = None
    max: float | None = None
    min: float | None = None
    whole: bool = False
    pattern: str | None = None
    choices: Mapping[str, Label] | None = None
    item: "Field | None" = None
    workflow: str | None = None
    accept: tuple[str, ...] = ()
    keep_metadata: bool = False


@frozen
class State:
    """A state; a case in a ``final`` one is closed."""

    name: str
    label: Label
    final: bool = False


@frozen
class Guard:
    """A condition in CEL, the reason that is told when it does not hold, and its place in the document."""

    check: str
    reason: Label
    place: tuple[str | int, ...] = ()


@frozen
class Call:
    """An action of the registry with its parameters; goes to the outbox."""

    action: str
    params: Mapping[str, Any]


@frozen
class Table:
    """A value looked up by the choice in field ``by``, or ``otherwise``. A value may be a table again."""

    by: str
    rows: Mapping[str, Any]
    otherwise: Any = None

    def value(self, data: Mapping[str, Any]) -> Any:
        """The value for these data; None where there is none."""
        found = self.rows.get(str(data.get(self.by)), self.otherwise)
        return found.value(data) if isinstance(found, Table) else found

    def cells(self) -> Iterator[tuple[tuple[tuple[str, str], ...], Any]]:
        """Every value with the fields and choices that lead to it; the choice ``else`` where no row fits."""
        rows = [*self.rows.items(), *([("else", self.otherwise)] if self.otherwise is not None else [])]
        for choice, found in rows:
            inner = found.cells() if isinstance(found, Table) else [((), found)]
            for path, value in inner:
                yield ((self.by, choice), *path), value


@frozen
class Setting:
    """A field that an event sets by itself: to a value, from a table, by a CEL expression, to the latest case of a
    count; without any of these it is emptied."""

    field: str
    value: Any = None
    table: Table | None = None
    expression: str | None = None
    latest: str | None = None


@frozen
class Entry:
    """An entry of a catalogue, as a started case draws from it."""

    key: str
    label: Label
    attributes: Mapping[str, Any]


@frozen
class Source:
    """Where a started case's field comes from.

    ``field`` a field of the starting case · ``item`` the list item or entry key · ``label`` the entry's label ·
    ``attribute`` an attribute of the entry (``name``) · ``value`` a literal.
    """

    kind: Literal["field", "item", "label", "attribute", "value"]
    name: str = ""
    value: Any = None


@frozen
class Start:
    """Cases to start as children: one, or one for each item of a list field or entry of a catalogue.

    None at all where the condition ``when`` does not hold for the starting case.
    """

    workflow: str
    event: str | None = None
    each_field: str | None = None
    each_entry: tuple[Entry, ...] | None = None
    where: Mapping[str, str] | None = None
    data: Mapping[str, Source] | None = None
    when: str | None = None


@frozen
class Fire:
    """An event to fire on other cases; an ``optional`` one that is refused there is passed over.

    ``on`` tells which: the ``parent``; the open ``children`` of ``workflow``; the ``case`` that the field ``field``
    refers to; or ``referring``, every open case of ``workflow`` whose field ``field`` refers to this one. ``data`` maps
    fields of their event to fields of this case.
    """

    on: Literal["parent", "children", "case", "referring"]
    event: str
    field: str | None = None
    workflow: str | None = None
    optional: bool = False
    data: Mapping[str, str] | None = None


@frozen
class Event:
    """What an actor may fire. No ``sources``: it starts a case. No ``target``: the case stays where it is."""

    name: str
    label: Label
    sources: tuple[str, ...]
    target: str | None
    by: tuple[str, ...]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    has: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()
    guards: tuple[Guard, ...] = ()
    calls: tuple[Call, ...] = ()
    starts: tuple[Start, ...] = ()
    waits_for: tuple[str, ...] = ()
    fires: tuple[Fire, ...] = ()
    confidential: tuple[str, ...] | None = None
    extends: Mapping[str, str] | None = None
    """Deadlines that the event extends, each by the working days in a number field."""
    erases: tuple[str, ...] = ()
    """Fields whose earlier values are taken out of the case's history."""

    @property
    def opens(self) -> bool:
        """Whether this event starts a case."""
        return not self.sources


@frozen
class Step:
    """One step of a ladder. ``point`` is its text, such as ``due + 1 working day``, or a count such as ``3``.

    ``declared`` counts its entry in the file from 0: a step that repeats is one entry and many steps.
    """

    point: str
    level: int | None = None
    calls: tuple[Call, ...] = ()
    starts: tuple[Start, ...] = ()
    fire: str | None = None
    declared: int = 0


@frozen
class Deadline:
    """A stopwatch on a case: it runs in ``runs_in``, pauses elsewhere, and climbs its ladder.

    Its limit is the working duration ``within`` (canonical text), or from a table of such; or the closing time
    of the day in the date field ``until``.
    """

    name: str
    label: Label
    runs_in: frozenset[str]
    within: str | None = None
    table: Table | None = None
    until: str | None = None
    restarts_on: frozenset[str] = frozenset()
    steps: tuple[Step, ...] = ()


@frozen
class Count:
    """How often something happened, and the ladder that is climbed when it has happened so often.

    ``of`` names events, and steps of ladders as ``deadline@point``; ``when`` is a condition on what counts. It is
    counted within one case, or ``across`` all cases of the workflow with the same values in these fields; only what
    lies ``within`` so much working time before, or since the last of ``resets_on``.
    """

    name: str
    label: Label
    of: frozenset[str]
    when: str | None = None
    across: tuple[str, ...] = ()
    within: str | None = None
    resets_on: frozenset[str] = frozenset()
    steps: tuple[Step, ...] = ()


@frozen
class Workflow:
    """A declared machine. ``hash`` is the SHA-256 of its canonical source and names the definition for ever."""

    name: str
    version: int
    label: Label
    reference: str
    fields: Mapping[str, Field]
    states: Mapping[str, State]
    events: Mapping[str, Event]
    deadlines: Mapping[str, Deadline]
    hash: str
    confidential: tuple[str, ...] = ()
    follow: tuple[str, ...] | None = None
    counts: Mapping[str, Count] = field(default_factory=dict)
    records: Mapping[str, Record] = field(default_factory=dict)
    boards: Mapping[str, Board] = field(default_factory=dict)

    def ladders(self) -> Iterator[tuple[tuple[str | int, ...], Step]]:
        """Every step of every ladder, of deadlines and of counts, with its place in the document."""
        for group, holders in (("deadlines", self.deadlines.values()), ("counts", self.counts.values())):
            for holder in holders:
                for step in holder.steps:
                    yield (group, holder.name, "ladder", step.declared), step

    def all_starts(self) -> Iterator[tuple[tuple[str | int, ...], Start]]:
        """Every start of events and ladder steps, with its place in the document."""
        for event in self.events.values():
            for index, start in enumerate(event.starts):
                yield ("events", event.name, "start", index), start
        for place, step in self.ladders():
            for index, start in enumerate(step.starts):
                yield (*place, "start", index), start

    @property
    def opening_events(self) -> tuple[Event, ...]:
        """The events that start a case, as declared."""
        return tuple(event for event in self.events.values() if event.opens)
