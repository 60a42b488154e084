"""The shape of an import map, as typed models that forbid what they do not know."""

from typing import Annotated, Any

from pydantic import Field

from duban.engine.definition.shared_documents import Document, Words

Columns = str | Annotated[list[str], Field(min_length=1)]


class CellDoc(Document):
    """Where a value comes from: ``column`` (with ``values`` and ``else``), ``value``, ``template`` or ``days``."""

    column: str | None = None
    values: dict[str, Any] | None = None
    otherwise: Any = Field(default=None, alias="else")
    value: Any = None
    template: Words | None = None
    days: Annotated[int, Field(ge=0, le=3660)] | None = None


class EventTableDoc(Document):
    """Which event starts the case, by the value of a ``column``."""

    column: str
    values: Annotated[dict[str, str], Field(min_length=1)]
    otherwise: str | None = Field(default=None, alias="else")


class WhoDoc(Document):
    """Who acts: the actor in a ``column`` (with ``values`` and ``else``), or a ``role`` (``of: unit``)."""

    column: str | None = None
    values: dict[str, str] | None = None
    otherwise: str | None = Field(default=None, alias="else")
    role: str | None = None
    of: str | None = None


class ShiftDoc(Document):
    """Two dates: what happened on the first is told as of the second."""

    source: str = Field(alias="from")
    to: str


class TimesDoc(Document):
    """How times are written in the table."""

    format: Words
    timezone: str
    shift: ShiftDoc | None = None


class CourseDoc(Document):
    """Which steps a case took, by the value of a column; ``when`` bounds it to rows with these cells."""

    when: dict[str, Annotated[list[str], Field(min_length=1)]] = Field(default_factory=dict)
    column: str
    values: Annotated[dict[str, list[str]], Field(min_length=1)]
    otherwise: list[str] | None = Field(default=None, alias="else")


class RecordedDoc(Document):
    """One step of the recorded course."""

    event: str | None = None
    at: Columns
    by: str | WhoDoc
    fields: dict[str, CellDoc] = Field(default_factory=dict)
    evidence: dict[str, str] = Field(default_factory=dict)
    note: str | None = None


class ReplayDoc(Document):
    """The recorded course."""

    start_at: Columns
    course: CourseDoc | Annotated[list[CourseDoc], Field(min_length=1)]
    events: dict[str, RecordedDoc]


class MapDoc(Document):
    """An import map."""

    workflow: str = Field(alias="import")
    register_name: str = Field(alias="register")
    note: str | None = None
    key: str
    event: str | EventTableDoc
    by: str | WhoDoc
    times: TimesDoc | None = None
    keep: dict[str, Annotated[list[str], Field(min_length=1)]] = Field(default_factory=dict)
    fields: dict[str, CellDoc]
    replay: ReplayDoc | None = None
