"""The shape of archive.yaml: when finished cases leave the working store."""

from pydantic import Field

from duban.engine.definition.shared_documents import LABEL, NOTE, Document, Identifier, LabelDoc


class ArchiveRuleDoc(Document):
    """One rule. It holds for every case of the workflow, whichever version of it the case began under."""

    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    workflow: Identifier = Field(description="The workflow whose cases it is about.")
    after: str = Field(
        description="How long after the end of the case, by the calendar: `N days`, `N weeks`, `N months`, `N years`.",
        examples=["400 days", "2 years"],
    )


class ArchiveDoc(Document):
    """When the histories of finished cases leave the working store for an archive."""

    rules: dict[Identifier, ArchiveRuleDoc] = Field(description="The rules, one for a workflow at most.")
