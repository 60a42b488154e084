"""The shape of cadences.yaml: what an office does by the calendar."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from duban.engine.definition.shared_documents import (
    LABEL,
    NOTE,
    Document,
    EntriesDoc,
    Identifier,
    LabelDoc,
    Many,
    Scalar,
    SourceDoc,
)

_WEEKDAY = "[Mm]onday|[Tt]uesday|[Ww]ednesday|[Tt]hursday|[Ff]riday|[Ss]aturday|[Ss]unday|(周|星期)[一二三四五六日天]"
_MONTHLY = "(first )?working day( of month)?|day [0-9]+ of month|(每月第一个)?工作日|每月[0-9]+日"
Weekday = Annotated[
    str,
    Field(
        json_schema_extra={
            "pattern": f"^({_WEEKDAY})$",
            "examples": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
        }
    ),
]
On = Annotated[
    str,
    Field(
        json_schema_extra={
            "pattern": f"^({_WEEKDAY}|{_MONTHLY})$",
            "examples": ["working day", "wednesday", "first working day of month", "day 5 of month"],
        }
    ),
]
Clock = Annotated[
    str, Field(json_schema_extra={"pattern": "^[0-9]{1,2}[:：][0-9]{2}$", "examples": ["09:00", "16:30"]})
]


class WhileDoc(Document):
    """Only while some case of a workflow is in one of these states."""

    workflow: Identifier = Field(description="The workflow whose cases are looked at.")
    states: Many = Field(alias="in", description="The state or states, in one of which some case must be.")


class OpeningDoc(Document):
    """Cases to start; there is no case that they belong to."""

    workflow: Identifier = Field(description="The workflow of the cases to start.")
    event: Identifier | None = Field(
        default=None,
        description="The opening event; without it, the first that the role `scheduler` or `system` may fire.",
    )
    each: EntriesDoc | str | None = Field(
        default=None, description="One case for each entry of `catalogue.NAME`.", examples=["catalogue.sites"]
    )
    where: dict[str, Scalar] | None = Field(
        default=None, description="Only entries whose ATTRIBUTE has this value: `{ATTRIBUTE: VALUE}`."
    )
    data: dict[Identifier, SourceDoc | str] | None = Field(
        default=None,
        alias="with",
        description="The fields of the started case: `date`, `item`, `item.label`, `item.ATTRIBUTE`, or `{value: …}`.",
    )


class FiringDoc(Document):
    """An event to fire on every open case that fits."""

    workflow: Identifier = Field(description="The workflow of the cases.")
    event: Identifier = Field(description="The event; its `by` names `scheduler`.")
    states: Many | None = Field(
        default=None, alias="in", description="Only on cases in this state, or in one of these; else in any."
    )
    where: dict[Identifier, Scalar] | None = Field(
        default=None, description="Only on cases whose data have these values: `{FIELD: VALUE}`."
    )
    data: dict[Identifier, SourceDoc | str] | None = Field(
        default=None, alias="with", description="What the event is given: `{FIELD: date}` or `{FIELD: {value: …}}`."
    )


class CadenceDoc(Document):
    """Something that is done on certain days, at a time of day."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["start"]}, {"required": ["fire"]}]})

    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    on: On | Annotated[list[Weekday], Field(min_length=1)] = Field(
        description="The days: `working day`, a weekday or a list of weekdays, `first working day of month`, "
        "or `day N of month`."
    )
    at: Clock = Field(description="The time of day on the organisation's clock.")
    closed: Literal["next", "previous", "skip", "same"] = Field(
        default="next",
        description="Where a weekday or day of the month is not worked: the `next` or the `previous` working day, "
        "`skip` it, or the `same` day all the same.",
    )
    missed: Literal["last", "all"] = Field(
        default="last",
        description="What is made up for after an absence: only the `last` occurrence, or `all`, in order.",
    )
    during: WhileDoc | None = Field(
        default=None,
        alias="while",
        description="Only while some case is in certain states, at the moment when it is carried out.",
    )
    start: Identifier | list[OpeningDoc | Identifier] | None = Field(
        default=None,
        description="Cases to start: a workflow, or a list of workflows and of `{workflow, event, each, where, with}`.",
    )
    fire: FiringDoc | None = Field(default=None, description="An event to fire on every open case that fits.")


class CadencesDoc(Document):
    """What is done by the calendar, each once, whoever sweeps."""

    cadences: dict[Identifier, CadenceDoc] = Field(description="The cadences. Each keeps its place by its name.")
