"""Where everything that is measured lies: one folder on one disk, and one PostgreSQL server that syncs each commit."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from tests.postgres import Server, new_database

_DURABLE: Final = (
    "-c fsync=on -c full_page_writes=on -c synchronous_commit=on -c shared_buffers=256MB -c max_connections=100"
)
"""The defaults, said aloud: an answer means that the disk has it."""


class Places:
    """Gives out files and databases, and takes all of them away in the end.

    ``folder`` is where the files lie, by default a new one among the temporary ones. The server is that of
    ``DUBAN_BENCH_POSTGRES`` (a URL whose user may create databases), or one of its own that begins when it is first
    asked for.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="duban-bench-", dir=folder))
        self._stack = ExitStack()
        self._server: str | None = None
        self._numbers = itertools.count(1)

    def file(self, name: str) -> Path:
        """A path that nothing lies at yet."""
        return self.folder / f"{name}-{next(self._numbers)}.db"

    def database(self) -> str:
        """The URL of a new, empty database on the server."""
        return self._stack.enter_context(new_database(self._postgres()))

    def _postgres(self) -> str:
        if self._server is None:
            given = os.environ.get("DUBAN_BENCH_POSTGRES")
            self._server = given or self._stack.enter_context(Server(_DURABLE)).url
        return self._server

    def close(self) -> None:
        """Stop the server and remove the folder."""
        try:
            self._stack.close()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def places(folder: Path | None = None) -> Iterator[Places]:
    """Places for as long as the block lasts."""
    made = Places(folder)
    try:
        yield made
    finally:
        made.close()
