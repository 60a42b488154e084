"""The shape of the other files of a pack: organization.yaml, calendar.yaml, catalogue.yaml."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from duban.engine.definition.shared_documents import LABEL, NOTE, Document, Key, LabelDoc

_DATE = Annotated[str, Field(json_schema_extra={"pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "examples": ["2021-01-04"]})]


class UnitDoc(Document):
    """A unit of the organisation."""

    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    kind: str = Field(default="unit", description="Any word that tells what it is, such as department or agency.")
    parent: Key | None = Field(default=None, description="The unit that it belongs to.")


class GridDoc(Document):
    """A grid of a community: a unit of kind `grid` below the community."""

    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)


class CommunityDoc(Document):
    """A community with its grids: a unit of kind `community`."""

    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    parent: Key | None = Field(default=None, description="The unit that it belongs to.")
    grids: dict[Key, GridDoc | None] = Field(default={}, description="Its grids.")


class RoleDoc(Document):
    """What posts carry and events ask for."""

    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    sees: Literal["all", "unit", "own"] = Field(
        default="all",
        description="Which cases it sees: `all`, those of its `unit` and its own, or its `own`: those it opened.",
    )


class PostDoc(Document):
    """A post; it can be used as an account of its own."""

    unit: Key = Field(description="The unit that it belongs to.")
    roles: list[Key] = Field(description="The roles that it carries.")
    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    reports_to: Key | None = Field(default=None, description="The post above it.")


class AccountDoc(Document):
    """An account: whoever holds these posts and signs as one name."""

    posts: Annotated[list[Key], Field(min_length=1)] = Field(description="The posts that it holds.")
    note: str | None = Field(default=None, description=NOTE)


class SuspensionDoc(Document):
    """Who may suspend and restore accounts and posts while duban runs: never those that share a post with them."""

    by: Annotated[list[Key], Field(min_length=1)] = Field(description="The roles that may, or `system`.")
    of: Annotated[list[Key], Field(min_length=1)] | None = Field(
        default=None, description="Only accounts and posts with no other roles than these; without it, all of them."
    )
    note: str | None = Field(default=None, description=NOTE)


class OrganizationDoc(Document):
    """Who there is: units, communities, posts with their roles, and accounts."""

    timezone: str = Field(description="The time zone that everybody works in.", examples=["Asia/Shanghai"])
    units: dict[Key, UnitDoc | None] = Field(description="The units.")
    communities: dict[Key, CommunityDoc | None] = Field(default={}, description="Communities, which are units too.")
    roles: dict[Key, RoleDoc | None] = Field(
        default={}, description="The roles. Once any is declared, posts carry declared ones only."
    )
    posts: dict[Key, PostDoc] = Field(description="The posts.")
    accounts: dict[Key, AccountDoc] = Field(default={}, description="Accounts of people who hold several posts.")
    suspensions: list[SuspensionDoc] = Field(
        default=[], description="Who may suspend and restore whom. Without it, nobody may."
    )


class CalendarDoc(Document):
    """Hours of work, and changes to the official calendar."""

    calendar: str = Field(
        default="china",
        description="Which days are worked: `china`, `weekdays`, `everyday`, or `holidays:COUNTRY[-PART]`.",
        examples=["china", "weekdays", "everyday", "holidays:DE-BY"],
    )
    hours: list[str] = Field(
        default=["09:00-12:00", "14:00-18:00"],
        description="The spans of a working day, in order.",
        examples=[["09:00-12:00", "14:00-18:00"]],
    )
    holidays: list[_DATE] = Field(default=[], description="Days that are closed whatever the calendar says.")
    working_days: list[_DATE] = Field(default=[], description="Days that are worked whatever the calendar says.")
    note: str | None = Field(default=None, description=NOTE)


class EntryDoc(BaseModel):
    """An entry of a catalogue: its label, and attributes of any name."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    label: LabelDoc | None = Field(default=None, description=LABEL)


class CatalogueDoc(RootModel[dict[Key, dict[Key, EntryDoc]]]):
    """Any number of catalogues, each a mapping of keys to a label and attributes."""
