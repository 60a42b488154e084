"""The shape of a workflow file, as typed models that forbid what they do not know.

Descriptions, patterns and examples go into the JSON Schema that editors read. Patterns of names are for editors only:
the checks of a pack say more about a name that is none.
"""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from duban.engine.definition.ladder_documents import CountDoc, DeadlineDoc
from duban.engine.definition.shared_documents import (
    DO,
    LABEL,
    NOTE,
    START,
    Calls,
    Document,
    Fires,
    GuardDoc,
    Identifier,
    Key,
    Keys,
    LabelDoc,
    Many,
    Settings,
    Starts,
    named,
)
from duban.engine.definition.view_documents import BoardDoc, RecordDoc


class ChoiceDoc(Document):
    """A choice with its label."""

    label: LabelDoc | None = Field(default=None, description=LABEL)


_OPTIONS: dict[str, list[str]] = {
    "max": ["text", "number"], "min": ["number"], "whole": ["number"], "pattern": ["text"], "of": ["choice", "list"],
    "workflow": ["case"], "accept": ["evidence"], "keep_metadata": ["evidence"],
}  # fmt: skip


_CONDITIONS: list[Any] = [
    {"if": {"required": [option]}, "then": {"properties": {"type": {"enum": kinds}}}}
    for option, kinds in _OPTIONS.items()
]
_CONDITIONS.append({"if": {"properties": {"type": {"const": "choice"}}}, "then": {"required": ["of"]}})


class FieldDoc(Document):
    """A field of a case. Which options apply depends on its type."""

    model_config = ConfigDict(json_schema_extra={"allOf": _CONDITIONS})

    type: Literal["text", "number", "boolean", "date", "choice", "list", "unit", "post", "case", "evidence"] = Field(
        description="What the field holds. A date is YYYY-MM-DD; evidence is one or more files."
    )
    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    default: Any = Field(default=None, description="The value that a new case has.")
    max: int | float | None = Field(
        default=None, description="The most characters of a text (10,000 unless told), or the greatest number."
    )
    min: int | float | None = Field(default=None, description="The smallest number.")
    whole: bool = Field(default=False, description="Whether the number must be whole.")
    pattern: str | None = Field(
        default=None, description="What all of a text must match, as an RE2 expression.", examples=["[A-Z]{2}[0-9]{4}"]
    )
    of: list[Key] | dict[Key, ChoiceDoc | LabelDoc | None] | str | None = Field(
        default=None,
        description="The choices: a list, a mapping with labels, or `catalogue.NAME`; the type of a list's items.",
        examples=[["minor", "serious"], "catalogue.categories", "unit"],
    )
    workflow: Identifier | None = Field(default=None, description="The workflow whose cases the field refers to.")
    accept: Annotated[list[Literal["photo", "document"]], Field(min_length=1)] | None = Field(
        default=None, description="The kinds of files that evidence may be; both unless told."
    )
    keep_metadata: bool = Field(
        default=False, description="Whether position, owner and camera stay in the files; else they are taken out."
    )


class StateDoc(Document):
    """A state of the machine."""

    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    final: bool = Field(default=False, description="Whether a case in this state is finished.")


class EventDoc(Document):
    """What an actor may fire. Without `from` it starts a case; without `to` the case stays in its state."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["from"]}, {"required": ["to"]}]})

    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    source: Many | None = Field(
        default=None, alias="from", description="The state or states that it leaves; `any` is every state not final."
    )
    to: Identifier | None = Field(default=None, description="The state that it leads to.")
    by: Keys = Field(
        description="The roles that may fire it. `scheduler` and `system` are built in.", examples=[["office"]]
    )
    needs: list[Identifier] = Field(default=[], description="Fields that must be given with it.")
    takes: list[Identifier] = Field(default=[], description="Fields that may be given with it.")
    has: list[Identifier] = Field(default=[], description="Fields that must be on the case by then.")
    set: Settings = Field(
        default={},
        description="Fields that it sets unless they are given: a value, `{by: FIELD, CHOICE: VALUE, else: VALUE}`, "
        "`{by: FIELD, from: catalogue.NAME.ATTRIBUTE}`, `{cel: EXPRESSION}` or `{latest: COUNT}`.",
    )
    when: list[GuardDoc | Identifier] = Field(
        default=[], description="Conditions that must hold, each with its reason, or its name among `conditions`."
    )
    do: Calls = Field(default=[], description=DO, examples=[[{"notify": {"to": "unit"}}]])
    start: Starts | None = Field(default=None, description=START)
    waits_for: Many = Field(
        default=[], description="Refused until every child case of these workflows is in a final state."
    )
    fire: Fires | None = Field(default=None, description="Events to fire on other cases: the parent, or linked ones.")
    extend: dict[Identifier, Identifier] | None = Field(
        default=None, description="Deadlines that it extends: `{DEADLINE: FIELD}`, by the working days in that field."
    )
    erase: list[Identifier] = Field(
        default=[], description="Fields whose values so far are taken out of the case, its history and its messages."
    )
    confidential: list[Key] | None = Field(
        default=None, description="From this event on, the case is visible to these roles only."
    )


class FollowDoc(Document):
    """Each case gets a code with which anybody follows its progress, without names."""

    shows: list[Identifier] = Field(default=[], description="Fields that are shown besides state and times.")


class WorkflowDoc(Document):
    """A workflow of duban: fields, states, events and deadlines."""

    workflow: Identifier = Field(description="Its name, in small letters.", examples=["issue"])
    version: Annotated[int, Field(ge=1, le=1_000_000)] = Field(description="Raise it with every change that matters.")
    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    reference: Annotated[str, named("^[A-Z][A-Z0-9]{1,9}$", "ISS")] = Field(
        description="What the references of its cases begin with."
    )
    confidential: list[Key] = Field(default=[], description="Only these roles see its cases.")
    follow: FollowDoc | None = Field(default=None, description="Lets anybody follow a case by its code.")
    fields: dict[Identifier, FieldDoc] = Field(default={}, description="What a case holds.")
    conditions: dict[Identifier, GuardDoc] = Field(
        default={}, description="Conditions that several events name under `when`."
    )
    states: dict[Identifier, StateDoc | None] = Field(description="The states, in the order that people read.")
    events: dict[Identifier, EventDoc] = Field(description="What can happen.")
    deadlines: dict[Identifier, DeadlineDoc] = Field(default={}, description="The stopwatches of a case.")
    counts: dict[Identifier, CountDoc] = Field(default={}, description="What is counted, and what follows from it.")
    records: dict[Identifier, RecordDoc] = Field(
        default={}, description="Tables within a case: what was recorded last of each value of a field."
    )
    boards: dict[Identifier, BoardDoc] = Field(default={}, description="Lists of cases that anybody may read.")
