"""Where the cases of a batch come from: references that were given, or criteria. Both remember how far they are."""

from collections import deque
from collections.abc import Iterable
from typing import Final

from duban.engine.model.case import Case
from duban.engine.model.scope import Scope
from duban.engine.ports.clock import Clock
from duban.engine.ports.store import Writer
from duban.engine.runtime.bulk.report import Criteria

BATCH: Final = 1_000
"""The most cases in one transaction."""

Named = list[tuple[str, Case | None]]
"""References with their cases, locked; None where the actor sees no such case."""


class Refs:
    """Cases by reference, in the order in which they were given."""

    def __init__(self, refs: Iterable[str]) -> None:
        self._refs = iter(refs)
        self._waiting: deque[str] = deque()

    def next(self, writer: Writer, scope: Scope) -> Named:
        """The next cases, each reference once: one that is given again waits for the batch after."""
        while len(self._waiting) < BATCH and (ref := next(self._refs, None)) is not None:
            self._waiting.append(ref)
        batch: dict[str, Case | None] = {}
        for ref in self._waiting:
            if ref in batch:
                break
            batch[ref] = None
        batch |= {case.ref: case for case in writer.lock_cases(list(batch), scope)} if batch else {}
        return list(batch.items())

    def went(self, count: int) -> None:
        """So many of them are done."""
        for _ in range(count):
            self._waiting.popleft()


class Found:
    """Cases that fit, newest first. Those that begin meanwhile are left out."""

    def __init__(self, criteria: Criteria, clock: Clock) -> None:
        self._criteria = criteria
        self._clock = clock
        self._after: int | None = None
        self._ids: list[int] = []

    def next(self, writer: Writer, scope: Scope) -> Named:
        """The next cases that fit now; a parent that the actor does not see has no children for it."""
        parent = self._criteria.parent
        if parent is not None and writer.case(parent, scope) is None:
            return []
        found = writer.lock_found(self._criteria.query(self._clock.now(), BATCH, self._after), scope)
        self._ids = [case.id for case in found]
        return [(case.ref, case) for case in found]

    def went(self, count: int) -> None:
        """So many of them are done."""
        self._after = self._ids[count - 1]
