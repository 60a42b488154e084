"""The shape of figures.yaml: what is counted, per what, and with which weights it makes a score."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from duban.engine.definition.shared_documents import (
    LABEL,
    NOTE,
    Bilingual,
    Document,
    Identifier,
    Key,
    LabelDoc,
    Scalar,
    Words,
)

Version = Annotated[int, Field(ge=1, le=1_000_000)]


class DimensionDoc(Document):
    """What figures are told per: units of some kinds, or the entries of a catalogue."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["kinds"]}, {"required": ["catalogue"]}]})

    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    kinds: list[Key] | None = Field(
        default=None,
        description="Units of these kinds are the subjects; one below them counts with the one that it belongs to.",
        examples=[["department", "community"]],
    )
    catalogue: Key | None = Field(default=None, description="The entries of this catalogue are the subjects.")
    where: dict[str, Scalar] | None = Field(
        default=None, description="Only entries whose ATTRIBUTE has this value: `{ATTRIBUTE: VALUE}`."
    )
    field: Identifier | dict[Identifier, Identifier] = Field(
        description="The field of a case that names its subject, or `{WORKFLOW: FIELD}`; `else` is that of all others.",
        examples=["unit", {"issue": "grid"}],
    )


class FigureDoc(Document):
    """One figure over the cases of a workflow."""

    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    version: Version = Field(description="Raise it with every change of what is counted.")
    formula: Bilingual = Field(description="What is counted, in words: `{en: …, zh: …}`.")
    of: Identifier = Field(description="The workflow whose cases are counted.")
    measure: Literal["share", "count", "quantile", "mean"] = Field(
        default="share",
        description="A `share` of those that count holds; a `count` of them; a `quantile` or the `mean` of a value.",
    )
    counts: Words = Field(description="The condition in CEL under which a case counts.", examples=["closed_within"])
    holds: Words | None = Field(
        default=None, description="The condition in CEL under which one that counts holds; of a share."
    )
    value: Words | None = Field(
        default=None, description="What is measured of each, in working minutes; of a quantile or a mean.",
        examples=["age"],
    )  # fmt: skip
    quantile: Annotated[int, Field(ge=1, le=100)] | None = Field(
        default=None, description="Which quantile, in percent, by nearest rank."
    )
    better: Literal["higher", "lower"] = Field(default="higher", description="What is better.")
    per: dict[Identifier, Words] | None = Field(
        default=None,
        description="What names the subject, in CEL, by dimension, where it is not the dimension's field.",
        examples=[{"unit": "data.persuading_unit"}],
    )


class ScoreDoc(Document):
    """Several figures as one score out of 100 points."""

    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    version: Version = Field(description="Raise it with every change of parts or weights.")
    per: Identifier = Field(description="The dimension whose subjects are scored.")
    default: bool = Field(
        default=False, description="Whether the weights are defaults, which nobody has decided on; it is shown."
    )
    parts: Annotated[dict[Identifier, int], Field(min_length=1)] = Field(
        description="Figures that are shares, each with its weight: a whole number above 0.",
        examples=[{"closing_rate": 60, "rework_rate": 40}],
    )


class StrikeDoc(Document):
    """What a granted appeal takes out of the figures of the case that it is about."""

    of: Identifier = Field(description="The workflow of that case.")
    events: list[Identifier] | None = Field(default=None, description="Events that count as if they had not happened.")
    overdue: list[Identifier] | None = Field(default=None, description="Deadlines that count as kept.")


class RestatementDoc(Document):
    """Cases that take facts out of the figures, such as granted appeals."""

    workflow: Identifier = Field(description="The workflow of these cases.")
    when: Words = Field(description="The condition in CEL under which such a case takes effect.")
    case: Identifier = Field(description="Its field that refers to the case that it is about.")
    fact: Identifier = Field(description="Its choice field that names the fact.")
    facts: Annotated[dict[Key, StrikeDoc], Field(min_length=1)] = Field(
        description="What each choice takes out; a choice that is not named takes out nothing."
    )


class FiguresDoc(Document):
    """Figures, dimensions and scores of a pack."""

    dimensions: dict[Identifier, DimensionDoc] = Field(default={}, description="What figures can be told per.")
    figures: dict[Identifier, FigureDoc] = Field(description="The figures.")
    scores: dict[Identifier, ScoreDoc] = Field(default={}, description="The scores.")
    restatements: list[RestatementDoc] = Field(default=[], description="What restates figures afterwards.")
