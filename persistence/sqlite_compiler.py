"""The text of statements for SQLite."""

from typing import Any

from sqlalchemy.dialects.sqlite.base import SQLiteCompiler


class HintingCompiler(SQLiteCompiler):
    """SQLAlchemy's own, but for hints, which that leaves out: here they stand behind the name of their table."""

    def get_from_hint_text(self, table: Any, text: str | None) -> str | None:
        """The hint as it is."""
        return text
