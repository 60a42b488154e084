"""Climbs the steps of ladders: those of deadlines, whose time has come, and those of counts, that were reached."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from duban.engine.deadlines.stopwatch import climbed
from duban.engine.model.case import Case, HistoryRow, Outcome, Stopwatch
from duban.engine.model.changing import changed
from duban.engine.model.definition import Count, Step
from duban.engine.model.organization import SCHEDULER, Actor
from duban.engine.model.scope import Scope
from duban.engine.ports.records import DueStep
from duban.engine.runtime.definitions import Compiled
from duban.engine.runtime.judge import holds
from duban.engine.runtime.occurrences import rule_of, since_of, subject_of
from duban.engine.runtime.record import advanced, put_due
from duban.engine.runtime.request import STEP_KEY, Request, around_of
from duban.engine.runtime.situation import Situation

if TYPE_CHECKING:
    from duban.engine.runtime.commands import Commands

_COUNT_KEY: Final = f"{STEP_KEY}count:"
_EVERYTHING: Final = Scope.unbounded()


class Climbed(NamedTuple):
    """What climbing a step came to, and the next step of the same ladder where its time has come as well."""

    outcome: Outcome
    following: DueStep | None


class Reached(NamedTuple):
    """The case as the last step that was climbed left it, and the references of the cases that steps started."""

    case: Case
    started: tuple[str, ...]


class Climbing:
    """Writes steps as rows of their case, acting as the scheduler, with all that follows from them."""

    def __init__(self, commands: "Commands") -> None:
        self._commands = commands
        self._writer = commands.writer
        self._world = commands.world

    def climb(self, due: DueStep) -> Climbed | None:
        """Climb one step of a deadline; None when somebody else did, or the stopwatch was paused meanwhile."""
        standing = self._writer.standing_by_id(due.case_id)
        case, watches = standing.case, standing.stopwatches
        watch = watches.get(due.deadline)
        now = self._world.clock.now()
        same = watch is not None and (watch.entry, watch.next_step) == (due.entry, due.next_step)
        if case is None or watch is None or not same or watch.next_at is None or watch.next_at > now:
            return None
        compiled = self._world.definitions.pinned(case.definition, self._writer)
        deadline = compiled.workflow.deadlines[watch.deadline]
        step = deadline.steps[watch.next_step]
        key = f"{STEP_KEY}{case.ref}:{deadline.name}:{watch.entry}:{watch.next_step}"
        watches = {**watches, watch.deadline: climbed(deadline, watch, self._world.hours)}
        outcome = self._take(case, compiled, step, f"{deadline.name}@{step.point}", key, watches, now, watch.deadline)
        if step.fire is not None or outcome.case.version != outcome.row.seq:
            watches = self._writer.stopwatches(case.id)
        watch = watches[watch.deadline]
        if watch.next_at is None or watch.next_at > now:
            return Climbed(outcome, None)
        return Climbed(outcome, DueStep(case.id, case.ref, watch.deadline, watch.entry, watch.next_step, watch.next_at))

    def counted(self, row: HistoryRow, compiled: Compiled, situation: Situation, depth: int = 0) -> Reached:
        """Note a row with every count that counts it, and climb the steps that this reaches.

        ``situation`` holds the case as the row left it: by that it is judged which of the counts count the row.
        """
        case = situation.case
        assert case is not None
        reached = Reached(case, ())
        for count in compiled.workflow.counts.values():
            for step in self._noted(count, row, case, compiled, situation):
                outcome = self._reach(count, step, row, case, compiled, depth)
                reached = Reached(outcome.case, reached.started + outcome.started)
        return reached

    def _noted(self, count: Count, row: HistoryRow, case: Case, compiled: Compiled, situation: Situation) -> list[Step]:
        """The steps that the row reaches, if the count counts it. They are marked as reached."""
        writer = self._writer
        counts, resets = row.event in count.of, row.event in count.resets_on
        subject = subject_of(count, case.ref, case.data) if counts or resets else None
        if subject is None:
            return []
        rule = rule_of(compiled.workflow, count)
        marks = {f"{rule}@{step.point}": step for step in count.steps}
        if count.across:
            # One case is locked already. What happens to several is counted by one transaction after the other.
            writer.lock_subject(rule, subject)
        if resets:
            writer.forget_occurrences([rule, *marks], subject)
        if not counts or (count.when is not None and not holds(count.when, situation, compiled, writer)):
            return []
        writer.add_occurrence(rule, subject, row.at, case.id, row.seq)
        since = since_of(count, row.at, self._world.hours)
        often = writer.count_occurrences(rule, subject, since)
        steps = []
        for mark, step in marks.items():
            if int(step.point) <= often and writer.count_occurrences(mark, subject, since) == 0:
                writer.add_occurrence(mark, subject, row.at, case.id, row.seq)
                steps.append(step)
        return steps

    def _reach(self, count: Count, step: Step, row: HistoryRow, case: Case, compiled: Compiled, depth: int) -> Outcome:
        """Climb a step of a count on the case as it is by now: what followed from the row may have moved it."""
        standing = self._writer.standing_by_id(case.id)
        present = standing.case or case
        key = f"{_COUNT_KEY}{case.ref}:{row.seq}:{count.name}:{step.point}"
        watches, now = standing.stopwatches, self._world.clock.now()
        return self._take(present, compiled, step, f"{count.name}@{step.point}", key, watches, now, depth=depth)

    def _take(
        self, case: Case, compiled: Compiled, step: Step, name: str, key: str,
        watches: Mapping[str, Stopwatch], now: datetime, moved: str | None = None, depth: int = 0,
    ) -> Outcome:  # fmt: skip
        """Write the row of a step and do what it asks for. ``moved`` names the stopwatch that it moved."""
        commands, workflow = self._commands, compiled.workflow
        scheduler = self._world.directory.actor(SCHEDULER)
        request = Request(actor=scheduler, event=name, ref=case.ref, key=key, around=_around(scheduler, name))
        situation = Situation(request, case, None, _EVERYTHING, now, self._world.hours)
        after, row = advanced(
            case, workflow, kind="step", event=name, target=case.state, changes={}, situation=situation,
            level=step.level,
        )  # fmt: skip
        put_due(after, watches)
        commands.advance(after, case)
        self._writer.add_row(after.id, row)
        if moved is not None:
            self._writer.put_stopwatches(after.id, [watches[moved]])
        commands.enqueue(after, row, compiled, step.calls, compiled.step_label(name))
        if not (step.starts or step.fire is not None or workflow.counts):
            return Outcome(after, row)
        situation = changed(situation, case=after)
        started = commands.cascade.start_all(step.starts, situation, compiled, depth)
        left = after
        if step.fire is not None:
            fire_key = f"{key}:fire" if moved is None else None
            fired = commands.cascade.fire_step(step.fire, after, scheduler, depth, fire_key)
            if fired is not None:
                left, started = fired.case, started + fired.started
        reached = self.counted(row, compiled, situation, depth + 1)
        left = max(left, reached.case, key=lambda known: known.version)
        return Outcome(left, row, started=started + reached.started)


@lru_cache(maxsize=512)
def _around(scheduler: Actor, name: str) -> tuple[str, str]:
    """What the requests for a step have in common, whatever the case."""
    return around_of(Request(scheduler, name))


def counted_until(rows: Sequence[HistoryRow], seq: int) -> int:
    """The last row that row ``seq`` brought about on its case by being counted: steps of counts, and what they fired.

    Their keys tell the row that they come from. Others may lie between, from other cases, in the same transaction.
    """
    origins = {seq}
    for row in rows[seq:]:
        begin = f"{_COUNT_KEY}{row.ref}:"
        if row.key is not None and row.key.startswith(begin):
            origin = int(row.key.removeprefix(begin).partition(":")[0])
            origins |= {row.seq} if origin in origins else set()
    return max(origins)
