"""Runs the stopwatches of a case again over its history, and tells whether those in the store are what comes of it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from duban.engine.deadlines.stopwatch import after_event, climbed
from duban.engine.model.case import Case, HistoryRow, Stopwatch
from duban.engine.runtime.recalculation import CALENDAR, FIRST_CALENDAR, anew, calendar_of

if TYPE_CHECKING:
    from duban.engine.model.definition import Workflow
    from duban.engine.ports.store import Reader
    from duban.engine.runtime.world import World


class Rerun:
    """Stopwatches from history. To the second, as long as the calendar is the one by which the store began; after that
    what was used was counted by days that are no longer known, and only the rest is compared: runs, entries, climbed
    steps, and that due times and next steps are what the present calendar makes of what was used.
    """

    def __init__(self, reader: "Reader", world: "World") -> None:
        self._hours = world.hours
        present, last = calendar_of(world), reader.setting(CALENDAR)
        self._is_exact = reader.setting(FIRST_CALENDAR) == present and last in (None, present)
        self._is_current = last == present

    def holds(
        self, case: Case, workflow: "Workflow", rows: Sequence[HistoryRow], kept: Mapping[str, Stopwatch]
    ) -> bool:
        """Whether the stopwatches of a case are what its rows make of them."""
        if not workflow.deadlines:
            return not kept
        if not all(_is_whole(watch, workflow) for watch in kept.values()):
            return False
        if any(row.erased is not None for row in rows):
            return True  # a limit may hang on what is gone
        data: dict[str, Any] = {}
        told: dict[str, Stopwatch] = {}
        for row in rows:
            data.update(row.data)
            told = self._after(row, workflow, told, data)
        if self._is_exact:
            return told == kept
        return told.keys() == kept.keys() and all(
            self._is_alike(watch, kept[name], case, workflow) for name, watch in told.items()
        )

    def _after(
        self, row: HistoryRow, workflow: "Workflow", before: dict[str, Stopwatch], data: Mapping[str, Any]
    ) -> dict[str, Stopwatch]:
        if row.kind == "step":
            name = row.event.partition("@")[0]
            watch, deadline = before.get(name), workflow.deadlines.get(name)
            if watch is None or deadline is None:
                return before  # a step of a count
            return {**before, name: climbed(deadline, watch, self._hours)}
        event = workflow.events.get(row.event)
        if event is None:
            return before
        return after_event(
            workflow, event, before, state=row.to_state, data=data, changes=row.data, at=row.at, hours=self._hours
        )

    def _is_alike(self, told: Stopwatch, kept: Stopwatch, case: Case, workflow: "Workflow") -> bool:
        if (told.entry, told.since, told.next_step) != (kept.entry, kept.since, kept.next_step):
            return False
        if not self._is_current or not case.is_open:
            return True  # a sweep works due times out anew
        return anew(kept, workflow.deadlines[kept.deadline], case, self._hours) == kept


def _is_whole(watch: Stopwatch, workflow: "Workflow") -> bool:
    """Whether it has the time of a next step exactly where there is one to come, and is of a deadline that is there."""
    deadline = workflow.deadlines.get(watch.deadline)
    if deadline is None:
        return False
    is_awaited = watch.since is not None and watch.next_step < len(deadline.steps)
    return (watch.next_at is not None) == is_awaited and (watch.since is None or watch.due_at is not None)
