"""The log of suspensions in the database, and the lock under which rights are used or withdrawn.

SQLite has one writer: what it reads after ``BEGIN IMMEDIATE`` stands until it commits. On PostgreSQL whoever uses
rights holds a shared lock from before it reads them until its transaction ends, and whoever withdraws them holds it
alone. The lock comes first, in a statement of its own: a statement that waits for a lock still sees what was there
before it waited.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import CursorResult, Executable, bindparam, insert, select, text

from duban.engine.model.suspension import Suspension
from duban.persistence.driving import Driving, Rows
from duban.persistence.keeping_tables import suspensions

_KEY: Final = 0x6475_6261_6E_01
"""The number of the advisory lock on rights."""

HOLD: Final = text(f"SELECT pg_advisory_xact_lock_shared({_KEY})")
WITHDRAW: Final = text(f"SELECT pg_advisory_xact_lock({_KEY})")
HEAD: Final = (
    select(suspensions.c.number, suspensions.c.hash).order_by(suspensions.c.number.desc()).limit(bindparam("rows"))
)
_COLUMNS: Final = [suspensions.c[name] for name in Suspension.__slots__]


class SqlSuspensionsReader:
    """The reading half of the port of suspensions."""

    _dialect: str
    _driving: Driving

    def _run(self, statement: Executable, values: Any = None) -> CursorResult[*tuple[Any, ...]]:
        raise NotImplementedError

    def suspensions_head(self) -> tuple[int, str]:
        """Number and hash of the last row; 0 and nothing where there is none."""
        return head_of(self._driving.rows(HEAD, {"rows": 1}))

    def suspensions(self) -> list[Suspension]:
        """The whole log, oldest first."""
        found = self._run(select(*_COLUMNS).order_by(suspensions.c.number))
        return [Suspension(*row) for row in found]


class SqlSuspensionsWriter(SqlSuspensionsReader):
    """The writing half of the port of suspensions."""

    def suspensions_head(self) -> tuple[int, str]:
        """The same, and nobody else changes it until the transaction ends."""
        return head_of(self._driving.together(*self._holding())[-1])

    def _holding(self) -> list[tuple[Any, Mapping[str, Any]]]:
        """What is asked to hold the rights of this moment; the last answer is the head of the log."""
        head = (HEAD, {"rows": 1})
        return [head] if self._dialect == "sqlite" else [(HOLD, {}), head]

    def lock_suspensions(self) -> None:
        """Wait until nobody else's transaction uses rights. SQLite has one writer, and needs no lock."""
        if self._dialect == "postgresql":
            self._run(WITHDRAW)

    def add_suspension(self, suspension: Suspension) -> None:
        """Append a row."""
        self._run(insert(suspensions), {name: getattr(suspension, name) for name in Suspension.__slots__})


def head_of(found: Rows) -> tuple[int, str]:
    """Number and hash of the last row, from what ``HEAD`` found."""
    return (found[0][0], found[0][1]) if found else (0, "")
