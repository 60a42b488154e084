"""What goes wrong in a driver, told as duban's own errors. Nothing of SQLAlchemy or a driver leaves the store."""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy.exc import DBAPIError, ResourceClosedError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from duban.engine.errors import (
    StoreBusy,
    StoreError,
    StoreLost,
    StoreNotReady,
    StoreTooNew,
    StoreUnreachable,
    StoreUnwritable,
)
from duban.engine.model.saying import Saying
from duban.persistence.folder_faults import is_full
from duban.persistence.tables import SCHEMA

NO_TABLES: Final = Saying("store.no-tables")
NO_FILE: Final = Saying("store.no-file")
FOREIGN_TABLES: Final = Saying("store.foreign-tables")
LENT_CLOSED: Final = Saying("store.lent-closed")

_SQLITE: Final = {
    sqlite3.SQLITE_CANTOPEN: Saying("store.cannot-open"),
    sqlite3.SQLITE_NOTADB: Saying("store.not-a-database"),
    sqlite3.SQLITE_CORRUPT: Saying("store.damaged"),
    sqlite3.SQLITE_READONLY: Saying("store.read-only"),
    sqlite3.SQLITE_PERM: Saying("store.no-access"),
    sqlite3.SQLITE_FULL: Saying("store.disk-full"),
    sqlite3.SQLITE_IOERR: Saying("store.disk-failed"),
}
_MAYBE_FULL: Final = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
"""What SQLite says of some file systems that have no room, such as one in memory, or no room for one more file."""
_UNWRITABLE: Final = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
_FORKED: Final = Saying("store.forked")
_UNDONE: Final = Saying("store.undone-with-others")
_NO_HOST: Final = Saying("store.no-host")
_UNREACHABLE: Final = Saying("store.unreachable")
_LOST: Final = Saying("store.connection-lost")
_GONE: Final = Saying("store.connection-gone")
_COPY: Final = Saying("store.copy")
_NO_COPY: Final = Saying("store.no-copy")
_OVERTAKEN: Final = Saying("store.overtaken")
_NOT_NOW: Final = {
    "session is read-only": _COPY,
    "is in hot standby mode": _COPY,
    "onnection refused": _UNREACHABLE,
    "No such file or directory": _UNREACHABLE,
    "closed the connection": _UNREACHABLE,
    "onnection reset": _UNREACHABLE,
    "connection is lost": _UNREACHABLE,
    "No route to host": _UNREACHABLE,
    "etwork is unreachable": _UNREACHABLE,
    "failed to resolve host": _NO_HOST,
    "could not translate host name": _NO_HOST,
    "is starting up": Saying("store.not-taking"),
    "is shutting down": Saying("store.not-taking"),
    "in recovery mode": Saying("store.not-taking"),
    "not yet accepting": Saying("store.not-taking"),
}
"""What a server that takes no connection says: the driver knows no code of it. In other words it is told as it is.

Of several servers each has a line, and that of one that answers goes before that of one that does not.
"""
_REFUSED: Final = {
    "password authentication failed": Saying("store.wrong-password"),
    "no password supplied": Saying("store.no-password"),
    "session is not read-only": _NO_COPY,
    "is not in hot standby mode": _NO_COPY,
}
_NOT_THERE: Final = re.compile(r'FATAL: +(database|role) ".*" does not exist')
_ABSENT: Final = {"database": Saying("store.no-database"), "role": Saying("store.no-role")}
"""The same of what waiting does not mend."""
_FAREWELLS: Final = {"57P01", "57P02", "57P05", "25P03"}
"""A server that stops, one that crashes, one that ends a connection for its idleness. The driver may learn of the end
of the connection only after them."""
_BUSY_STATES: Final = {"55P03", "40P01", "40001", "57014", "53300", "57P03"}
"""Lock not available, deadlock, serialization, cancelled by a time limit, too many connections, starting up."""
_AGAIN: Final = {"40P01", "40001"}
_NO_SUCH_TABLE: Final = {"42P01", "42703"}
_FORBIDDEN: Final = {"42501", "3F000"}
"""Not allowed; no schema to create in."""
_POSTGRESQL: Final = {
    "25006": _SQLITE[sqlite3.SQLITE_READONLY],
    "53100": _SQLITE[sqlite3.SQLITE_FULL],
    "58030": _SQLITE[sqlite3.SQLITE_IOERR],
}
"""What both databases can come to: read-only, disk full, disk failed."""


_NO_INDEX: Final = "no such index: "

FAULTS: Final = (SQLAlchemyError, sqlite3.Error)
"""What SQLAlchemy and the driver of SQLite raise. Drivers of servers are met by way of SQLAlchemy alone."""


class Collision(StoreError):
    """A row does not go with those that are there; ``why`` names what keeps them apart. For the store's own use."""


class Faults:
    """Translates errors for one store: ``url`` without a password, ``seconds`` that it waits for a lock.

    ``folder`` is where its file lies, if it is one.
    """

    def __init__(self, url: str, seconds: float, folder: Path | None = None) -> None:
        self.url = url
        self.seconds = seconds
        self._folder = folder

    @contextmanager
    def translated(self, *, committing: bool = False) -> Iterator[None]:
        """Run a block of database work; its errors come out as duban's. ``committing`` as of ``of``."""
        try:
            yield
        except FAULTS as error:
            raise self.of(error, committing=committing) from error

    def of(self, error: Exception, *, committing: bool = False) -> Exception:
        """The error to raise in place of ``error``; in a commit, a connection that is lost leaves open what became of
        it."""
        if isinstance(error, PoolTimeout):
            return self.busy()
        if isinstance(error, ResourceClosedError):
            # A host's: of its own, the store asks nothing once they are closed.
            return self.unusable(LENT_CLOSED)
        cause = error.orig if isinstance(error, StatementError) and error.orig is not None else error
        if isinstance(cause, sqlite3.Error):
            return self._of_sqlite(cause)
        if isinstance(error, DBAPIError):
            return self._of_postgresql(error, cause, committing)
        if isinstance(error, StatementError):
            return self._of_value(cause)
        return self.unusable(str(error).strip())

    def busy(self, *, deadlock: bool = False) -> StoreBusy:
        """The store stayed locked for as long as it waits; or the database undid this one for another."""
        return StoreBusy(url=self.url, seconds=f"{self.seconds:g}", deadlock=deadlock)

    def unusable(self, why: str | Saying) -> StoreError:
        """The store cannot be used, and why."""
        return StoreError(url=self.url, why=why)

    def overtaken(self) -> StoreUnreachable:
        """The server that answers was the right one once, and another has taken its place."""
        return StoreUnreachable(url=self.url, why=_OVERTAKEN)

    def not_ready(self, found: str | Saying) -> StoreNotReady:
        """The store's tables are not those that this code needs."""
        return StoreNotReady(url=self.url, found=found, expected=schema_version(SCHEMA))

    def newer(self, found: str) -> StoreTooNew:
        """The store's tables are of a revision that this code does not know."""
        return StoreTooNew(url=self.url, found=schema_version(found), expected=schema_version(SCHEMA))

    def is_read_only(self, error: BaseException) -> bool:
        """Whether it tells that the store may only be read."""
        return isinstance(error, StoreUnwritable) and error.data["why"] == _SQLITE[sqlite3.SQLITE_READONLY]

    def require_process(self, process: int) -> None:
        """A transaction is ended by the process that began it, by its id.

        Raises:
            StoreError: this is a child that was forked inside of it.
        """
        if os.getpid() != process:
            raise self.unusable(_FORKED)

    def require_open(self, driver: Any) -> None:
        """SQLite itself undoes the whole transaction when the disk is full or fails, whoever catches that error.

        Raises:
            StoreError: the transaction that was open on the driver's connection is no more.
        """
        if not getattr(driver, "in_transaction", True):
            raise self.unusable(_UNDONE)

    def _of_sqlite(self, error: sqlite3.Error) -> Exception:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return self.busy()
        if str(error).startswith("no such table"):
            return self.not_ready(NO_TABLES)
        if str(error).startswith(("no such column", "table duban_")):
            return self.not_ready(FOREIGN_TABLES)
        if str(error).startswith(_NO_INDEX):
            return self.unusable(Saying("store.no-index", index=str(error).removeprefix(_NO_INDEX)))
        if code in _MAYBE_FULL and self._folder is not None and is_full(self._folder):
            code = sqlite3.SQLITE_FULL
        if code in _UNWRITABLE:
            return StoreUnwritable(url=self.url, why=_SQLITE[code])
        return self.unusable(_SQLITE.get(code, str(error)))

    def _of_postgresql(self, error: DBAPIError, cause: BaseException, committing: bool) -> Exception:
        state = getattr(cause, "sqlstate", None)
        told = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
        if state in _BUSY_STATES or "timeout" in type(cause).__name__.lower():
            return self.busy(deadlock=state in _AGAIN)
        if state in _NO_SUCH_TABLE:
            return self.not_ready(NO_TABLES if state == "42P01" else FOREIGN_TABLES)
        if state in _FORBIDDEN:
            return StoreUnwritable(url=self.url, why=Saying("store.forbidden", found=told))
        if state in _POSTGRESQL:
            return StoreUnwritable(url=self.url, why=_POSTGRESQL[state])
        # An error of a commit without a code is not of the server, so nothing is known of the server.
        unheard = committing and state is None and type(cause).__name__ == "OperationalError"
        if error.connection_invalidated or state in _FAREWELLS or unheard:
            return StoreLost(url=self.url, why=_LOST if committing else _GONE, unknown=committing)
        if state is None:
            why = next((why for words, why in _NOT_NOW.items() if words in str(cause)), None)
            if why is not None and _refused(str(cause)) is None:
                return StoreUnreachable(url=self.url, why=why)
        return self.unusable(_refused(str(cause)) or told)

    def _of_value(self, cause: BaseException) -> Exception:
        """A value that could not be bound is the caller's fault and stays what it is."""
        return cause if isinstance(cause, Exception) else self.unusable(str(cause))


def _refused(words: str) -> Saying | None:
    """What a server means that refuses a connection, where that is known; it tells it by words alone."""
    absent = _NOT_THERE.search(words)
    if absent is not None:
        return _ABSENT[absent[1]]
    return next((why for start, why in _REFUSED.items() if start in words), None)


def schema_version(revision: str) -> Saying:
    """A revision of the tables, in words."""
    return Saying("store.revision", revision=revision)
