"""What the documents of a pack's files share: the base, names, labels, and what events and ladder steps both have."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Words = Annotated[str, Field(min_length=1, max_length=2000)]


def named(pattern: str, *examples: str) -> Any:
    """A pattern and examples that only editors see."""
    return Field(json_schema_extra={"pattern": pattern, "examples": list(examples)})


Identifier = Annotated[str, named("^[a-z][a-z0-9_]{0,39}$")]
"""Workflows, states, events, fields, deadlines."""

Key = Annotated[str, named("^[a-z0-9][a-z0-9_-]{0,59}$")]
"""Units, posts, roles, accounts, choices, keys of catalogues."""

Duration = Annotated[
    str, named("[0-9０-９][^%％]*([Ww]orking|WORKING|工作)", "3 working days", "8 working hours", "3个工作日")
]
Point = Annotated[str, named("[%％]|[Dd]ue|DUE|到期", "75%", "due", "due + 1 working day")]
Scalar = str | int | float | bool


class Document(BaseModel):
    """Strict, frozen, and without unknown keys."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


class Bilingual(Document):
    """The same words in English and Chinese."""

    en: Words = Field(description="The words in English.")
    zh: Words = Field(description="The words in Chinese.")


LabelDoc = Bilingual | Words
Many = Identifier | list[Identifier]
Keys = Key | list[Key]

LABEL = "What people read: `{en: …, zh: …}`, or one text for both languages. Without it, the name in plain words."
NOTE = "A remark for those who read the file; the engine does not use it."


class GuardDoc(Document):
    """A condition and the reason that is told when it does not hold."""

    check: Words = Field(
        description="A CEL expression that yields true or false; anything but true refuses.",
        examples=["actor != last.rectify.actor", "data.severity == 'minor'", "count.rework < 3"],
    )
    otherwise: LabelDoc = Field(alias="else", description="The reason that is told when it does not hold.")


class EntriesDoc(Document):
    """Catalogue entries written out, as a stored definition holds them."""

    entries: dict[str, dict[str, Any]] = Field(description="The entries by key.")


class SourceDoc(Document):
    """A literal value for a started case's field."""

    value: Any = Field(description="The value itself.")


class StartDoc(Document):
    """Cases to start as children of this one."""

    workflow: Identifier = Field(description="The workflow of the cases to start.")
    event: Identifier | None = Field(
        default=None, description="The opening event; without it, the first that the role `system` may fire."
    )
    each: EntriesDoc | str | None = Field(
        default=None,
        description="One case for each item of a list field, or for each entry of `catalogue.NAME`.",
        examples=["joint_units", "catalogue.communities"],
    )
    where: dict[str, Identifier] | None = Field(
        default=None, description="Only entries whose ATTRIBUTE equals the FIELD of this case: `{ATTRIBUTE: FIELD}`."
    )
    data: dict[Identifier, SourceDoc | str] | None = Field(
        default=None,
        alias="with",
        description="The fields of the started case: a field of this one, `item`, `item.label`, `item.ATTRIBUTE`, "
        "or `{value: …}`.",
    )
    when: Words | None = Field(
        default=None, description="A condition in CEL: where it does not hold, nothing is started."
    )


class FireDoc(Document):
    """An event to fire on another case, in the same transaction; its `by` names `system`.

    Either `parent`; or `event` with `workflow` for the child cases of that workflow, with `field` for the case that a
    field refers to, with both for the cases of that workflow whose field refers to this one.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["parent"]},
                {"required": ["event"], "anyOf": [{"required": ["field"]}, {"required": ["workflow"]}]},
            ]
        }
    )

    parent: Identifier | None = Field(default=None, description="The event to fire on the parent case.")
    event: Identifier | None = Field(default=None, description="The event to fire on child cases or on linked ones.")
    field: Identifier | None = Field(
        default=None, description="A field of type case: of this workflow, or of `workflow` where that is given."
    )
    workflow: Identifier | None = Field(
        default=None,
        description="Fires on every open case of this workflow: a child, or one whose `field` refers to this case.",
    )
    optional: bool = Field(default=False, description="Pass over an event that is refused there.")
    data: dict[Identifier, Identifier] | None = Field(
        default=None, alias="with", description="What that event is given: `{ITS FIELD: FIELD OF THIS CASE}`."
    )


Calls = list[dict[str, dict[str, Any] | None]]
Starts = Identifier | list[StartDoc | Identifier]
Fires = FireDoc | list[FireDoc]
Settings = dict[Identifier, dict[str, Any] | Scalar | list[str] | None]
DO = "Actions to carry out afterwards, one a line: `- ACTION: {PARAMETER: …}`."
START = (
    "Cases to start as children: a workflow, or a list of workflows and of "
    "`{workflow, event, each, where, with, when}`."
)
