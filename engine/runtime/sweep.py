"""Finds ladder steps whose time has come and climbs them, in due order, each in a transaction of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import heappop, heappush
from typing import Final

from duban.engine.errors import DubanError
from duban.engine.log import log
from duban.engine.ports.store import DueStep, Store
from duban.engine.runtime.commands import Commands
from duban.engine.runtime.recalculation import recalculated
from duban.engine.runtime.world import World

BATCH: Final = 500
LAST_SWEEP: Final = "last_sweep_at"


@dataclass(frozen=True, slots=True)
class SweepReport:
    """How many steps were climbed, and which cases could not be (their references)."""

    climbed: int
    failed: tuple[str, ...]


def sweep(store: Store, world: World, progress: Callable[[int], None]) -> SweepReport:
    """Climb every step that is due now. Safe to run anywhere, any number of times.

    A case whose step fails is left for the next sweep and does not hold up the rows behind it.
    """
    climbed, failed = 0, set(recalculated(store, world))
    while True:
        with store.read() as reader:
            wanted = BATCH + len(failed)
            found = reader.due_steps(world.clock.now(), wanted)
        due = [(_due_at(step), step.case_id, number, step) for number, step in enumerate(found)]
        due = [entry for entry in due if entry[3].ref not in failed]
        if not due:
            break
        # What lies beyond a full batch is not known yet, so nothing later than its end is climbed with it.
        end = due[-1][0] if len(found) == wanted else None
        while due:
            _, _, number, step = heappop(due)
            if step.ref in failed:
                continue
            try:
                with store.write() as writer:
                    done = Commands(world, writer).climb(step)
            except Exception as fault:  # whatever is wrong with one case, the others go on
                failed.add(step.ref)
                code = fault.code if isinstance(fault, DubanError) else type(fault).__name__
                log.warning("step.failed", ref=step.ref, deadline=step.stopwatch.deadline, code=code)
                continue
            if done is None:
                continue
            climbed += 1
            if not done.outcome.case.audience:
                log.info("step.climbed", ref=step.ref, step=done.outcome.row.event, case_level=done.outcome.case.level)
            progress(climbed)
            if done.following is not None and (end is None or _due_at(done.following) <= end):
                heappush(due, (_due_at(done.following), step.case_id, number, done.following))
    with store.write() as writer:
        writer.put_setting(LAST_SWEEP, world.clock.now().isoformat())
    return SweepReport(climbed, tuple(sorted(failed)))


def _due_at(step: DueStep) -> datetime:
    return step.stopwatch.next_at or datetime.max.replace(tzinfo=UTC)
