"""Where the cases of a batch come from: references that were given, or criteria. Both remember how far they are.

``is_over`` tells that all were done, as far as that is known without looking for more.
"""

from collections import deque
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Final

from duban.engine.model.case import Case

if TYPE_CHECKING:
    from duban.engine.model.scope import Scope
    from duban.engine.ports.clock import Clock
    from duban.engine.ports.store import Writer
    from duban.engine.runtime.bulk.report import Criteria

BATCH: Final = 500
"""The most cases in one transaction."""

SMALLEST: Final = 50
"""The fewest that are read at once while there are more."""

Named = list[tuple[str, Case | None]]
"""References with their cases, locked; None where the actor sees no such case."""


class Pace:
    """How many cases the next batch takes: no more than the last one had time for, which are not to be read twice."""

    def __init__(self) -> None:
        self.size = BATCH

    def went(self, count: int, found: int) -> None:
        """So many of those found had their time."""
        self.size = max(count, SMALLEST) if count < found else min(2 * self.size, BATCH)


class Refs:
    """Cases by reference, in the order in which they were given."""

    def __init__(self, refs: Iterable[str]) -> None:
        self._refs = iter(refs)
        self._waiting: deque[str] = deque()
        self._pace = Pace()
        self._found = 0
        self._is_read = False
        self.is_over = False

    def next(self, writer: "Writer", scope: "Scope") -> Named:
        """The next cases, each reference once: one that is given again waits for the batch after."""
        more = list(islice(self._refs, max(self._pace.size - len(self._waiting), 0)))
        self._waiting.extend(more)
        self._is_read = len(self._waiting) < self._pace.size
        batch: dict[str, Case | None] = {}
        for ref in islice(self._waiting, self._pace.size):
            if ref in batch:
                break
            batch[ref] = None
        batch |= {case.ref: case for case in writer.lock_cases(list(batch), scope)} if batch else {}
        self._found = len(batch)
        return list(batch.items())

    def went(self, count: int) -> None:
        """So many of them are done."""
        self._pace.went(count, self._found)
        for _ in range(count):
            self._waiting.popleft()
        self.is_over = self._is_read and not self._waiting


class Found:
    """Cases that fit, newest first. Those that begin meanwhile are left out."""

    def __init__(self, criteria: "Criteria", clock: "Clock") -> None:
        self._criteria = criteria
        self._clock = clock
        self._after: int | None = None
        self._ids: list[int] = []
        self._pace = Pace()
        self._is_read = False
        self.is_over = False

    def next(self, writer: "Writer", scope: "Scope") -> Named:
        """The next cases that fit now; a parent that the actor does not see has no children for it."""
        parent = self._criteria.parent
        if parent is not None and writer.case(parent, scope) is None:
            return []
        found = writer.lock_found(self._criteria.query(self._clock.now(), self._pace.size, self._after), scope)
        self._is_read = len(found) < self._pace.size
        self._ids = [case.id for case in found]
        return [(case.ref, case) for case in found]

    def went(self, count: int) -> None:
        """So many of them are done."""
        self._pace.went(count, len(self._ids))
        self._after = self._ids[count - 1]
        self.is_over = self._is_read and count == len(self._ids)
