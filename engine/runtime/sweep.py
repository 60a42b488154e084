"""Finds ladder steps whose time has come and climbs them, in due order, each in a transaction of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from duban.engine.errors import DubanError
from duban.engine.log import log
from duban.engine.ports.store import Store
from duban.engine.runtime.commands import Commands
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
    climbed, failed = 0, set[str]()
    while True:
        with store.read() as reader:
            found = reader.due_steps(world.clock.now(), BATCH + len(failed))
        due = [step for step in found if step.ref not in failed]
        if not due:
            break
        for step in due:
            try:
                with store.write() as writer:
                    outcome = Commands(world, writer).climb(step)
            except DubanError as fault:
                failed.add(step.ref)
                log.warning("step.failed", ref=step.ref, deadline=step.stopwatch.deadline, code=fault.code)
                continue
            if outcome is not None:
                climbed += 1
                log.info("step.climbed", ref=step.ref, step=outcome.row.event, level=outcome.case.level)
                progress(climbed)
    with store.write() as writer:
        writer.put_setting(LAST_SWEEP, world.clock.now().isoformat())
    return SweepReport(climbed, tuple(sorted(failed)))
