"""Climbs the steps of ladders: those of deadlines, whose time has come, and those of counts, that were reached."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from duban.engine.deadlines.durations import parse_point
from duban.engine.deadlines.stopwatch import climbed
from duban.engine.model.case import Case, HistoryRow, Outcome, Stopwatch
from duban.engine.model.definition import Count, Step
from duban.engine.model.label import Label
from duban.engine.model.organization import SCHEDULER
from duban.engine.model.scope import Scope
from duban.engine.ports.store import DueStep
from duban.engine.runtime.definitions import Compiled
from duban.engine.runtime.judge import holds
from duban.engine.runtime.occurrences import rule_of, since_of, subject_of
from duban.engine.runtime.record import advanced, with_due
from duban.engine.runtime.request import STEP_KEY, Request
from duban.engine.runtime.situation import Situation

if TYPE_CHECKING:
    from duban.engine.runtime.commands import Commands

_COUNT_KEY: Final = f"{STEP_KEY}count:"


class Climbed(NamedTuple):
    """What climbing a step came to, and the next step of the same ladder where its time has come as well."""

    outcome: Outcome
    following: DueStep | None


class Climbing:
    """Writes steps as rows of their case, acting as the scheduler, with all that follows from them."""

    def __init__(self, commands: "Commands") -> None:
        self._commands = commands
        self._writer = commands.writer
        self._world = commands.world

    def climb(self, due: DueStep) -> Climbed | None:
        """Climb one step of a deadline; None when somebody else did, or the stopwatch was paused meanwhile."""
        case = self._writer.lock_case_by_id(due.case_id)
        watches = self._writer.stopwatches(due.case_id)
        watch = watches.get(due.stopwatch.deadline)
        now = self._world.clock.now()
        same = watch is not None and (watch.entry, watch.next_step) == (due.stopwatch.entry, due.stopwatch.next_step)
        if case is None or watch is None or not same or watch.next_at is None or watch.next_at > now:
            return None
        compiled = self._world.definitions.pinned(case.definition, self._writer)
        deadline = compiled.workflow.deadlines[watch.deadline]
        step = deadline.steps[watch.next_step]
        key = f"{STEP_KEY}{case.ref}:{deadline.name}:{watch.entry}:{watch.next_step}"
        watches = {**watches, watch.deadline: climbed(deadline, watch, self._world.hours)}
        point = parse_point(step.point)
        what = Label(f"{deadline.label.en}: {point.label('en')}", f"{deadline.label.zh}：{point.label('zh')}")
        outcome = self._take(case, compiled, step, f"{deadline.name}@{step.point}", key, what, watches, watch.deadline)
        if step.fire is not None or outcome.case.version != outcome.row.seq:
            watches = self._writer.stopwatches(case.id)
        watch = watches[watch.deadline]
        again = DueStep(case.id, case.ref, watch) if watch.next_at is not None and watch.next_at <= now else None
        return Climbed(outcome, again)

    def counted(self, case: Case, row: HistoryRow, compiled: Compiled, situation: Situation, depth: int = 0) -> Case:
        """Note a row with every count that counts it, and climb the steps that this reaches; the case after that."""
        for count in compiled.workflow.counts.values():
            rules = [rule_of(compiled.workflow, count)]
            rules += [f"{rules[0]}@{step.point}" for step in count.steps]
            subject = subject_of(count, case.ref, case.data)
            if subject is None:
                continue
            if row.event in count.resets_on:
                self._writer.forget_occurrences(rules, subject)
            if row.event not in count.of:
                continue
            if count.when is not None and not holds(count.when, situation, compiled, self._writer):
                continue
            if count.across:
                self._writer.lock_subject(rules[0], subject)
            self._writer.add_occurrence(rules[0], subject, row.at, case.id, row.seq)
            since = since_of(count, row.at, self._world.hours)
            often = self._writer.count_occurrences(rules[0], subject, since)
            for step, mark in zip(count.steps, rules[1:], strict=True):
                if often < int(step.point):
                    break
                if self._writer.count_occurrences(mark, subject, since) == 0:
                    self._writer.add_occurrence(mark, subject, row.at, case.id, row.seq)
                    case = self._reach(case, compiled, count, step, row, depth)
        return case

    def _reach(self, case: Case, compiled: Compiled, count: Count, step: Step, row: HistoryRow, depth: int) -> Case:
        """Climb a step of a count."""
        present = self._writer.lock_case_by_id(case.id) or case
        key = f"{_COUNT_KEY}{case.ref}:{row.seq}:{count.name}:{step.point}"
        en, zh = f"{count.label.en}: {step.point} times", f"{count.label.zh}：{step.point} 次"
        watches = self._writer.stopwatches(case.id)
        name = f"{count.name}@{step.point}"
        self._take(present, compiled, step, name, key, Label(en, zh), watches, depth=depth)
        return self._writer.case_by_id(case.id) or case

    def _take(
        self, case: Case, compiled: Compiled, step: Step, name: str, key: str, what: Label,
        watches: Mapping[str, Stopwatch], moved: str | None = None, depth: int = 0,
    ) -> Outcome:  # fmt: skip
        """Write the row of a step and do what it asks for. ``moved`` names the stopwatch that it moved."""
        commands, now = self._commands, self._world.clock.now()
        scheduler = self._world.directory.actor(SCHEDULER)
        request = Request(actor=scheduler, event=name, ref=case.ref, key=key)
        situation = Situation(request, case, None, Scope.unbounded(), now, self._world.hours)
        after, row = advanced(
            case, compiled.workflow, kind="step", event=name, target=case.state, changes={}, situation=situation,
            level=step.level,
        )  # fmt: skip
        after = with_due(after, watches)
        commands.advance(after, case)
        self._writer.add_row(after.id, row)
        if moved is not None:
            self._writer.put_stopwatches(after.id, [watches[moved]])
        commands.enqueue(after, row, compiled.workflow, step.calls, what)
        situation = replace(situation, case=after)
        started = commands.cascade.start_all(step.starts, situation, compiled, depth)
        if step.fire is not None:
            commands.cascade.fire_step(step.fire, after, scheduler, depth)
        return Outcome(self.counted(after, row, compiled, situation, depth + 1), row, started=started)


def counted_until(rows: Sequence[HistoryRow], seq: int) -> int:
    """The last of the rows that the event of row ``seq`` wrote: itself, and the steps of counts that it reached."""
    last = seq
    while last < len(rows) and (rows[last].key or "").startswith(f"{_COUNT_KEY}{rows[last].ref}:{seq}:"):
        last += 1
    return last
