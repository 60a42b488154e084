"""The folder of a demonstration: a store of its own, recognised by a marker, never anybody else's files."""

import shutil
from pathlib import Path
from typing import Final

from duban.engine.errors import UsageError

MARKER: Final = ".duban-demo"
STORE: Final = "street.db"


class DemoFolder:
    """Where the demonstration keeps its store.

    Raises:
        UsageError: the folder holds files and no marker, so it is not one of ours.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.exists() and not path.is_dir():
            raise UsageError("demo-folder", folder=str(path))
        if path.is_dir() and any(path.iterdir()) and not (path / MARKER).is_file():
            raise UsageError("demo-folder", folder=str(path))

    @property
    def url(self) -> str:
        """The address of the store, as `--db` takes it."""
        return f"sqlite:///{(self.path / STORE).as_posix()}"

    @property
    def report(self) -> Path:
        """Where the rejected rows of the requests are told."""
        return self.path / "requests.rejected.csv"

    @property
    def papers(self) -> Path:
        """Where the papers of the last week are put."""
        return self.path / "papers"

    def renew(self) -> bool:
        """Make the folder, without the store of an earlier demonstration; whether there was one."""
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / MARKER).touch()
        store = self.path / STORE
        was_there = store.exists()
        for name in (STORE, f"{STORE}-wal", f"{STORE}-shm", self.report.name):
            (self.path / name).unlink(missing_ok=True)
        for made in (self.path / f"{STORE}.evidence", self.papers):
            if made.is_dir() and not made.is_symlink():
                shutil.rmtree(made)
        return was_there
