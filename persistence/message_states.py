"""In which states messages are that still have something to come, and in which they have not.

Written literally: with bound values a partial index is not used.
"""

from sqlalchemy import ColumnElement, FromClause, literal_column


def unfinished(messages: FromClause) -> ColumnElement[bool]:
    """Which messages are still to be carried out."""
    return messages.c.state.in_([literal_column("'waiting'"), literal_column("'claimed'")])


def claimed(messages: FromClause) -> ColumnElement[bool]:
    """Which messages are leased, or were and are not any more."""
    return messages.c.state == literal_column("'claimed'")


def ended(messages: FromClause) -> ColumnElement[bool]:
    """Which messages are not carried out any more: done, set aside, or dead."""
    return messages.c.state.in_([literal_column(f"'{state}'") for state in ("done", "dead", "discarded")])
