"""SQLite in memory: one connection, which is gone with everything in it when it is closed."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TypeVar

from sqlalchemy import URL, Connection, StaticPool, create_engine

from duban.engine.ports.clock import Clock
from duban.persistence.addresses import told
from duban.persistence.driving import Direct, Driving
from duban.persistence.faults import Faults
from duban.persistence.sqlite_connections import listen_sqlite

T = TypeVar("T")


class MemoryDatabase:
    """SQLite in memory: one connection, which the threads take in turn.

    What is nested in one thread shares its transaction: a read sees it, a write inside a read becomes a savepoint. A
    write inside a write is refused at once, as it would wait for itself in a file.
    """

    namespace: str | None = None

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

    def clock(self, machine: Clock) -> Clock:
        """The machine's."""
        return machine

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

    def driving(self, connection: Connection) -> Driving:
        """Statements go to the driver."""
        return Direct(connection, self.faults)

    @contextmanager
    def stepping(self) -> Iterator[tuple[Connection, Driving]]:
        """The same with the way on which its statements reach the database."""
        with self.writing() as connection:
            yield connection, self.driving(connection)

    def stepped(self, work: Callable[[Connection, Driving], T]) -> T:
        """What the work comes to in such a transaction."""
        with self.stepping() as (connection, driving):
            return work(connection, driving)

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
