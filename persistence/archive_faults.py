"""What goes wrong in the file of an archive: another file in its place is told as that, and not as a store."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

from duban.engine.errors import ArchiveDamaged, StoreError, StoreNotReady, StoreTooNew
from duban.engine.model.saying import Saying
from duban.persistence.faults import NO_TABLES, Faults

_NO_ARCHIVE: Final = (NO_TABLES, Saying("store.not-a-database"), Saying("store.damaged"))

_Error = TypeVar("_Error", bound=StoreError)


class ArchiveFaults(Faults):
    """Translates errors of one archive."""

    def __init__(self, url: str, seconds: float, file: Path) -> None:
        super().__init__(url, seconds, file.parent)
        self._file = file

    def of(self, error: Exception, *, committing: bool = False) -> Exception:
        """The error to raise in place of ``error``."""
        found = super().of(error, committing=committing)
        if isinstance(found, StoreError) and found.data.get("why", found.data.get("found")) in _NO_ARCHIVE:
            return damaged(self._file)
        return self._named(found) if isinstance(found, StoreError) else found

    def not_ready(self, found: str | Saying) -> StoreNotReady:
        """The archive's tables are not those that this code needs."""
        return self._named(super().not_ready(found))

    def newer(self, found: str) -> StoreTooNew:
        """The archive's tables are of a revision that this code does not know."""
        return self._named(super().newer(found))

    def _named(self, error: _Error) -> _Error:
        error.data["archive"] = self._file.name
        return error


def damaged(file: Path) -> ArchiveDamaged:
    """That the file does not hold what was moved to the archive of its name."""
    return ArchiveDamaged(archive=file.name, folder=str(file.parent))


@contextmanager
def of_archives() -> Iterator[None]:
    """Go on after an error of an archive; not after one of the store."""
    try:
        yield
    except StoreError as fault:
        if fault.archive is None:
            raise
