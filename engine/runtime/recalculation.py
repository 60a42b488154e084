"""Works due times out anew when the calendar has changed: a new year was published, or the pack's days or hours differ.

Until then due times beyond the known calendar are provisional. What a case has used already stays as it was counted.
"""

from functools import partial
from typing import Final

from duban.engine.deadlines.hours import WorkingHours
from duban.engine.deadlines.stopwatch import moved
from duban.engine.log import log
from duban.engine.model.canonical import canonical
from duban.engine.model.case import Case, Stopwatch
from duban.engine.model.definition import Deadline
from duban.engine.ports.store import Store, Writer
from duban.engine.runtime.kept import Undone, kept
from duban.engine.runtime.record import with_due
from duban.engine.runtime.world import World

BATCH: Final = 200
"""The most cases in one transaction."""

CALENDAR: Final = "calendar"
"""The setting that tells for which calendar the due times in the store were worked out."""

FIRST_CALENDAR: Final = "calendar_first"
"""The setting that tells by which calendar the store began; empty once another was found in force."""


def recalculated(store: Store, world: World) -> dict[str, tuple[str, ...]]:
    """Bring the due times of running deadlines in step with the calendar; the references of cases that failed, each
    with the audience of its case.

    Costs one look at a setting while the calendar is the same. The calendar is noted once no case fails any more.

    Raises:
        StoreError: the store is out of reach or stays locked.
    """
    present = calendar_of(world)
    with store.read() as reader:
        if reader.setting(CALENDAR) == present:
            return {}
        running = [(case.id, case.ref, case.audience) for case in reader.all_cases() if case.due_at is not None]
    failed: dict[str, tuple[str, ...]] = {}
    for first in range(0, len(running), BATCH):
        part = running[first : first + BATCH]
        try:
            kept(store, world, partial(_recalculate, world, [case_id for case_id, _ref, _audience in part]))
        except Undone:
            failed |= _one_by_one(store, world, part)
        if len(part) == BATCH:
            store.stand_aside()
    if not failed:
        store.transact(lambda writer: _note(writer, present), keyed=True)
    return failed


def note_first(world: World, writer: Writer) -> None:
    """Note the calendar by which a store begins, in which no case has begun yet."""
    if writer.setting(FIRST_CALENDAR) is None and not writer.definitions():
        writer.put_setting(FIRST_CALENDAR, calendar_of(world))


def _note(writer: Writer, present: str) -> None:
    writer.put_setting(CALENDAR, present)
    if writer.setting(FIRST_CALENDAR) not in (None, present):
        writer.put_setting(FIRST_CALENDAR, "")


def _one_by_one(store: Store, world: World, part: list[tuple[int, str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    failed = {}
    for case_id, ref, audience in part:
        try:
            kept(store, world, partial(_recalculate, world, [case_id]))
        except Undone as undone:
            failed[ref] = audience
            if not audience:
                log.warning("step.failed", ref=ref, deadline=None, code=undone.code)
    return failed


def _recalculate(world: World, case_ids: list[int], writer: Writer) -> None:
    for case_id in case_ids:
        case = writer.lock_case_by_id(case_id)
        if case is None or not case.is_open:
            continue
        workflow = world.definitions.pinned(case.definition, writer).workflow
        before = writer.stopwatches(case_id)
        watches = {name: anew(watch, workflow.deadlines.get(name), case, world.hours) for name, watch in before.items()}
        if watches == before:
            continue
        writer.put_stopwatches(case_id, list(watches.values()))
        writer.advance_case(with_due(case, watches), case)


def anew(watch: Stopwatch, deadline: Deadline | None, case: Case, hours: WorkingHours) -> Stopwatch:
    """A running stopwatch with its times worked out by these hours."""
    if deadline is None or watch.since is None:
        return watch
    again = moved(deadline, watch, runs=True, restarts=False, data=case.data, now=watch.since, hours=hours)
    return again or watch


def calendar_of(world: World) -> str:
    """The calendar in force, with all that due times hang on, as text."""
    plan = world.pack.calendar
    days = [sorted(map(str, plan.holidays)), sorted(map(str, plan.working_days))]
    until = world.hours.calendar.known_until.isoformat()
    return canonical([plan.calendar, list(plan.hours), *days, str(world.directory.organization.zone), until])
