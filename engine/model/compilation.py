"""Compilations: what a snapshot of a case holds, and the snapshot itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

from duban.engine.model.figure import PeriodKind
from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label

FORMAT: Final = "duban-snapshot/1"
SNAPSHOT_FIELD: Final = "snapshot"
"""The evidence field of a case under which its snapshot lies."""

SNAPSHOT_FILE: Final = "snapshot.json"

CellKind = Literal[
    "text", "label", "count", "share", "duration", "date", "instant", "rank", "points", "ref", "number", "boolean"
]
"""What a cell holds. In JSON: a text; both languages; a whole number; numerator, denominator and n; whole minutes; a
day; a moment in UTC; a whole number; numerator and denominator; a reference; a number; true or false. null: nothing."""


@frozen
class PeriodRule:
    """Which period: the one of ``kind`` that the day in ``field`` lies in, or so many ``days`` that end with it."""

    field: str
    kind: PeriodKind = "week"
    days: int | None = None


@frozen
class Column:
    """A column of a table of cases.

    ``source`` is ``ref``, ``state``, ``level``, ``opened_at``, ``closed_at``, ``due_at``, or the name of a field.
    """

    source: str
    label: Label
    kind: CellKind


@frozen
class SubjectTable:
    """One row for each subject of the dimension ``per``: its figures, and its rank by ``score`` if there is one.

    ``counted`` leaves out subjects of which none of the figures counts a case.
    """

    name: str
    label: Label
    per: str
    figures: tuple[str, ...]
    score: str | None = None
    counted: bool = False


@frozen
class CaseTable:
    """One row for each case of ``workflow`` for which ``where`` holds (all without it), oldest reference first."""

    name: str
    label: Label
    workflow: str
    where: str | None
    columns: tuple[Column, ...]


@frozen
class Chart:
    """A bar chart of columns of a table of subjects, or lines of figures over so many periods up to this one."""

    name: str
    label: Label
    kind: Literal["bar", "line"]
    table: str | None = None
    columns: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    periods: int = 1


@frozen
class Compilation:
    """What a snapshot holds of the cases of a period, for a case of ``workflow``.

    With ``unit``, a field of that case: only of cases of the unit in it, the figures of that unit alone.
    """

    name: str
    workflow: str
    version: int
    label: Label
    period: PeriodRule
    unit: str | None = None
    figures: tuple[str, ...] = ()
    tables: Mapping[str, SubjectTable | CaseTable] = field(default_factory=dict)
    charts: Mapping[str, Chart] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """The snapshot of a case as it is kept: canonical JSON, the SHA-256 of it, and the reference of the case."""

    ref: str
    digest: str
    content: bytes

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """What it holds; see docs/reference/compilations.md."""
        parsed: dict[str, Any] = json.loads(self.content)
        return parsed
