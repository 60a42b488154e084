"""What goes wrong in a driver, told as duban's own errors. Nothing of SQLAlchemy or a driver leaves the store."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from duban.engine.errors import StoreBusy, StoreError, StoreNotReady
from duban.engine.model.saying import Saying
from duban.persistence.tables import SCHEMA

NO_TABLES: Final = Saying("store.no-tables")
NO_FILE: Final = Saying("store.no-file")
FOREIGN_TABLES: Final = Saying("store.foreign-tables")

_SQLITE: Final = {
    sqlite3.SQLITE_CANTOPEN: Saying("store.cannot-open"),
    sqlite3.SQLITE_NOTADB: Saying("store.not-a-database"),
    sqlite3.SQLITE_CORRUPT: Saying("store.damaged"),
    sqlite3.SQLITE_READONLY: Saying("store.read-only"),
    sqlite3.SQLITE_PERM: Saying("store.no-access"),
    sqlite3.SQLITE_FULL: Saying("store.disk-full"),
    sqlite3.SQLITE_IOERR: Saying("store.disk-failed"),
}
_UNREACHABLE: Final = Saying("store.unreachable")
_LOST: Final = Saying("store.connection-lost")
_BUSY_STATES: Final = {"55P03", "40P01", "40001", "57014", "53300", "57P03"}
"""Lock not available, deadlock, serialization, cancelled by a time limit, too many connections, starting up."""
_DEADLOCK: Final = "40P01"
_NO_SUCH_TABLE: Final = {"42P01", "42703"}


class Collision(StoreError):
    """A row does not go with those that are there; ``why`` names what keeps them apart. For the store's own use."""


class Faults:
    """Translates errors for one store: ``url`` without a password, ``seconds`` that it waits for a lock."""

    def __init__(self, url: str, seconds: float) -> None:
        self.url = url
        self.seconds = seconds

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Run a block of database work; its errors come out as duban's."""
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise self.of(error) from error

    def of(self, error: Exception) -> Exception:
        """The error to raise in place of ``error``."""
        if isinstance(error, PoolTimeout):
            return self.busy()
        cause = error.orig if isinstance(error, StatementError) and error.orig is not None else error
        if isinstance(cause, sqlite3.Error):
            return self._of_sqlite(cause)
        if isinstance(error, DBAPIError):
            return self._of_postgresql(error, cause)
        if isinstance(error, StatementError):
            return self._of_value(cause)
        return self.unusable(str(error).strip())

    def busy(self, *, deadlock: bool = False) -> StoreBusy:
        """The store stayed locked for as long as it waits; or two waited for each other, and this one was undone."""
        return StoreBusy(url=self.url, seconds=f"{self.seconds:g}", deadlock=deadlock)

    def unusable(self, why: str | Saying) -> StoreError:
        """The store cannot be used, and why."""
        return StoreError(url=self.url, why=why)

    def not_ready(self, found: str | Saying) -> StoreNotReady:
        """The store's tables are not those that this code needs."""
        return StoreNotReady(url=self.url, found=found, expected=schema_version(SCHEMA))

    def _of_sqlite(self, error: sqlite3.Error) -> Exception:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return self.busy()
        if str(error).startswith("no such table"):
            return self.not_ready(NO_TABLES)
        if str(error).startswith(("no such column", "table duban_")):
            return self.not_ready(FOREIGN_TABLES)
        return self.unusable(_SQLITE.get(code, str(error)))

    def _of_postgresql(self, error: DBAPIError, cause: BaseException) -> Exception:
        state = getattr(cause, "sqlstate", None)
        told = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
        if state in _BUSY_STATES or "timeout" in type(cause).__name__.lower():
            return self.busy(deadlock=state == _DEADLOCK)
        if state in _NO_SUCH_TABLE:
            return self.not_ready(NO_TABLES if state == "42P01" else FOREIGN_TABLES)
        if error.connection_invalidated:
            return self.unusable(_LOST)
        if state is None and any(words in str(cause) for words in ("onnection refused", "No such file or directory")):
            return self.unusable(_UNREACHABLE)
        return self.unusable(told)

    def _of_value(self, cause: BaseException) -> Exception:
        """A value that could not be bound is the caller's fault and stays what it is."""
        return cause if isinstance(cause, Exception) else self.unusable(str(cause))


def schema_version(revision: str) -> Saying:
    """A revision of the tables, in words."""
    return Saying("store.revision", revision=revision)
