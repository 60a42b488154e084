"""The log of suspensions, whose rows are added and never changed; and which rules of retention were carried out."""

from typing import Final

from sqlalchemy import Column, Table, Text

from duban.persistence.columns import Instant, Number
from duban.persistence.metadata import metadata, of_case

suspensions: Final = Table(
    "duban_suspensions",
    metadata,
    # Counted by the engine, without gaps: the number is part of what the hash covers.
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("role", Text),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

erased: Final = Table(
    "duban_erased",
    metadata,
    of_case(primary_key=True, autoincrement=False),
    Column("rule", Text, primary_key=True),
    Column("closed_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
