"""Connections and transactions: SQLite in a file, SQLite in memory, PostgreSQL."""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final, Protocol

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError

from duban.engine.model.saying import Saying
from duban.persistence.addresses import file_of, secrets_of, told
from duban.persistence.driving import Direct, Driving
from duban.persistence.faults import NO_FILE, Faults
from duban.persistence.group_commit import GroupCommit

_NO_DRIVER: Final = Saying("store.no-driver")
_IDLE: Final = 30.0
"""Seconds after which a pooled connection to a server is tried before it is used again."""


def is_in_memory(url: URL) -> bool:
    """Whether the URL names an SQLite database in memory."""
    return url.get_backend_name() == "sqlite" and file_of(url) is None


class Database(Protocol):
    """Where transactions are opened; every error that comes out is duban's."""

    faults: Faults
    engine: Engine

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        ...

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that only reads, always from one moment of the database."""
        ...

    def writing(self, *, create: bool = False) -> AbstractContextManager[Connection]:
        """A transaction that commits when the block ends and rolls back when it raises.

        ``create`` lets SQLite make the file where there is none.
        """
        ...

    def stepping(self) -> AbstractContextManager[tuple[Connection, Driving]]:
        """The same with the way on which its statements reach the database; it commits by that."""
        ...

    def close(self) -> None:
        """Give back all connections."""
        ...


class PooledDatabase:
    """A database with a pool of connections, each transaction on one of its own."""

    def __init__(self, url: URL, seconds: float, durable: bool) -> None:
        self.faults = Faults(told(url), seconds)
        file = file_of(url)
        # As text: to look for a file by its Path costs three times as much, and it is done in each transaction.
        self._path = None if file is None else str(file)
        self.engine = self._sqlite(url, durable) if url.get_backend_name() == "sqlite" else self._postgresql(url)
        reads: dict[str, Any] = {"duban_begin": "BEGIN"}
        if self.dialect == "postgresql":
            reads = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reads = self.engine.execution_options(**reads)
        self._steps = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        # SQLite has one writer: threads of this process take turns instead of polling the file's lock.
        self._group = self._shared() if self.dialect == "sqlite" else None
        self._process = os.getpid()

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.engine.dialect.name

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads, from one moment of the database."""
        self._look(create=False)
        with self._transaction(self._reads) as connection:
            yield connection

    @contextmanager
    def writing(self, *, create: bool = False) -> Iterator[Connection]:
        """A transaction that commits when the block ends and rolls back when it raises."""
        self._look(create=create)
        with self._transaction(self.engine) if self._group is None else self._group.turn() as connection:
            yield connection

    @contextmanager
    def stepping(self) -> Iterator[tuple[Connection, Driving]]:
        """A transaction with the way on which its statements reach the database."""
        if self.dialect == "sqlite":
            with self.writing() as connection:
                yield connection, Direct(connection, self.faults)
            return
        from duban.persistence.pipelining import Pipelined

        self._look(create=False)
        with self._connection(self._steps) as connection:
            driving = Pipelined(connection, self.faults)
            try:
                yield connection, driving
            except BaseException:
                driving.rollback()
                raise

    def close(self) -> None:
        """Give back all connections."""
        if self._group is not None:
            self._group.close()
        self.engine.dispose()

    def _look(self, *, create: bool) -> None:
        if os.getpid() != self._process:
            # A forked child must neither use nor close the connections of its parent.
            self.engine.dispose(close=False)
            self._process = os.getpid()
            self._group = self._shared() if self._group is not None else None
        if self._path is not None and not create and not os.path.exists(self._path):
            raise self.faults.not_ready(NO_FILE)

    def _shared(self) -> GroupCommit:
        return GroupCommit(self.engine, self.faults)

    @contextmanager
    def _connection(self, engine: Engine) -> Iterator[Connection]:
        try:
            connection = engine.connect()
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise self.faults.of(error) from error
        try:
            yield connection
        finally:
            connection.close()

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Connection]:
        with self._connection(engine) as connection:
            with self.faults.translated():
                transaction = connection.begin()
            try:
                yield connection
            except BaseException:
                with self.faults.translated():
                    transaction.rollback()
                raise
            with self.faults.translated():
                transaction.commit()

    def _sqlite(self, url: URL, durable: bool) -> Engine:
        engine = create_engine(url, connect_args={"timeout": self.faults.seconds})
        listen_sqlite(engine, wal=True, synchronous="FULL" if durable else "NORMAL")
        return engine

    def _postgresql(self, url: URL) -> Engine:
        wait = max(2, round(self.faults.seconds))
        arguments: dict[str, Any] = {} if "connect_timeout" in url.query else {"connect_timeout": wait}
        # SQLAlchemy shows a URL without its password and with all of its parameters, so none of those holds a secret.
        named = secrets_of(url)
        arguments |= {name: url.query[name] for name in named}
        url = url.difference_update_query(named)
        try:
            # Whatever the server's default: what is read after waiting for a lock is what was committed meanwhile.
            settled: dict[str, Any] = {"isolation_level": "READ COMMITTED", "pool_timeout": self.faults.seconds}
            engine = create_engine(url, connect_args=arguments, **settled)
        except ModuleNotFoundError as error:
            raise self.faults.unusable(_NO_DRIVER) from error
        milliseconds = round(self.faults.seconds * 1000)

        @event.listens_for(engine, "connect")
        def connected(connection: Any, _record: Any) -> None:
            connection.autocommit = True
            connection.execute(f"SET lock_timeout = {milliseconds}")
            connection.autocommit = False

        @event.listens_for(engine, "checkin")
        def given_back(_connection: Any, record: Any) -> None:
            record.info["duban_used"] = time.monotonic()

        @event.listens_for(engine, "checkout")
        def taken(connection: Any, record: Any, _proxy: Any) -> None:
            if time.monotonic() - record.info.get("duban_used", time.monotonic()) < _IDLE:
                return
            if not engine.dialect.do_ping(connection):
                raise DisconnectionError("the server closed an idle connection")

        return engine


class MemoryDatabase:
    """SQLite in memory: one connection, which the threads take in turn.

    What is nested in one thread shares its transaction: a read sees it, a write inside a read becomes a savepoint. A
    write inside a write is refused at once, as it would wait for itself in a file.
    """

    def __init__(self, url: URL, seconds: float) -> None:
        self.faults = Faults(told(url), seconds)
        self.engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
        listen_sqlite(self.engine, wal=False, synchronous="OFF")
        self._turn = threading.RLock()
        self._open: Connection | None = None
        self._depth = 0
        self._writing = False

    @property
    def dialect(self) -> str:
        """``sqlite``."""
        return self.engine.dialect.name

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The transaction of this thread, or a new one."""
        with self._mine() as connection:
            yield connection

    @contextmanager
    def writing(self, *, create: bool = False) -> Iterator[Connection]:
        """A savepoint inside the read of this thread, or a new transaction."""
        with self._mine() as connection:
            if self._writing:
                raise self.faults.busy()
            self._writing = True
            try:
                with connection.begin_nested() if self._depth > 1 else nullcontext():
                    yield connection
            finally:
                self._writing = False

    @contextmanager
    def stepping(self) -> Iterator[tuple[Connection, Driving]]:
        """The same with the way on which its statements reach the database."""
        with self.writing() as connection:
            yield connection, Direct(connection, self.faults)

    def close(self) -> None:
        """Forget everything."""
        self.engine.dispose()

    @contextmanager
    def _mine(self) -> Iterator[Connection]:
        if not self._turn.acquire(timeout=self.faults.seconds):
            raise self.faults.busy()
        try:
            self._depth += 1
            if self._open is not None:
                yield self._open
                return
            with self.engine.connect() as connection, connection.begin():
                self._open = connection
                try:
                    yield connection
                finally:
                    self._open = None
        finally:
            self._depth -= 1
            self._turn.release()


def listen_sqlite(engine: Engine, *, wal: bool, synchronous: str) -> None:
    """Set up each connection of ``engine`` and take its transactions out of the driver's hands."""

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver opens no transactions of its own; this attribute means the same on every Python since 3.6.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        if wal and connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                # Another process is in it, most likely switching it itself. This connection follows the file.
                if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                    raise

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        # Straight to the driver: this is a tenth of a step, and there is nothing to compile or to fetch.
        driver: Any = connection.connection.driver_connection
        if not driver.in_transaction:
            driver.execute(connection.get_execution_options().get("duban_begin", "BEGIN IMMEDIATE"))
