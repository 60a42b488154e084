"""What goes wrong in the file of an archive: another file in its place is told as that, and not as a store."""

from pathlib import Path
from typing import Final

from duban.engine.errors import ArchiveDamaged, StoreError
from duban.engine.model.saying import Saying
from duban.persistence.faults import NO_TABLES, Faults

_NO_ARCHIVE: Final = (NO_TABLES, Saying("store.not-a-database"), Saying("store.damaged"))


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
        return found


def damaged(file: Path) -> ArchiveDamaged:
    """That the file does not hold what was moved to the archive of its name."""
    return ArchiveDamaged(archive=file.name, folder=str(file.parent))
