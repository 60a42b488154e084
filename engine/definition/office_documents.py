"""The shape of offices.yaml: the offices of one deployment, each with a store of its own."""

from typing import Annotated

from pydantic import Field

from duban.engine.definition.channel_documents import EnvDoc, Variable
from duban.engine.definition.shared_documents import LABEL, NOTE, Document, LabelDoc, Words, named

Slug = Annotated[str, named("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", "north-street")]


class OfficeDoc(Document):
    """An office: its pack, its store and its evidence, which it shares with no other."""

    label: LabelDoc | None = Field(default=None, description=LABEL)
    pack: Words = Field(
        description="A built-in pack, or the folder of one, from the folder of this file on.",
        examples=["civility", "./north"],
    )
    store: EnvDoc | Words = Field(
        description="The database URL, without a password; for PostgreSQL with `?schema=NAME`, for SQLite a file from "
        "the folder of this file on.",
        examples=["postgresql://north@db/district?schema=north_street", "sqlite:///south.db"],
    )
    password: EnvDoc | None = Field(
        default=None, description="The password of the role in `store`; without it, PostgreSQL's own variables hold."
    )
    evidence: Words | None = Field(
        default=None,
        description="The folder for evidence, from the folder of this file on; by default beside an SQLite file.",
    )
    variables: dict[Variable, Variable] = Field(
        default={},
        description="What the channels of the pack find in the environment: `{DUBAN_WECOM: DUBAN_NORTH_WECOM}`. A "
        "variable that is not named here is not set for this office.",
    )
    note: str | None = Field(default=None, description=NOTE)


class OfficesDoc(Document):
    """The offices of one deployment. Nothing of one is ever read or written for another."""

    offices: Annotated[dict[Slug, OfficeDoc], Field(min_length=1)] = Field(description="The offices by name.")
