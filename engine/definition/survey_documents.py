"""The shape of surveys.yaml: questionnaires, rates, and which machines surveys and households are."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from duban.engine.definition.shared_documents import LABEL, NOTE, Document, Identifier, Key, LabelDoc, Many

Whole = Annotated[int, Field(ge=1, le=10)]


class SurveyMachineDoc(Document):
    """Which workflow a survey is."""

    workflow: Identifier = Field(default="survey", description="The workflow of surveys.")
    run: Identifier = Field(default="run", description="The event that `duban survey sample` fires as it draws.")
    close: Identifier = Field(default="close", description="The event that counts and seals the sheets.")
    takes_sheets: Many = Field(default="running", description="The state or states in which sheets are taken.")


class HouseholdMachineDoc(Document):
    """Which workflow a sampled household is."""

    workflow: Identifier = Field(default="household", description="The workflow of households.")
    draw: Identifier = Field(default="draw", description="The opening event of a household that is drawn.")
    replace: Identifier = Field(
        default="replace", description="The event by which one makes way for the next of the reserve."
    )
    interviewed: Many = Field(
        default="interviewed", description="The state or states in which it counts as interviewed."
    )


class RateDoc(Document):
    """A rate that questions feed."""

    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    counts: Literal["all", "any"] = Field(
        default="all", description="Whether a sheet counts when `all` of its questions are positive, or `any`."
    )


class QuestionDoc(Document):
    """A question of a questionnaire."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                {
                    "if": {"properties": {"kind": {"const": "choice"}}},
                    "then": {"required": ["answers"]},
                    "else": {"properties": {"answers": False}},
                },
                {
                    "if": {"properties": {"kind": {"const": "scale"}}},
                    "then": {"required": ["from", "to"]},
                    "else": {"properties": {"from": False, "to": False}},
                },
            ],
            "dependencies": {"positive": ["rate"], "rate": ["positive"]},
        }
    )

    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    kind: Literal["choice", "scale", "yes-no"] = Field(
        description="`choice` of `answers`, a `scale` of whole numbers, or `yes-no`."
    )
    answers: dict[Key, LabelDoc | None] | None = Field(default=None, description="The answers of a choice.")
    lowest: Whole | None = Field(default=None, alias="from", description="The lowest number of a scale.")
    highest: Whole | None = Field(default=None, alias="to", description="The highest number of a scale, up to 10.")
    rate: Identifier | None = Field(default=None, description="The rate that it feeds.")
    positive: Annotated[list[str | int], Field(min_length=1)] | None = Field(
        default=None, description="The answers that count for the rate."
    )
    optional: bool = Field(default=False, description="Whether it may be left open on a sheet.")


class QuestionnaireDoc(Document):
    """A questionnaire."""

    version: int = Field(description="Raise it with every change of a question.")
    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    questions: Annotated[dict[Identifier, QuestionDoc], Field(min_length=1)] = Field(
        description="The questions, in the order in which they are asked."
    )


class SurveysDoc(Document):
    """Surveys of households: what is asked, of whom, and what it comes to."""

    survey: SurveyMachineDoc | None = Field(default=None, description="Which workflow a survey is.")
    household: HouseholdMachineDoc | None = Field(default=None, description="Which workflow a sampled household is.")
    frame: str = Field(
        description="Where the numbers of households stand: `catalogue.NAME.ATTRIBUTE`, an entry a community.",
        examples=["catalogue.communities.households"],
    )
    reserve: Annotated[int, Field(ge=0, le=100)] = Field(
        default=20, description="The reserve, in per cent of a community's sample, rounded up."
    )
    minimum: Annotated[int, Field(ge=3, le=100)] = Field(
        default=5, description="The fewest sheets of which a rate is told."
    )
    entered_by: Many = Field(description="The roles that may enter sheets.")
    rates: Annotated[dict[Identifier, RateDoc | None], Field(min_length=1)] = Field(description="The rates.")
    questionnaires: Annotated[dict[Identifier, QuestionnaireDoc], Field(min_length=1)] = Field(
        description="The questionnaires."
    )
