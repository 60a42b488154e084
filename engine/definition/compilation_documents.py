"""The shape of compilations.yaml: what the snapshot of a case holds."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from duban.engine.definition.shared_documents import LABEL, NOTE, Document, Identifier, LabelDoc, named

Place = Annotated[str, named("^[a-z][a-z0-9_]{0,39}$", "ref", "state", "due_at", "title")]


_PERIODS: list[Any] = [{"required": [kind]} for kind in ("day", "week", "month", "quarter", "year")]
_PERIODS.append({"required": ["ending", "days"]})


class PeriodDoc(Document):
    """The period that a snapshot tells of, from a field of type date of the case."""

    model_config = ConfigDict(json_schema_extra={"oneOf": _PERIODS})

    day: Identifier | None = Field(default=None, description="The day in this field.")
    week: Identifier | None = Field(default=None, description="The ISO week, Monday to Sunday, that the day lies in.")
    month: Identifier | None = Field(default=None, description="The month that the day lies in.")
    quarter: Identifier | None = Field(default=None, description="The quarter that the day lies in.")
    year: Identifier | None = Field(default=None, description="The year that the day lies in.")
    ending: Identifier | None = Field(default=None, description="So many `days` that end with the day in this field.")
    days: Annotated[int, Field(ge=1, le=366)] | None = Field(default=None, description="How many days, with `ending`.")


class TableDoc(Document):
    """A table: one row for each subject of a dimension (`per`), or one for each case of a workflow (`cases`)."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["per"]}, {"required": ["cases"]}]})

    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    per: Identifier | None = Field(default=None, description="The dimension whose subjects are the rows.")
    figures: list[Identifier] | None = Field(default=None, description="With `per`: the figures, one a column.")
    counted: bool = Field(
        default=False, description="With `per`: leaves out subjects of which none of the figures counts a case."
    )
    score: Identifier | None = Field(
        default=None, description="With `per`: the score by which the rows are ranked; without it, as declared."
    )
    cases: Identifier | None = Field(default=None, description="The workflow whose cases are the rows.")
    where: str | None = Field(
        default=None,
        description="With `cases`: a condition in CEL over the facts of a case, as in figures; without it, every case.",
    )
    columns: list[Place] | None = Field(
        default=None,
        description="With `cases`: `ref`, `state`, `level`, `opened_at`, `closed_at`, `due_at`, or fields of the case.",
    )


class ChartDoc(Document):
    """A chart, drawn from the snapshot alone."""

    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    kind: Literal["bar", "line"] = Field(description="Bars over the rows of a table, or lines over periods.")
    table: Identifier | None = Field(default=None, description="Of bars: the table with `per` that is drawn.")
    columns: list[Identifier] | None = Field(default=None, description="Of bars: its figures that are drawn.")
    figures: list[Identifier] | None = Field(default=None, description="Of lines: the figures that are drawn.")
    periods: Annotated[int, Field(ge=2, le=60)] | None = Field(
        default=None, description="Of lines: how many periods, the one of the snapshot as the last."
    )


class CompilationDoc(Document):
    """What a snapshot holds."""

    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    workflow: Identifier = Field(description="The workflow whose cases ask for it, with the action `compile`.")
    version: Annotated[int, Field(ge=1, le=1_000_000)] = Field(description="Raise it with every change that matters.")
    period: PeriodDoc = Field(description="The period that it tells of.")
    unit: Identifier | None = Field(
        default=None, description="A field of type unit: only cases of that unit are told, and figures of it alone."
    )
    figures: list[Identifier] = Field(default=[], description="Figures of the whole office, or of the unit.")
    tables: dict[Identifier, TableDoc] = Field(default={}, description="The tables, in order.")
    charts: dict[Identifier, ChartDoc] = Field(default={}, description="The charts, in order.")


class CompilationsDoc(Document):
    """The compilations of a pack: what is frozen when a case asks for it."""

    compilations: dict[Identifier, CompilationDoc] = Field(description="The compilations by name.")
