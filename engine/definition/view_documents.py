"""The shape of declared views: records within a case, and boards that anybody may read."""

from typing import Annotated

from pydantic import Field

from duban.engine.definition.shared_documents import (
    LABEL,
    NOTE,
    Document,
    Identifier,
    LabelDoc,
    Many,
    Scalar,
)


class RecordDoc(Document):
    """A table within a case: what was recorded last of each value of a field."""

    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    of: Many = Field(description="The events that record.", examples=[["check", "excuse"]])
    per: Identifier = Field(description="The field that each of them brings: one line for each of its values.")
    among: Identifier | None = Field(
        default=None, description="A list field: the values that ought to be recorded, shown also before they are."
    )
    shows: list[Identifier] = Field(default=[], description="Fields of these events, one column each.")
    cases: Identifier | None = Field(
        default=None, description="A workflow: child cases whose own field of the name under `per` holds the value."
    )


class BoardDoc(Document):
    """A list of cases that anybody may read, without an account."""

    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    states: Many = Field(
        alias="in", description="The state or states in which a case stands on it; in any other it vanishes."
    )
    where: dict[Identifier, Scalar] = Field(
        default={}, description="Only cases whose data have these values: `{FIELD: VALUE}`."
    )
    shows: Annotated[list[Identifier], Field(min_length=1)] = Field(
        description="The fields that are shown; nothing else of a case is."
    )
