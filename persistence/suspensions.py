"""The log of suspensions in the database, and the lock under which rights are used or withdrawn.

SQLite has one writer: what it reads after ``BEGIN IMMEDIATE`` stands until it commits. On PostgreSQL whoever uses
rights holds a shared lock from before it reads them until its transaction ends, and whoever withdraws them holds it
alone. The lock comes first, in a statement of its own: a statement that waits for a lock still sees what was there
before it waited.
"""

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, insert, select, text

from duban.engine.model.suspension import Suspension
from duban.persistence.keeping_tables import suspensions
from duban.persistence.running import Running

if TYPE_CHECKING:
    from duban.persistence.driving import Rows, Values

_KEY: Final = "hashtextextended(concat(current_schema(), ':duban:rights'), 0)"
"""The number of the advisory lock on rights, another one for each schema: offices do not wait for each other."""

_HOLD: Final = text(f"SELECT pg_advisory_xact_lock_shared({_KEY})")
WITHDRAW: Final = text(f"SELECT pg_advisory_xact_lock({_KEY})")
HEAD: Final = (
    select(suspensions.c.number, suspensions.c.hash).order_by(suspensions.c.number.desc()).limit(bindparam("rows"))
)
_NAMES: Final = [one.name for one in fields(Suspension)]
_COLUMNS: Final = [suspensions.c[name] for name in _NAMES]


class SqlSuspensionsReader(Running):
    """The reading half of the port of suspensions."""

    def suspensions_head(self) -> tuple[int, str]:
        """Number and hash of the last row; 0 and nothing where there is none."""
        return _head(self._driving.rows(HEAD, {"rows": 1}))

    def suspensions(self) -> list[Suspension]:
        """The whole log, oldest first."""
        found = self._run(select(*_COLUMNS).order_by(suspensions.c.number))
        return [Suspension(*row) for row in found]


class SqlSuspensionsWriter(SqlSuspensionsReader):
    """The writing half of the port of suspensions."""

    _known_head: tuple[int, str] | None = None

    def suspensions_head(self) -> tuple[int, str]:
        """The same, and nobody else changes it until the transaction ends."""
        self._with_rights()
        return self._known_head or (0, "")

    def _with_rights(self, *asked: tuple[Any, "Values"]) -> list["Rows"]:
        """The rows of these statements, asked for together with the head where it is not known yet."""
        if self._known_head is not None:
            return self._driving.together(*asked) if asked else []
        held: list[tuple[Any, Values]] = [(_HOLD, {})] if self._dialect == "postgresql" else []
        found = self._driving.together(*held, (HEAD, {"rows": 1}), *asked)[len(held) :]
        self._known_head = _head(found[0])
        return found[1:]

    def forget_rights(self) -> None:
        """Ask for the head anew when it is wanted next."""
        self._known_head = None

    def lock_suspensions(self) -> None:
        """Wait until nobody else's transaction uses rights. SQLite has one writer, and needs no lock."""
        self.forget_rights()
        if self._dialect == "postgresql":
            self._run(WITHDRAW)

    def add_suspension(self, suspension: Suspension) -> None:
        """Append a row."""
        self.forget_rights()
        self._run(insert(suspensions), {name: getattr(suspension, name) for name in _NAMES})


def _head(found: "Rows") -> tuple[int, str]:
    return (found[0][0], found[0][1]) if found else (0, "")
