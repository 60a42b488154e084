"""Histories that are read once for all that is compiled at one time, such as the figures and tables of a bulletin."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from duban.engine.model.case import Case, HistoryRow
from duban.engine.model.scope import Scope
from duban.engine.ports.chronicle import Chronicle
from duban.engine.ports.clock import Clock
from duban.engine.ports.store import Reader

MOST_ROWS: Final = 100_000
"""Rows of a workflow that are kept in memory; of more, nothing is kept and each reading goes to the store."""

History = list[tuple[Case, list[HistoryRow]]]


class Ledger:
    """What was read, by workflow. A history only grows, so whoever asks as of a moment before the reading is served."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[tuple[str, Scope], tuple[datetime, History]] = {}

    def as_of(self, reader: Reader, at: datetime) -> Chronicle:
        """The histories, for somebody who looks at none of their rows after ``at``."""
        return _Page(self, reader, at)

    def histories(
        self, reader: Reader, workflow: str, scope: Scope, at: datetime
    ) -> Iterator[tuple[Case, list[HistoryRow]]]:
        """As :meth:`Chronicle.histories`; the cases are as they were when they were read."""
        read_at, kept = self._kept.get((workflow, scope), (None, []))
        if read_at is not None and at <= read_at:
            yield from kept
            return
        now, rows, found = self._clock.now(), 0, History()
        for case, history in reader.histories(workflow, scope):
            rows += len(history)
            if rows <= MOST_ROWS:
                found.append((case, history))
            yield case, history
        if rows <= MOST_ROWS:
            self._kept[workflow, scope] = (now, found)


class _Page:
    """One reader's view of the ledger."""

    def __init__(self, ledger: Ledger, reader: Reader, at: datetime) -> None:
        self._ledger, self._reader, self._at = ledger, reader, at

    def histories(
        self, workflow: str, scope: Scope, batch: int = 500, *, unit: tuple[str, datetime] | None = None
    ) -> Iterator[tuple[Case, list[HistoryRow]]]:
        """As :meth:`Chronicle.histories`; those of one unit come from the store, which finds them by itself."""
        if unit is not None:
            return self._reader.histories(workflow, scope, batch, unit=unit)
        return self._ledger.histories(self._reader, workflow, scope, self._at)
