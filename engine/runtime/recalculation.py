"""Works due times out anew when the calendar has changed: a new year was published, or the pack's days or hours differ.

Until then due times beyond the known calendar are provisional. What a case has used already stays as it was counted.
"""

from typing import Final

from duban.engine.deadlines.stopwatch import moved
from duban.engine.errors import DubanError
from duban.engine.log import log
from duban.engine.ports.store import Store, Writer
from duban.engine.runtime.chain import canonical
from duban.engine.runtime.record import with_due
from duban.engine.runtime.world import World

CALENDAR: Final = "calendar"
"""The setting that tells for which calendar the due times in the store were worked out."""


def recalculated(store: Store, world: World) -> tuple[str, ...]:
    """Bring the due times of running deadlines in step with the calendar; the references of cases that failed.

    Costs one look at a setting while the calendar is the same.
    """
    present = _calendar_of(world)
    with store.read() as reader:
        if reader.setting(CALENDAR) == present:
            return ()
        running = [(case.id, case.ref) for case in reader.all_cases() if case.due_at is not None]
    failed: list[str] = []
    for case_id, ref in running:
        try:
            with store.write() as writer:
                _recalculate(case_id, writer, world)
        except Exception as fault:  # whatever is wrong with one case, the others go on
            failed.append(ref)
            code = fault.code if isinstance(fault, DubanError) else type(fault).__name__
            log.warning("step.failed", ref=ref, deadline=None, code=code)
    with store.write() as writer:
        writer.put_setting(CALENDAR, present)
    return tuple(failed)


def _recalculate(case_id: int, writer: Writer, world: World) -> None:
    case = writer.lock_case_by_id(case_id)
    if case is None or not case.is_open:
        return
    workflow = world.definitions.pinned(case.definition, writer).workflow
    watches = writer.stopwatches(case_id)
    for name, watch in watches.items():
        deadline = workflow.deadlines.get(name)
        if deadline is None or watch.since is None:
            continue
        anew = moved(
            deadline, watch, runs=True, restarts=False, data=case.data, now=watch.since, hours=world.hours
        )  # fmt: skip
        watches[name] = anew or watch
    after = with_due(case, watches)
    writer.put_stopwatches(case_id, list(watches.values()))
    writer.advance_case(after, case.version)


def _calendar_of(world: World) -> str:
    plan = world.pack.calendar
    days = [sorted(map(str, plan.holidays)), sorted(map(str, plan.working_days))]
    until = world.hours.calendar.known_until.isoformat()
    return canonical([plan.calendar, list(plan.hours), *days, str(world.directory.organization.zone), until])
