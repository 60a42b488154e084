"""The shape of documents.yaml: the papers of an office."""

from typing import Annotated, Literal

from pydantic import Field

from duban.engine.definition.shared_documents import LABEL, NOTE, Document, Identifier, LabelDoc, Many

_PATH = Annotated[str, Field(max_length=200, json_schema_extra={"examples": ["templates/order.docx"]})]


class TemplatesDoc(Document):
    """The template of each format."""

    docx: _PATH | None = Field(default=None, description="A Word file with tags.")
    pdf: _PATH | None = Field(default=None, description="A Typst file, `.typ`, for the PDF.")
    md: _PATH | None = Field(default=None, description="A Markdown file with tags.")


class PaperDoc(Document):
    """A paper that is printed from a case."""

    workflow: Identifier = Field(description="The workflow of the cases that it is printed from.")
    label: LabelDoc | None = Field(default=None, description=LABEL)
    note: str | None = Field(default=None, description=NOTE)
    number: LabelDoc | None = Field(
        default=None,
        description="Its number, with placeholders such as `{year}` and `{number}`.",
        examples=["办督〔{year}〕{number}号"],
    )
    source: Identifier | None = Field(
        default=None,
        alias="from",
        description="The field of type evidence with the snapshot to print from; without it, the case itself.",
    )
    needs: list[Identifier] = Field(default=[], description="Fields without which there is nothing to print.")
    dated: Many | None = Field(
        default=None,
        description="The event or events whose day it bears, the last of them; before any, it is marked as a draft.",
    )
    signed: Identifier | None = Field(default=None, description="The event whose post signs it.")
    templates: TemplatesDoc | None = Field(
        default=None, description="The template of each format, below the pack's folder."
    )
    xlsx: Literal["tables"] | None = Field(default=None, description="Whether its tables are given as a workbook too.")
    words: dict[Identifier, LabelDoc] = Field(
        default={}, description="Words for its templates, with placeholders: `{{ words.NAME }}`."
    )


class PapersDoc(Document):
    """The papers that are printed from cases: bulletins, orders, letters."""

    documents: dict[Identifier, PaperDoc] = Field(description="The papers.")
    words: dict[Identifier, LabelDoc] = Field(
        default={}, description="Words that all papers share; a paper's own of the same name goes before."
    )
