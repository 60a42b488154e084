"""Archives that cannot be read while a whole store is checked: what is wrong with them, and what waits for them."""

from collections import Counter

from duban.engine.errors import ArchiveBroken, ArchiveNotAtHand, StoreError
from duban.engine.model.case import Case, HistoryRow
from duban.engine.ports.store import Reader


class Away:
    """The archives that could not be read: why, and how many cases that may be told were not checked for each."""

    def __init__(self) -> None:
        self.why: dict[str, str] = {}
        self.unchecked: Counter[str] = Counter()

    def history(self, case: Case, reader: Reader) -> list[HistoryRow] | str:
        """The rows of a case; where its archive cannot be read the name of that. Each is tried once: a lock takes time.

        Raises:
            ArchiveBroken: the archive does not hold the case. StoreError: the store itself cannot be read.
        """
        if case.archive is not None and case.archive in self.why:
            return case.archive
        try:
            return reader.history(case)
        except ArchiveBroken:
            raise
        except StoreError as fault:
            if fault.archive is None:
                raise
            self.why[fault.archive] = fault.code if isinstance(fault, ArchiveNotAtHand) else "archive-unreadable"
            return fault.archive
