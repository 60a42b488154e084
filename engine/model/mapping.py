"""An import map as the importer uses it: checked against its workflow, complete, frozen."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal
from zoneinfo import ZoneInfo

from duban.engine.model.definition import Workflow
from duban.engine.model.frozen import frozen


@frozen
class Cell:
    """Where a value comes from.

    ``column`` the cell of that column, changed by ``values`` where there are any; what they do not name becomes
    ``otherwise``, or is refused when the table is ``closed``. ``value`` a literal. ``template`` text around the cells
    of columns: (text before, column) pairs, the last with an empty column. ``days`` the date so many days later.
    """

    kind: Literal["column", "value", "template", "days"]
    column: str = ""
    value: Any = None
    parts: tuple[tuple[str, str], ...] = ()
    values: Mapping[str, Any] | None = None
    otherwise: Any = None
    closed: bool = True

    @property
    def outcomes(self) -> tuple[Any, ...]:
        """The values that the map itself names."""
        named = [self.value] if self.kind == "value" else [*(self.values or {}).values(), self.otherwise]
        return tuple(dict.fromkeys(value for value in named if value is not None))


@frozen
class Who:
    """Who acts: the actor that ``cell`` gives, or the first post that carries ``role``.

    With ``in_unit`` the post is one of the case's unit, where one there carries the role.
    """

    cell: Cell | None = None
    role: str | None = None
    in_unit: bool = False


@frozen
class Times:
    """How times stand in the table: a ``strptime`` format, in a zone, moved by so many days."""

    format: str
    zone: ZoneInfo
    shift_days: int = 0


@frozen
class Recorded:
    """One recorded step of a case: the event, the columns of its time (the first that is filled), what it brings."""

    step: str
    event: str
    at: tuple[str, ...]
    by: Who
    fields: Mapping[str, Cell]
    evidence: tuple[str, ...] = ()


@frozen
class Course:
    """Which steps follow, by the value of a column, in rows whose cells are among those of ``when``."""

    when: Mapping[str, tuple[str, ...]]
    steps: Cell


@frozen
class Replay:
    """The recorded course of a case: when it starts, and which steps follow: the first of ``courses`` that fits."""

    start_at: tuple[str, ...]
    courses: tuple[Course, ...]
    steps: Mapping[str, Recorded]


@frozen
class ImportMap:
    """How a table becomes cases. ``columns`` tells where in the file each column is first named (line, column)."""

    path: str
    register: str
    workflow: Workflow
    key: str
    event: Cell
    by: Who
    times: Times | None
    keep: Mapping[str, tuple[str, ...]]
    fields: Mapping[str, Cell]
    replay: Replay | None
    columns: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def fires(self) -> bool:
        """Whether every row fires one event on a case that is there already, instead of starting a case."""
        event = self.workflow.events.get(str(self.event.value)) if self.event.kind == "value" else None
        return event is not None and not event.opens and self.replay is None
