"""Finds ladder steps whose time has come and climbs them: in due order, many in one transaction, each once.

Whoever sweeps takes a row of the store first, so that sweeps of several processes alternate batch by batch instead of
meeting on the same cases, and each batch is read when the one before it, whoever climbed it, is in the store.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from heapq import heapify, heappop, heappush
from typing import Final, NamedTuple

from duban.engine.log import log
from duban.engine.model.scope import Scope
from duban.engine.ports.store import DueStep, Store, Writer
from duban.engine.runtime.commands import Climbed, Commands
from duban.engine.runtime.kept import Undone, kept
from duban.engine.runtime.recalculation import recalculated
from duban.engine.runtime.world import World

BATCH: Final = 1_000
"""The most steps in one transaction."""

HOLD: Final = 0.5
"""Seconds after which a batch ends although more is due, and others get their turn to write."""

LAST_SWEEP: Final = "last_sweep_at"
"""The setting that tells when a sweep last came to its end: everything that was due then was climbed, or has failed."""


LAST_FAILED: Final = "last_sweep_failed"
"""The setting that tells how many cases without an audience that sweep could not climb."""

HIDDEN_FAILED: Final = "last_sweep_failed_hidden"
"""The setting that lists, as JSON, the references of those with one: for the eyes of who may see them."""

SCHEDULER_EVERY: Final = "scheduler_every_seconds"
"""The setting that tells how often the scheduler that began last sweeps."""


@dataclass(frozen=True, slots=True)
class SweepReport:
    """How many steps were climbed, and which cases could not be (their references).

    Of confidential cases only those count that whoever it is told to may know of.
    """

    climbed: int
    failed: tuple[str, ...]


class _Entry(NamedTuple):
    """A due step in its place: by due time, then case, then the order of the index."""

    due_at: datetime
    case_id: int
    number: int
    step: DueStep


def sweep(
    store: Store, world: World, progress: Callable[[int], None], stopped: Callable[[], bool], scope: Scope
) -> SweepReport:
    """Climb every step that is due now. Safe to run anywhere, any number of times.

    A case whose step fails is left for the next sweep and does not hold up the rows behind it. ``stopped`` is asked
    after each batch; when it says so, the rest is left for the next sweep. ``progress`` is told the count of steps
    as they are in the store. Steps of cases that ``scope`` does not admit are climbed, and not told of.

    Raises:
        StoreError: the store is out of reach or stays locked. What was climbed until then is kept.
    """
    return _Sweep(store, world, progress, scope).run(stopped)


class _Sweep:
    def __init__(self, store: Store, world: World, progress: Callable[[int], None], scope: Scope) -> None:
        self._store = store
        self._world = world
        self._progress = progress
        self._scope = scope
        self._climbed = 0
        # The references of cases whose steps failed, each with the audience of its case.
        self._failed: dict[str, tuple[str, ...]] = {}
        self._passed_over = 0

    def run(self, stopped: Callable[[], bool]) -> SweepReport:
        self._failed.update(recalculated(self._store, self._world))
        aside_at = time.monotonic()
        while not stopped():
            if time.monotonic() - aside_at > HOLD:
                self._store.stand_aside()
                aside_at = time.monotonic()
            due: list[_Entry] = []
            try:
                done = kept(self._store, self._world, partial(self._batch, due))
            except Undone:
                self._one_by_one(due)
                continue
            if done is None:
                break
            for climbed in done:
                self._tell(climbed)
        told = [ref for ref, audience in self._failed.items() if self._scope.admits(audience)]
        return SweepReport(self._climbed, tuple(sorted(told)))

    def _batch(self, due: list[_Entry], writer: Writer) -> list[Climbed] | None:
        """Climb what is due next; None when nothing is. ``due`` is filled with what was found."""
        found, is_all = self._found(writer)
        due += found
        if not due:
            writer.put_setting(LAST_SWEEP, self._world.clock.now().isoformat())
            hidden = sorted(ref for ref, audience in self._failed.items() if audience)
            writer.put_setting(LAST_FAILED, str(len(self._failed) - len(hidden)))
            writer.put_setting(HIDDEN_FAILED, json.dumps(hidden))
            return None
        writer.give_way()
        heap, commands = list(due), Commands(self._world, writer)
        done: list[Climbed] = []
        # What lies behind the rows that were read is not known yet, so nothing later than their end is climbed.
        end = None if is_all else due[-1]
        until = time.monotonic() + HOLD
        while heap and len(done) < BATCH and time.monotonic() < until:
            entry = heappop(heap)
            climbed = commands.climb(entry.step)
            if climbed is None:
                continue
            done.append(climbed)
            _follow(heap, entry, climbed, end)
        return done

    def _one_by_one(self, due: list[_Entry]) -> None:
        """Climb a batch that failed in transactions of one step each, and find out whose steps fail."""
        heap, end = list(due), due[-1] if due else None
        heapify(heap)
        while heap:
            entry = heappop(heap)
            step = entry.step
            if step.ref in self._failed:
                continue
            try:
                climbed = kept(self._store, self._world, partial(self._one, step))
            except Undone as undone:
                self._failed[step.ref] = audience = self._audience(step)
                if not audience:
                    log.warning("step.failed", ref=step.ref, deadline=step.stopwatch.deadline, code=undone.code)
                continue
            if climbed is not None:
                self._tell(climbed)
                _follow(heap, entry, climbed, end)

    def _one(self, step: DueStep, writer: Writer) -> Climbed | None:
        return Commands(self._world, writer).climb(step)

    def _audience(self, step: DueStep) -> tuple[str, ...]:
        with self._store.read() as reader:
            case = reader.case_by_id(step.case_id)
        return case.audience if case is not None else ()

    def _found(self, writer: Writer) -> tuple[list[_Entry], bool]:
        """The next rows of the index that are not of a case that failed, however many of those lie before them.

        And whether these are all.
        """
        now = self._world.clock.now()
        while True:
            wanted = BATCH + self._passed_over
            found = writer.due_steps(now, wanted)
            due = [
                _Entry(_due_at(step), step.case_id, number, step)
                for number, step in enumerate(found)
                if step.ref not in self._failed
            ]
            self._passed_over = len(found) - len(due)
            if due or len(found) < wanted:
                return due, len(found) < wanted

    def _tell(self, climbed: Climbed) -> None:
        case, row = climbed.outcome.case, climbed.outcome.row
        if not case.audience:
            log.info("step.climbed", ref=case.ref, step=row.event, case_level=case.level)
        if self._scope.admits(case.audience):
            self._climbed += 1
            self._progress(self._climbed)


def _follow(heap: list[_Entry], entry: _Entry, climbed: Climbed, end: _Entry | None) -> None:
    """Put the next step of the same ladder in its place, where its time has come as well and its place is known."""
    step = climbed.following
    if step is None:
        return
    following = entry._replace(due_at=_due_at(step), step=step)
    if end is None or following[:2] <= end[:2]:
        heappush(heap, following)


def _due_at(step: DueStep) -> datetime:
    return step.stopwatch.next_at or datetime.max.replace(tzinfo=UTC)
