"""The shape of deadlines and counts, and of the ladders that both climb."""

from typing import Annotated

from pydantic import ConfigDict, Field

from duban.engine.definition.shared_documents import (
    DO,
    LABEL,
    NOTE,
    START,
    Calls,
    Document,
    Duration,
    Identifier,
    LabelDoc,
    Point,
    Starts,
    Words,
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
    within: Duration | dict[str, str | dict[str, str]] | None = Field(
        default=None,
        description="The limit in working time, or a table of such: `{by: FIELD, CHOICE: DURATION, else: DURATION}`, "
        "in which a row may be a table by another field.",
    )
    until: Identifier | None = Field(
        default=None, description="A date field instead of `within`: due at closing time of that day."
    )
    restarts_on: list[Identifier] = Field(default=[], description="Events that start it afresh.")
    ladder: list[StepDoc] = Field(default=[], description="What happens on the way and afterwards, in order of time.")


class CountStepDoc(Document):
    """A step of a ladder that a count climbs."""

    at: Annotated[int, Field(ge=1, le=9_999)] = Field(description="How often it must have happened.")
    level: Annotated[int, Field(ge=1, le=99)] | None = Field(
        default=None, description="The level that the case rises to; higher with each step."
    )
    do: Calls = Field(default=[], description=DO)
    start: Starts | None = Field(default=None, description=START)
    fire: Identifier | None = Field(
        default=None, description="An event to fire on the case; its `by` names `scheduler`."
    )


class CountDoc(Document):
    """How often something happened, in one case or across cases, and what happens then."""

    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    of: Words | list[Words] = Field(
        description="What is counted: events of this workflow, and steps of its ladders as `DEADLINE@POINT`.",
        examples=["rework", ["rectification@due"]],
    )
    when: Words | None = Field(default=None, description="A condition in CEL: only what fulfils it counts.")
    across: list[Identifier] = Field(
        default=[],
        description="Counts over all cases of this workflow that agree in these fields, instead of in one case.",
        examples=[["unit"], ["category", "site"]],
    )
    within: Duration | None = Field(default=None, description="Counts only what happened within this time before.")
    resets_on: list[Identifier] = Field(default=[], description="Events of the case after which it counts from zero.")
    ladder: list[CountStepDoc] = Field(default=[], description="What happens when it has happened so often.")
