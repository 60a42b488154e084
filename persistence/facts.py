"""What a database tells of itself when it is asked: for ``duban doctor``."""

from typing import Final

from sqlalchemy import Connection, text

_ISO: Final = """'YYYY-MM-DD"T"HH24:MI:SS.US+00:00'"""
_ASKED: Final = {
    "sqlite": {
        "journal": "PRAGMA journal_mode",
        "synchronous": "PRAGMA synchronous",
        "foreign_keys": "PRAGMA foreign_keys",
    },
    "postgresql": {
        "synchronous": "SHOW synchronous_commit",
        "fsync": "SHOW fsync",
        "encoding": "SHOW server_encoding",
        "lock_timeout": "SHOW lock_timeout",
        # Last, so that whoever compares it with a clock of their own does so at once.
        "clock_at": "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', " + _ISO + ")",
    },
}


def told(connection: Connection) -> dict[str, str]:
    """Its settings and its clock, by the names under which they are shown."""
    asked = _ASKED[connection.dialect.name]
    return {name: str(connection.execute(text(query)).scalar()) for name, query in asked.items()}
