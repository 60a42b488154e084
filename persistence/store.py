"""The store: one class for SQLite and PostgreSQL, behind the port of the engine."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import Connection

from duban.engine.ports.clock import Clock, SystemClock
from duban.persistence import schema
from duban.persistence.addresses import parsed
from duban.persistence.archive_files import ArchiveFiles, default_archive_folder
from duban.persistence.database import Database, PooledDatabase, is_in_memory
from duban.persistence.driving import Lent
from duban.persistence.facts import told
from duban.persistence.faults import Collision
from duban.persistence.hosts import Place
from duban.persistence.known_bugs import known_bugs
from duban.persistence.leading import plainly
from duban.persistence.lending import begin, join_savepoints, lent_by
from duban.persistence.memory_database import MemoryDatabase
from duban.persistence.namespaces import require_inside
from duban.persistence.ownership import note_owner, require_owner
from duban.persistence.reader import SqlReader
from duban.persistence.repeating import repeated
from duban.persistence.sameness import require_same

if TYPE_CHECKING:
    from duban.persistence.dispatches import SqlDispatches
    from duban.persistence.driving import Driving
    from duban.persistence.moving import FileArchives
    from duban.persistence.outbox import SqlOutbox
    from duban.persistence.writer import SqlWriter

T = TypeVar("T")

_LOOKS_AGAIN: Final = 0.11
"""Seconds, a little more than the longest pause of SQLite's own waiting for a lock."""


@cache
def _writer_class() -> "type[SqlWriter]":
    from duban.persistence.writer import SqlWriter  # with statements of its own, and most commands only look

    return SqlWriter


class SqlStore:
    """Cases in SQLite (``sqlite:///file.db``, ``sqlite:///:memory:``) or PostgreSQL (``postgresql://…``, where
    ``?schema=NAME`` keeps all of it in one schema).

    ``busy_seconds`` is how long it waits for a lock or a server. ``durable`` false gives up SQLite's
    ``synchronous=FULL``: after a power failure the latest commits may be missing. ``owner`` is the office that it has
    to belong to, where several have stores. ``archives`` is the folder of what is moved out of it.

    Nothing is opened before the first transaction.

    Raises:
        StoreError: the URL is not understood, or its driver is not installed.
    """

    def __init__(
        self, url: str, *, busy_seconds: float = 5.0, durable: bool = True, owner: str | None = None,
        archives: Path | None = None,
    ) -> None:  # fmt: skip
        address = plainly(parsed(url))
        self._owner = owner
        memory = is_in_memory(address)
        self._database: Database = (
            MemoryDatabase(address, busy_seconds) if memory else PooledDatabase(address, busy_seconds, durable)
        )
        self._faults = self._database.faults
        passing = memory and archives is None
        self._files = ArchiveFiles(lambda: archives or default_archive_folder(url), busy_seconds, passing=passing)
        self._is_ready = False

    @property
    def url(self) -> str:
        """Where it is, without a password."""
        return self._faults.url

    def clock(self, machine: Clock) -> Clock:
        """The clock by which everybody goes who shares this store: of a server, the server's.

        A ``machine`` that is no SystemClock is one that somebody moves, and stays what it is.
        """
        return self._database.clock(machine) if isinstance(machine, SystemClock) else machine

    @cached_property
    def outbox(self) -> "SqlOutbox":
        """The worker's side of the outbox."""
        from duban.persistence.outbox import SqlOutbox  # its statements are for those who deliver

        return SqlOutbox(self._database)

    @cached_property
    def dispatches(self) -> "SqlDispatches":
        """The worker's side of what goes out on channels."""
        from duban.persistence.dispatches import SqlDispatches  # as above

        return SqlDispatches(self._database)

    @cached_property
    def archives(self) -> "FileArchives":
        """Where finished cases are moved to."""
        from duban.persistence.moving import FileArchives  # as above

        return FileArchives(self._database, self._files)

    def migrate(self) -> None:
        """Create or upgrade the tables. Safe to run at any time, by several processes at once.

        Raises:
            StoreNotReady: the tables are of a version that this duban does not know.
            StoreBusy, StoreError: as for ``read``.
        """
        self._migrate(instead=False)

    def take_over(self) -> None:
        """Migrate, and from here on belong to the owner, whoever it belonged to before. Errors as of ``migrate``."""
        self._migrate(instead=True)

    @contextmanager
    def read(self) -> Iterator[SqlReader]:
        """A read transaction.

        Raises:
            StoreNotReady: no tables, or those of another version.
            StoreBusy: locked or unreachable for too long.
            StoreError: out of reach for another reason, which it tells.
        """
        with self._database.reading() as connection:
            self._require(connection)
            yield SqlReader(connection, self._faults, self._database.driving(connection), archives=self._files)

    @contextmanager
    def write(self) -> "Iterator[SqlWriter]":
        """A write transaction: commits when the block ends, rolls back when it raises. Errors as for ``read``."""
        with self._database.stepping() as (connection, driving):
            self._require(connection)
            writer = self._writer(connection, driving)
            try:
                yield writer
                driving.commit()
            except Collision as error:
                driving.rollback()
                raise writer.collided(error) from error

    def consult(self, work: Callable[[SqlReader], T]) -> T:
        """What the work finds in a read transaction; again where the connection is lost."""

        def once() -> T:
            with self.read() as reader:
                return work(reader)

        return repeated(once, keyed=True)

    def transact(self, work: "Callable[[SqlWriter], T]", *, keyed: bool = False) -> T:
        """What the work does in a write transaction; again, some times, where the database undoes it for another or the
        connection is lost.

        ``keyed`` says that the work does nothing a second time, so that it is done again, too, where the connection is
        lost in the commit.

        Raises:
            StoreLost: the connection was lost in the commit, or again and again. Else as ``write``.
        """

        def step(connection: Connection, driving: "Driving") -> T:
            self._require(connection)
            writer = self._writer(connection, driving)
            try:
                answer = work(writer)
                driving.commit()
            except Collision as error:
                driving.rollback()
                raise writer.collided(error) from error
            return answer

        return repeated(lambda: self._database.stepped(step), keyed=keyed)

    def join(self, session: Any) -> "SqlWriter":
        """Take part in the host's transaction on a SQLAlchemy session or connection: never commits, never flushes.

        Raises:
            StoreError: it is neither, it commits by itself, its database is neither SQLite nor PostgreSQL, or another
                one than this store's, or it works outside the schema in which this store lives.
            StoreNotReady: the tables are missing there, or of another version.
        """
        connection = lent_by(session, self._faults)
        begin(connection, self._faults)
        with self._faults.translated():
            require_same(connection, self._database.engine, self._faults)
        if self._database.namespace is not None:
            with self._faults.translated():
                require_inside(connection, self._database.namespace, self._faults)
        # Each host brings a connection of its own, which may lead elsewhere than the one before.
        self._is_ready = self._is_ready and self._owner is None
        self._require(connection)
        joining = partial(join_savepoints, session, connection, self._faults)
        return self._writer(connection, Lent(connection, self._faults, joining))

    def stand_aside(self) -> None:
        """Let those in who wait to write. SQLite has no queue: whoever finds it locked looks again every 100 ms."""
        if self._database.dialect == "sqlite":
            time.sleep(_LOOKS_AGAIN)

    def facts(self) -> Mapping[str, str]:
        """What ``duban doctor`` tells of the store: kind, version, journal, synchronous, schema version, …"""
        with self._database.reading() as connection, self._faults.translated():
            found = schema.found_version(connection, self._faults)
            facts = {"url": self.url, "kind": self._database.dialect, "schema": found or "-"}
            if "," in self.url:
                info: Any = connection.connection.driver_connection.info  # type: ignore[union-attr]
                facts["server"] = str(Place(info.host, str(info.port)))
            version = connection.dialect.server_version_info or ()
            facts["version"] = ".".join(map(str, version))
            if self._database.namespace is not None:
                facts["namespace"] = self._database.namespace
            if self._database.dialect == "sqlite":
                bugs = known_bugs(tuple(int(part) for part in version))
                facts |= {"known_bugs": " ".join(bugs)} if bugs else {}
            return facts | told(connection)

    def is_empty(self) -> bool:
        """Whether it holds nothing at all: the tables are there, and no row in them."""
        from duban.persistence.copying import is_empty

        with self.read():
            return is_empty(self._database)

    def copy_to(self, other: "SqlStore", progress: Callable[[int], None] = lambda _count: None) -> dict[str, int]:
        """Copy all rows, as they stand at one moment, into a store that is empty; how many, by table.

        This store goes on working meanwhile. ``progress`` hears the count of rows so far.

        Raises:
            StoreNotReady, StoreBusy, StoreError: of either store; the other one is then as it was.
            UsageError: the other one is not empty, or somebody else is copying into it.
        """
        from duban.persistence.copying import copied

        with self.read(), other.read():
            pass  # both have the tables of this code
        return copied(self._database, other._database, progress)

    def close(self) -> None:
        """Give back all connections."""
        self._files.close()
        self._database.close()

    def _writer(self, connection: Connection, driving: "Driving") -> "SqlWriter":
        return _writer_class()(connection, self._faults, driving, self._files)

    def _require(self, connection: Connection) -> None:
        # Once is enough: tables do not go back, and what goes missing later is told by the statement that misses it.
        if not self._is_ready:
            schema.require_schema(connection, self._faults, self._database.namespace)
            if self._owner is not None:
                require_owner(connection, self._owner, self._faults)
            self._is_ready = True

    def _migrate(self, *, instead: bool) -> None:
        schema.migrate(self._database)
        self.archives.migrate()
        if self._owner is not None:
            with self._database.writing() as connection:
                note_owner(connection, self._owner, self._faults, instead=instead)
        self._is_ready = True
