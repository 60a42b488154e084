"""The shape of a workflow file, as typed models that forbid what they do not know.

Descriptions, patterns and examples go into the JSON Schema that editors read. Patterns of names are for editors only:
the checks of a pack say more about a name that is none.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Words = Annotated[str, Field(min_length=1, max_length=2000)]


def _named(pattern: str, *examples: str) -> Any:
    return Field(json_schema_extra={"pattern": pattern, "examples": list(examples)})


Identifier = Annotated[str, _named("^[a-z][a-z0-9_]{0,39}$")]
"""Workflows, states, events, fields, deadlines."""

Key = Annotated[str, _named("^[a-z0-9][a-z0-9_-]{0,59}$")]
"""Units, posts, roles, accounts, choices, keys of catalogues."""

Duration = Annotated[
    str, _named("[0-9０-９][^%％]*([Ww]orking|WORKING|工作)", "3 working days", "8 working hours", "3个工作日")
]
Point = Annotated[str, _named("[%％]|[Dd]ue|DUE|到期", "75%", "due", "due + 1 working day")]
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


class ChoiceDoc(Document):
    """A choice with its label."""

    label: LabelDoc | None = Field(default=None, description=LABEL)


_OPTIONS: dict[str, list[str]] = {
    "max": ["text", "number"], "min": ["number"], "whole": ["number"], "pattern": ["text"], "of": ["choice", "list"],
    "workflow": ["case"],
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


class StateDoc(Document):
    """A state of the machine."""

    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    final: bool = Field(default=False, description="Whether a case in this state is finished.")


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


class FireDoc(Document):
    """An event to fire on the parent case, in the same transaction."""

    parent: Identifier = Field(description="The event of the parent's workflow; its `by` names `system`.")
    optional: bool = Field(default=False, description="Pass over an event that the parent refuses.")
    data: dict[Identifier, Identifier] | None = Field(
        default=None, alias="with", description="What the parent's event is given: `{ITS FIELD: FIELD OF THIS CASE}`."
    )


Calls = list[dict[str, dict[str, Any] | None]]
Starts = Identifier | list[StartDoc | Identifier]
Settings = dict[Identifier, dict[str, Any] | Scalar | list[str]]
DO = "Actions to carry out afterwards, one a line: `- ACTION: {PARAMETER: …}`."
START = "Cases to start as children: a workflow, or a list of workflows and of `{workflow, event, each, where, with}`."


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
        "`{by: FIELD, from: catalogue.NAME.ATTRIBUTE}` or `{cel: EXPRESSION}`.",
    )
    when: list[GuardDoc] = Field(default=[], description="Conditions that must hold, each with its reason.")
    do: Calls = Field(default=[], description=DO, examples=[[{"notify": {"to": "unit"}}]])
    start: Starts | None = Field(default=None, description=START)
    waits_for: Many = Field(
        default=[], description="Refused until every child case of these workflows is in a final state."
    )
    fire: FireDoc | None = Field(default=None, description="An event to fire on the parent case.")
    extend: dict[Identifier, Identifier] | None = Field(
        default=None, description="Deadlines that it extends: `{DEADLINE: FIELD}`, by the working days in that field."
    )
    confidential: list[Key] | None = Field(
        default=None, description="From this event on, the case is visible to these roles only."
    )


class RepeatDoc(Document):
    """A step that comes again, without its level."""

    every: Duration = Field(description="How much working time lies between.")
    times: Annotated[int, Field(ge=1, le=100)] = Field(description="How often it comes again, after the first time.")


class StepDoc(Document):
    """A step of a ladder."""

    at: Point = Field(description="When: a part of the limit, when due, or some working time after it.")
    level: Annotated[int, Field(ge=1, le=99)] | None = Field(
        default=None, description="The level that the case rises to; higher with each step."
    )
    do: Calls = Field(default=[], description=DO)
    start: Starts | None = Field(default=None, description=START)
    fire: Identifier | None = Field(
        default=None, description="An event to fire on the case; its `by` names `scheduler`."
    )
    repeat: RepeatDoc | None = Field(
        default=None, description="Lets the step come again: `{every: DURATION, times: N}`; from `due` on."
    )


class DeadlineDoc(Document):
    """A stopwatch on a case: it runs in some states, pauses in the others, and climbs its ladder."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["within"]}, {"required": ["until"]}]})

    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    runs_in: list[Identifier] = Field(description="The states in which the clock runs; it is paused in all others.")
    within: Duration | dict[str, str] | None = Field(
        default=None,
        description="The limit in working time, or a table of such: `{by: FIELD, CHOICE: DURATION, else: DURATION}`.",
    )
    until: Identifier | None = Field(
        default=None, description="A date field instead of `within`: due at closing time of that day."
    )
    restarts_on: list[Identifier] = Field(default=[], description="Events that start it afresh.")
    ladder: list[StepDoc] = Field(default=[], description="What happens on the way and afterwards, in order of time.")


class FollowDoc(Document):
    """Each case gets a code with which anybody follows its progress, without names."""

    shows: list[Identifier] = Field(default=[], description="Fields that are shown besides state and times.")


class WorkflowDoc(Document):
    """A workflow of duban: fields, states, events and deadlines."""

    workflow: Identifier = Field(description="Its name, in small letters.", examples=["issue"])
    version: Annotated[int, Field(ge=1, le=1_000_000)] = Field(description="Raise it with every change that matters.")
    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    reference: Annotated[str, _named("^[A-Z][A-Z0-9]{1,9}$", "ISS")] = Field(
        description="What the references of its cases begin with."
    )
    confidential: list[Key] = Field(default=[], description="Only these roles see its cases.")
    follow: FollowDoc | None = Field(default=None, description="Lets anybody follow a case by its code.")
    fields: dict[Identifier, FieldDoc] = Field(default={}, description="What a case holds.")
    states: dict[Identifier, StateDoc | None] = Field(description="The states, in the order that people read.")
    events: dict[Identifier, EventDoc] = Field(description="What can happen.")
    deadlines: dict[Identifier, DeadlineDoc] = Field(default={}, description="The stopwatches of a case.")
