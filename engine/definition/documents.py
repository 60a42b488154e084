"""The shape of a workflow file, as typed models that forbid what they do not know."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

Words = Annotated[str, Field(min_length=1, max_length=2000)]


class Document(BaseModel):
    """Strict, frozen, and without unknown keys."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


class Bilingual(Document):
    """The same words in English and Chinese."""

    en: Words
    zh: Words


LabelDoc = Bilingual | Words
Many = str | list[str]


class ChoiceDoc(Document):
    """A choice with its label."""

    label: LabelDoc | None = None


class FieldDoc(Document):
    """A field. Which options apply depends on its type."""

    type: Literal["text", "number", "boolean", "date", "choice", "list", "unit", "post", "case", "evidence"]
    label: LabelDoc | None = None
    note: str | None = None
    default: Any = None
    max: int | float | None = None
    min: int | float | None = None
    whole: bool = False
    pattern: str | None = None
    of: list[str] | dict[str, ChoiceDoc | LabelDoc | None] | str | None = Field(default=None)
    workflow: str | None = None


class StateDoc(Document):
    """A state."""

    label: LabelDoc | None = None
    note: str | None = None
    final: bool = False


class GuardDoc(Document):
    """A condition and the reason that is told when it does not hold."""

    check: Words
    otherwise: LabelDoc = Field(alias="else")


class EntriesDoc(Document):
    """Catalogue entries written out, as a stored definition holds them."""

    entries: dict[str, dict[str, Any]]


class SourceDoc(Document):
    """A literal value for a started case's field."""

    value: Any


class StartDoc(Document):
    """Cases to start as children."""

    workflow: str
    event: str | None = None
    each: EntriesDoc | str | None = None
    where: dict[str, str] | None = None
    data: dict[str, SourceDoc | str] | None = Field(default=None, alias="with")


class FireDoc(Document):
    """An event to fire on the parent case."""

    parent: str
    optional: bool = False


Calls = list[dict[str, dict[str, Any] | None]]
Starts = str | list[StartDoc | str]
Settings = dict[str, dict[str, Any] | str | int | float | bool | list[str]]


class EventDoc(Document):
    """What an actor may fire."""

    label: LabelDoc | None = None
    note: str | None = None
    source: Many | None = Field(default=None, alias="from")
    to: str | None = None
    by: Many
    needs: list[str] = []
    takes: list[str] = []
    has: list[str] = []
    set: Settings = {}
    when: list[GuardDoc] = []
    do: Calls = []
    start: Starts | None = None
    waits_for: Many = []
    fire: FireDoc | None = None
    confidential: list[str] | None = None


class StepDoc(Document):
    """A step of a ladder."""

    at: str
    level: Annotated[int, Field(ge=1, le=99)] | None = None
    do: Calls = []
    start: Starts | None = None
    fire: str | None = None


class DeadlineDoc(Document):
    """A stopwatch on a case."""

    label: LabelDoc | None = None
    note: str | None = None
    runs_in: list[str]
    within: str | dict[str, str] | None = None
    until: str | None = None
    restarts_on: list[str] = []
    ladder: list[StepDoc] = []


class FollowDoc(Document):
    """What anybody who holds the code of a case is shown of it."""

    shows: list[str] = []


class WorkflowDoc(Document):
    """A workflow file."""

    workflow: str
    version: Annotated[int, Field(ge=1)]
    label: LabelDoc | None = None
    note: str | None = None
    reference: str
    confidential: list[str] = []
    follow: FollowDoc | None = None
    fields: dict[str, FieldDoc] = {}
    states: dict[str, StateDoc | None]
    events: dict[str, EventDoc]
    deadlines: dict[str, DeadlineDoc] = {}


class UnitDoc(Document):
    """A unit."""

    label: LabelDoc | None = None
    note: str | None = None
    kind: str = "unit"
    parent: str | None = None


class GridDoc(Document):
    """A grid of a community."""

    label: LabelDoc | None = None
    note: str | None = None


class CommunityDoc(Document):
    """A community, with its grids."""

    label: LabelDoc | None = None
    note: str | None = None
    parent: str | None = None
    grids: dict[str, GridDoc | None] = {}


class RoleDoc(Document):
    """A role."""

    label: LabelDoc | None = None
    note: str | None = None
    sees: Literal["all", "unit", "own"] = "all"


class PostDoc(Document):
    """A post."""

    unit: str
    roles: list[str]
    label: LabelDoc | None = None
    note: str | None = None
    reports_to: str | None = None


class AccountDoc(Document):
    """An account."""

    posts: Annotated[list[str], Field(min_length=1)]
    note: str | None = None


class OrganizationDoc(Document):
    """organization.yaml."""

    timezone: str
    units: dict[str, UnitDoc | None]
    communities: dict[str, CommunityDoc | None] = {}
    roles: dict[str, RoleDoc | None] = {}
    posts: dict[str, PostDoc]
    accounts: dict[str, AccountDoc] = {}


class CalendarDoc(Document):
    """calendar.yaml."""

    calendar: str = "china"
    hours: list[str] = ["09:00-12:00", "14:00-18:00"]
    holidays: list[str] = []
    working_days: list[str] = []
    note: str | None = None


class CatalogueDoc(RootModel[dict[str, dict[str, dict[str, Any]]]]):
    """catalogue.yaml: any number of catalogues, each a mapping of keys to a label and attributes."""
