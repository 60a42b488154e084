"""Does what is due: climbs ladder steps, many in one transaction, and carries out cadences between them; each once.

All goes in due order: steps up to the next occurrence of a cadence, that occurrence, and on. Whoever sweeps takes a row
of the store first, so that sweeps of several processes alternate batch by batch instead of meeting on the same cases,
and each batch is read when the one before it, whoever did it, is in the store.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Final

from duban.engine.log import log
from duban.engine.model.frozen import frozen
from duban.engine.model.scope import Scope
from duban.engine.ports.observer import Fact
from duban.engine.ports.records import DueStep
from duban.engine.ports.store import Store, Writer
from duban.engine.runtime.agenda import FAILED, Carried, Due, due_of
from duban.engine.runtime.bulk.climbs import Place, Queue, climbed_together
from duban.engine.runtime.cadences import carry_out
from duban.engine.runtime.climbing import Climbed
from duban.engine.runtime.commands import Commands
from duban.engine.runtime.kept import Undone, kept
from duban.engine.runtime.observing import ended, observed, told
from duban.engine.runtime.pace import Turns
from duban.engine.runtime.recalculation import recalculated
from duban.engine.runtime.recalling import recalled
from duban.engine.runtime.world import World

BATCH: Final = 1_000
"""The most steps in one transaction."""

LAST_SWEEP: Final = "last_sweep_at"
"""The setting that tells when a sweep last came to its end: everything that was due then was climbed, or has failed."""


LAST_FAILED: Final = "last_sweep_failed"
"""The setting that tells how many cases without an audience that sweep could not climb."""

HIDDEN_FAILED: Final = "last_sweep_failed_hidden"
"""The setting that lists, as JSON, the references of those with one: for the eyes of who may see them."""

_NEVER: Final = datetime.min.replace(tzinfo=UTC)

SCHEDULER_EVERY: Final = "scheduler_every_seconds"
"""The setting that tells how often the scheduler that began last sweeps."""


@frozen
class SweepReport:
    """How many steps were climbed, and which cases could not be (their references).

    Of confidential cases only those count that whoever it is told to may know of. ``cadences`` are the occurrences that
    were carried out or passed over, in order; ``failed_cadences`` the names of those of which one could not be.
    ``erased`` is of how many finished cases something was erased because its time was over, ``archived`` how many were
    moved to an archive.
    """

    climbed: int
    failed: tuple[str, ...]
    cadences: tuple[Carried, ...] = ()
    failed_cadences: tuple[str, ...] = ()
    erased: int = 0
    archived: int = 0


@dataclass(slots=True)
class _Turn:
    """What one transaction found and did. ``cadence`` is the one at work, which is at fault where the work fails."""

    until: datetime = _NEVER
    due: list[Place] = field(default_factory=list)
    climbed: list[Climbed] = field(default_factory=list)
    cadence: str | None = None
    carried: Carried | None = None
    is_last: bool = False


def sweep(
    store: Store, world: World, progress: Callable[[int], None], stopped: Callable[[], bool], scope: Scope
) -> SweepReport:
    """Climb every step and carry out every cadence that is due now. Safe to run anywhere, any number of times.

    A case whose step fails is left for the next sweep and does not hold up the rows behind it; neither does a cadence
    that fails. ``stopped`` is asked after each batch; when it says so, the rest is left for the next sweep.
    ``progress`` is told the count of steps as they are in the store. Steps of cases that ``scope`` does not admit are
    climbed, and not told of.

    Raises:
        StoreError: the store is out of reach or stays locked. What was climbed until then is kept.
    """
    work = _Sweep(store, world, progress, scope)
    if not world.observers:
        return work.run(stopped)
    return observed(world.observers, "sweep", lambda: work.run(stopped), lambda _report: work.fact(), ended)


class _Sweep:
    def __init__(self, store: Store, world: World, progress: Callable[[int], None], scope: Scope) -> None:
        self._store = store
        self._world = world
        self._progress = progress
        self._scope = scope
        self._climbed = 0
        # The references of cases whose steps failed, each with the audience of its case.
        self._failed: dict[str, tuple[str, ...]] = {}
        self._carried: list[Carried] = []
        self._failed_cadences: set[str] = set()
        self._passed_over = 0
        # What observers hear of: no confidential case is among it, whoever the sweep is told to.
        self._public = 0

    def fact(self) -> Fact:
        """What observers are told that the sweep came to."""
        failed = sum(not audience for audience in self._failed.values())
        carried = sum(not one.passed for one in self._carried)
        return Fact("done", counts={"climbed": self._public, "failed": failed, "cadences": carried})

    def run(self, stopped: Callable[[], bool]) -> SweepReport:
        self._failed.update(recalculated(self._store, self._world))
        turns, turn = Turns(self._store), _Turn()
        while not turn.is_last and not stopped():
            turns.give()
            turn = _Turn()
            try:
                kept(self._store, self._world, partial(self._take, turn))
            except Undone as undone:
                # What the transaction did was rolled back with it.
                if turn.cadence is not None and recalled(self._store, undone):
                    pass  # what it fires on is back
                elif turn.cadence is not None:
                    self._failed_cadences.add(turn.cadence)
                    log.warning("cadence.failed", cadence=turn.cadence, code=undone.code)
                elif turn.due:
                    self._one_by_one(turn.due, turn.until)
                else:
                    raise undone.__cause__ or undone from None  # no case is at fault, so nothing can be left out
                turn = _Turn()
                continue
            for climbed in turn.climbed:
                self._tell(climbed)
            if turn.carried is not None:
                self._tell_carried(turn.carried)
        return SweepReport(
            self._climbed,
            tuple(sorted(ref for ref, audience in self._failed.items() if self._scope.admits(audience))),
            tuple(self._carried),
            tuple(sorted(self._failed_cadences)),
        )

    def _take(self, turn: _Turn, writer: Writer) -> None:
        """Climb what is due next, or carry out what is; note that the sweep has come to its end when nothing is."""
        turn.due, turn.climbed, turn.cadence, turn.carried = [], [], None, None  # it may be done again
        now = self._world.clock.now()
        next_up = self._next_up(turn, writer, now)
        turn.until = next_up.occurrence.at if next_up is not None else now
        turn.due, is_all = self._found(writer, turn.until)
        if turn.due:
            queue = Queue(turn.due, turn.until, is_all=is_all)
            turn.climbed = climbed_together(self._world, writer, turn.due, queue, BATCH)
        elif next_up is not None:
            turn.cadence = next_up.cadence.name
            turn.carried = carry_out(self._world, writer, *next_up)
        else:
            writer.put_setting(LAST_SWEEP, now.isoformat())
            hidden = sorted(ref for ref, audience in self._failed.items() if audience)
            writer.put_setting(LAST_FAILED, str(len(self._failed) - len(hidden)))
            writer.put_setting(HIDDEN_FAILED, json.dumps(hidden))
            writer.put_setting(FAILED, ",".join(sorted(self._failed_cadences)))
            turn.is_last = True

    def _next_up(self, turn: _Turn, writer: Writer, now: datetime) -> Due | None:
        """The occurrence that comes first of those that are due, without cadences that failed in this sweep."""
        found: list[Due] = []
        for name, cadence in self._world.pack.cadences.items():
            if name not in self._failed_cadences:
                turn.cadence = name
                due = due_of(self._world, writer, cadence, now)
                found += [due] if due is not None else []
        turn.cadence = None
        return min(found, key=lambda due: due.occurrence.at, default=None)

    def _one_by_one(self, due: list[Place], until: datetime) -> None:
        """Climb a batch that failed in transactions of one step each, and find out whose steps fail."""
        queue = Queue(due, until, is_all=False)
        while queue:
            place = queue.next()
            step = place.step
            if step.ref in self._failed:
                continue
            try:
                climbed = kept(self._store, self._world, partial(self._one, step))
            except Undone as undone:
                if recalled(self._store, undone):
                    queue.again(place)
                    continue
                self._failed[step.ref] = audience = self._audience(step)
                if not audience:
                    log.warning("step.failed", ref=step.ref, deadline=step.deadline, code=undone.code)
                continue
            if climbed is not None:
                self._tell(climbed)
                queue.follow(place, climbed)

    def _one(self, step: DueStep, writer: Writer) -> Climbed | None:
        return Commands(self._world, writer).climb(step)

    def _audience(self, step: DueStep) -> tuple[str, ...]:
        with self._store.read() as reader:
            case = reader.case_by_id(step.case_id)
        return case.audience if case is not None else ()

    def _found(self, writer: Writer, until: datetime) -> tuple[list[Place], bool]:
        """The next rows of the index that are not of a case that failed, however many of those lie before them.

        And whether these are all that are due by ``until``.
        """
        while True:
            wanted = BATCH + self._passed_over
            found = writer.due_steps(until, wanted)
            due = [
                Place(step.next_at, step.case_id, number, step)
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
            self._public += 1
            if self._world.observers:
                told(self._world.observers, lambda observer: observer.climbed(case.workflow, row.event))
        if self._scope.admits(case.audience):
            self._climbed += 1
            self._progress(self._climbed)

    def _tell_carried(self, carried: Carried) -> None:
        self._carried.append(carried)
        what = "cadence.passed" if carried.passed else "cadence.carried"
        log.info(what, cadence=carried.name, day=carried.day.isoformat())
