"""Connections and transactions: SQLite in a file, PostgreSQL."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, Final, Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.exc import SQLAlchemyError

from duban.engine.model.saying import Saying
from duban.engine.ports.clock import Clock
from duban.persistence.addresses import file_of, has_several_hosts, secrets_of, told
from duban.persistence.driving import Direct, Driving
from duban.persistence.faults import NO_FILE, Faults
from duban.persistence.following import Following
from duban.persistence.forking import Inheritance
from duban.persistence.group_commit import GroupCommit
from duban.persistence.namespaces import confined, namespace_of, require_path
from duban.persistence.server import POOL, arguments, listen_postgresql
from duban.persistence.sqlite_connections import listen_sqlite
from duban.persistence.sqlite_writing import SqliteWriting
from duban.persistence.timing import DatabaseClock, Offset

T = TypeVar("T")

_NO_DRIVER: Final = Saying("store.no-driver")
_FOLDER_GONE: Final = Saying("store.folder-gone")


def is_in_memory(url: URL) -> bool:
    """Whether the URL names an SQLite database in memory."""
    return url.get_backend_name() == "sqlite" and file_of(url) is None


class Database(Protocol):
    """Where transactions are opened; every error that comes out is duban's."""

    faults: Faults
    engine: Engine
    namespace: str | None
    """The schema of PostgreSQL that it is kept to, if it is kept to one."""

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        ...

    def clock(self, machine: Clock) -> Clock:
        """The clock by which everybody goes who shares this database; ``machine`` is that of this machine."""
        ...

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that only reads, always from one moment of the database."""
        ...

    def writing(self, *, create: bool = False) -> AbstractContextManager[Connection]:
        """A transaction that commits when the block ends and rolls back when it raises.

        ``create`` lets SQLite make the file where there is none.
        """
        ...

    def driving(self, connection: Connection) -> Driving:
        """The way on which the statements of a transaction that is open on the connection reach the database."""
        ...

    def stepping(self) -> AbstractContextManager[tuple[Connection, Driving]]:
        """The same with the way on which its statements reach the database; it commits by that."""
        ...

    def stepped(self, work: Callable[[Connection, Driving], T]) -> T:
        """What the work comes to in such a transaction; where threads share commits, perhaps done by another one."""
        ...

    def close(self) -> None:
        """Give back all connections."""
        ...


class PooledDatabase:
    """A database with a pool of connections, each transaction on one of its own."""

    def __init__(self, url: URL, seconds: float, durable: bool) -> None:
        file = file_of(url)
        self.faults = Faults(told(url), seconds, file.parent if file is not None else None)
        self.namespace = namespace_of(url)
        self.offset = Offset()
        # As text: to look for a file by its Path costs three times as much, and it is done in each transaction.
        self._path = None if file is None else str(file)
        self.engine = self._sqlite(url, durable) if url.get_backend_name() == "sqlite" else self._postgresql(url)
        begin = "BEGIN" if self.dialect == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        self._reads = self.engine.execution_options(duban_begin=begin)
        # SQLite has one writer: threads of this process take turns instead of polling the file's lock.
        self._group = self._shared()
        self._inheritance = Inheritance(self.engine, self._begin_anew)

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

    def clock(self, machine: Clock) -> Clock:
        """The server's clock; the machine's, where the database is a file."""
        return machine if self.dialect == "sqlite" else DatabaseClock(machine, self.offset, self._measure)

    def driving(self, connection: Connection) -> Driving:
        """Statements go to the driver; on PostgreSQL together."""
        if self.dialect == "sqlite":
            return Direct(connection, self.faults)
        from duban.persistence.pipelining import Pipelined

        return Pipelined(connection, self.faults)

    @contextmanager
    def stepping(self) -> Iterator[tuple[Connection, Driving]]:
        """A transaction with the way on which its statements reach the database."""
        if self.dialect == "sqlite":
            with self.writing() as connection:
                yield connection, self.driving(connection)
            return
        self._look(create=False)
        with self._connection(self.engine) as connection:
            driving = self.driving(connection)
            try:
                yield connection, driving
            except BaseException:
                driving.rollback()  # in a forked child it only lets go
                raise

    def stepped(self, work: Callable[[Connection, Driving], T]) -> T:
        """What the work comes to in a transaction; on SQLite, threads share commits."""
        if self._group is None:
            with self.stepping() as (connection, driving):
                return work(connection, driving)
        self._look(create=False)
        return self._group.run(work)

    def close(self) -> None:
        """Give back all connections."""
        if self._group is not None:
            self._group.close()
        self.engine.dispose()

    def _look(self, *, create: bool) -> None:
        if self._path is not None and not create and not os.path.exists(self._path):
            raise self.faults.not_ready(NO_FILE)

    def _measure(self) -> None:
        with suppress(SQLAlchemyError), self.engine.connect():
            pass  # to connect is to measure

    def _shared(self) -> GroupCommit | None:
        if self.dialect != "sqlite":
            return None
        return GroupCommit(SqliteWriting(self.engine, self.faults), self.faults)

    def _begin_anew(self) -> None:
        self._group = self._shared()

    @contextmanager
    def _connection(self, engine: Engine) -> Iterator[Connection]:
        try:
            connection = engine.connect()
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise self.faults.of(error) from error
        process = os.getpid()
        try:
            yield connection
        finally:
            if os.getpid() == process:
                connection.close()

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Connection]:
        process = os.getpid()
        with self._connection(engine) as connection:
            with self.faults.translated():
                transaction = connection.begin()
            try:
                yield connection
                self.faults.require_process(process)
            except BaseException:
                if os.getpid() == process:
                    with self.faults.translated():
                        transaction.rollback()
                raise
            with self.faults.translated(committing=True):
                transaction.commit()

    def _sqlite(self, url: URL, durable: bool) -> Engine:
        try:
            engine = create_engine(url, connect_args={"timeout": self.faults.seconds})
        except OSError as fault:  # a relative path, and no folder that it could be relative to
            raise self.faults.unusable(_FOLDER_GONE) from fault
        listen_sqlite(engine, wal=True, synchronous="FULL" if durable else "NORMAL")
        return engine

    def _postgresql(self, url: URL) -> Engine:
        # SQLAlchemy shows a URL without its password and with all of its parameters, so none of those holds a secret.
        url, confining = confined(url)
        named = secrets_of(url)
        given = {name: url.query[name] for name in named} | arguments(url, self.faults.seconds) | dict(confining)
        url = url.difference_update_query(named)
        try:
            engine = create_engine(url, connect_args=given, pool_timeout=self.faults.seconds, **POOL)
        except ModuleNotFoundError as error:
            raise self.faults.unusable(_NO_DRIVER) from error
        if has_several_hosts(url):
            Following(self.faults.overtaken).listen(engine)
        listen_postgresql(engine, self.faults.seconds, self.offset, self._looked_at)
        return engine

    def _looked_at(self, connection: Any) -> None:
        if self.namespace is not None:
            require_path(connection, self.namespace, self.faults)
