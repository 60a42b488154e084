"""What the store keeps of histories that were moved to an archive, and which are being moved."""

from typing import Final

from sqlalchemy import Column, Index, Integer, Table, Text

from duban.persistence.metadata import metadata, of_case

archived_keys: Final = Table(
    "duban_archived_keys",
    metadata,
    of_case(primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
    Column("actor", Text, nullable=False),
    sqlite_with_rowid=False,
)
Index("uq_duban_archived_keys_key", archived_keys.c.key, archived_keys.c.actor, unique=True)

moving: Final = Table(
    "duban_moving",
    metadata,
    of_case(primary_key=True, autoincrement=False),
    Column("archive", Text, primary_key=True),
    sqlite_with_rowid=False,
)
