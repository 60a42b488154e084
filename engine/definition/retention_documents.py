"""The shape of retention.yaml: how long which fields of finished cases are kept."""

from typing import Annotated

from pydantic import Field

from duban.engine.definition.shared_documents import LABEL, NOTE, Document, Identifier, LabelDoc


class RetentionRuleDoc(Document):
    """One rule. It holds for every case of the workflow, whichever version of it the case began under."""

    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    workflow: Identifier = Field(description="The workflow whose cases it is about.")
    erase: Annotated[list[Identifier], Field(min_length=1)] = Field(
        description="Fields whose values are erased, files as well."
    )
    after: str = Field(
        description="How long after the end of the case, by the calendar: `N days`, `N weeks`, `N months`, `N years`.",
        examples=["90 days", "2 years"],
    )


class RetentionDoc(Document):
    """How long what finished cases hold is kept."""

    rules: dict[Identifier, RetentionRuleDoc] = Field(description="The rules.")
