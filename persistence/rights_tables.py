"""The table of suspensions: rows are added and never changed."""

from typing import Final

from sqlalchemy import Column, Table, Text

from duban.persistence.columns import Instant, Number
from duban.persistence.metadata import metadata

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
