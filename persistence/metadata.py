"""What all tables share: their names, how constraints are called, the revision.

A change of the tables needs a new revision under ``migrations/versions`` and a new :data:`SCHEMA`; a test holds them
together.
"""

from typing import Any, Final

from sqlalchemy import Column, ColumnElement, ForeignKey, Index, MetaData

from duban.persistence.columns import Number

SCHEMA: Final = "0010"
"""The revision that this code reads and writes."""

VERSION_TABLE: Final = "duban_schema"

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


def of_case(**options: Any) -> Column[Any]:
    """The column that refers to a case."""
    return Column("case_id", Number, ForeignKey("duban_cases.id"), nullable=False, **options)


def partial(name: str, *columns: ColumnElement[Any], where: ColumnElement[bool], unique: bool = False) -> Index:
    """An index over some of the rows. The migrations make it; here it is declared, to be compared with what they made.

    The condition is the same on PostgreSQL, but to say so here would import its dialect with every use of SQLite.
    """
    return Index(name, *columns, unique=unique, sqlite_where=where)
