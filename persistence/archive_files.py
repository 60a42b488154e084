"""Archives: SQLite files of duban's own tables in one folder, each with the cases that were moved to it.

An archive holds whole cases, with the rows of their histories, their messages and definitions. It is written by
:mod:`duban.persistence.moving` alone; here it is found and read.
"""

import os
import re
import secrets
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as DriverConnection
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import URL, Engine, create_engine, event

from duban.engine.errors import ArchiveBroken, ArchiveDamaged, ArchiveNotAtHand, StoreError
from duban.persistence.addresses import file_of, parsed, told
from duban.persistence.archive_faults import ArchiveFaults, damaged
from duban.persistence.database import PooledDatabase
from duban.persistence.evidence import default_evidence_folder
from duban.persistence.folder_faults import told_of
from duban.persistence.sqlite_connections import listen_sqlite
from duban.persistence.tables import SCHEMA

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from duban.engine.model.archive import ArchiveStanding
    from duban.engine.model.case import Case, HistoryRow
    from duban.persistence.archive_holdings import Ends, Holding
    from duban.persistence.group_commit import GroupCommit
    from duban.persistence.reader import SqlReader

_NAME: Final = re.compile(r"closed-[0-9]{4,6}-[0-9a-f]{8}\.db")


def default_archive_folder(url: str, evidence: Path | None = None) -> Path:
    """Where archives lie when nobody says: beside the evidence (``street.db.archives``), in a new temporary folder for
    a database in memory, in ``duban-archives`` of the current folder for PostgreSQL.

    Raises:
        StoreError: the URL is not understood.
    """
    if evidence is not None:
        return evidence.with_name(f"{evidence.name}.archives")
    address = parsed(url)
    if address.get_backend_name() == "sqlite" and file_of(address) is None:
        return Path(tempfile.gettempdir()) / f"duban-archives-{secrets.token_hex(8)}"
    beside = default_evidence_folder(url)
    return beside.with_name(beside.name.replace("evidence", "archives"))


class ArchiveDatabase(PooledDatabase):
    """One archive: a file by itself, without a log beside it, so that it can be copied and carried away."""

    def __init__(self, file: Path, seconds: float) -> None:
        url = URL.create("sqlite", database=str(file))
        super().__init__(url, seconds, durable=True)
        self._file = file
        self.faults = ArchiveFaults(told(url), seconds, file)

    def damaged(self) -> ArchiveDamaged:
        """The file does not hold what was moved to this archive."""
        return damaged(self._file)

    def _sqlite(self, url: URL, durable: bool) -> Engine:
        engine = create_engine(url, connect_args={"timeout": self.faults.seconds})
        # EXTRA: that the journal is gone is on the disk, too, before a commit returns.
        listen_sqlite(engine, wal=False, synchronous="EXTRA")
        event.listen(engine, "connect", _set_up)
        return engine

    def _shared(self) -> "GroupCommit | None":
        return None


def _set_up(connection: DriverConnection, _record: Any) -> None:
    # Parents and what a case is linked to may lie elsewhere. What is taken out again is overwritten.
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA secure_delete = ON")


class ArchiveFiles:
    """The archives of a store in their ``folder``, which is made with the first of them.

    Those of a store in memory are ``passing``: they are gone with ``close``.
    """

    def __init__(self, folder: Callable[[], Path], seconds: float, *, passing: bool = False) -> None:
        self._find_folder = folder
        self._passing = passing
        self._seconds = seconds
        self._turn = threading.Lock()
        self._folder: Path | None = None
        self._open: dict[str, ArchiveDatabase] = {}

    @property
    def folder(self) -> Path:
        """Where they lie."""
        with self._turn:
            if self._folder is None:
                self._folder = self._find_folder()
            return self._folder

    def is_at_hand(self, name: str) -> bool:
        """Whether a file lies in the place of this archive. Where the folder is closed to us, none does."""
        return bool(_NAME.fullmatch(name)) and os.path.isfile(self.folder / name)

    def standing(self, name: str, wanted: "Holding | Ends", owner: str | None) -> "ArchiveStanding":
        """How the file of this archive stands: it should hold what is ``wanted``, and belong to this ``owner``."""
        from duban.persistence.archive_holdings import OWNER

        try:
            with self._connected(name) as (database, connection), database.faults.translated():
                if not wanted.is_in(connection):
                    return "damaged"
                return "at-hand" if connection.execute(OWNER).scalar() == owner else "foreign"
        except ArchiveNotAtHand as fault:
            return "damaged" if isinstance(fault, ArchiveDamaged) else "away"
        except StoreError:
            return "unreadable"

    def database(self, name: str) -> ArchiveDatabase:
        """The archive of this name.

        Raises:
            ArchiveNotAtHand: its file is not there.
        """
        # The name comes from the store: whoever wrote it there leads us to no other file.
        if not self.is_at_hand(name):
            raise ArchiveNotAtHand(archive=name, folder=str(self.folder))
        with self._turn:
            assert self._folder is not None
            if name not in self._open:
                self._open[name] = ArchiveDatabase(self._folder / name, self._seconds)
            return self._open[name]

    def made(self, name: str) -> ArchiveDatabase:
        """The archive of this name, made where there is none; only the user who runs duban may read it.

        Not for an archive of which the store says that something lies there: see ``upgraded``.

        Raises:
            ArchiveDamaged: a file that is no database lies in its place.
            StoreError: the folder cannot be written, and why.
        """
        from duban.persistence.schema import migrate

        if not _NAME.fullmatch(name):
            raise ArchiveNotAtHand(archive=name, folder=str(self.folder))
        with told_of(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.folder / name, os.O_CREAT | os.O_WRONLY, 0o600))
        found = self.database(name)
        migrate(found)
        return found

    def upgraded(self, name: str) -> ArchiveDatabase:
        """An archive in which something lies, with the tables of this code.

        Raises:
            ArchiveNotAtHand: its file is not there. ArchiveDamaged: the file in its place has no tables.
            StoreError: the archive cannot be read, or not be upgraded.
        """
        from duban.persistence.schema import found_version, migrate

        found = self.database(name)
        with found.reading() as connection:
            version = found_version(connection, found.faults)
        if version is None:
            raise found.damaged()
        if version != SCHEMA:
            migrate(found)
        return found

    @contextmanager
    def reading(self, name: str) -> Iterator["SqlReader"]:
        """A read transaction on an archive.

        Raises:
            ArchiveNotAtHand: its file is not there. ArchiveDamaged: the file in its place is no archive.
            StoreError: it cannot be read, or is of another version.
        """
        from duban.persistence.reader import SqlReader

        with self._connected(name) as (database, connection):
            yield SqlReader(connection, database.faults)

    @contextmanager
    def _connected(self, name: str) -> Iterator["tuple[ArchiveDatabase, Connection]"]:
        from duban.persistence.schema import found_version, require_schema

        database = self.database(name)
        with database.reading() as connection:
            if found_version(connection, database.faults) is None:
                raise database.damaged()
            require_schema(connection, database.faults)
            yield database, connection

    def history(self, case: "Case") -> "list[HistoryRow]":
        """The rows of a case that was moved, in order.

        Raises:
            ArchiveNotAtHand: as of ``reading``. ArchiveBroken: the archive does not hold the case.
        """
        assert case.archive is not None
        with self.reading(case.archive) as reader:
            rows = reader.history_of([case.id]).get(case.id, [])
        if not rows or rows[0].ref != case.ref:
            raise ArchiveBroken(archive=case.archive, ref=case.ref)
        return rows

    def close(self) -> None:
        """Give back all connections."""
        with self._turn:
            for database in self._open.values():
                database.close()
            self._open.clear()
            if self._passing and self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
