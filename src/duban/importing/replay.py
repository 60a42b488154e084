"""Replays the recorded course of imported rows: all steps of all cases in the order of their times, on a moved clock.

For demonstrations, tests and the taking over of an older register: history then tells the recorded times. At the end of
every working day, and at other times of day where these are asked for, the deadlines climb and the cadences are carried
out, as they would have been under a scheduler.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from duban.engine.errors import DubanError, StoreError, UsageError
from duban.engine.model.case import Case
from duban.engine.model.scope import Scope
from duban.engine.runtime.operations import Operations
from duban.importing.errors import told, why
from duban.importing.prepared import PreparedRow
from duban.importing.run import Importer, Progress, acting
from duban.testing import FrozenClock

Moment = Callable[[datetime], None]

BATCH: Final = 200
"""Steps in one transaction."""

REPLAYED: Final = "replayed_register"


@dataclass(slots=True)
class ReplayReport:
    """How many recorded steps were fired now, how many ladder steps climbed, and where the clock stands (UTC).

    ``left`` are the starts and steps that are recorded for a time after the end of the replay.
    """

    fired: int = 0
    climbed: int = 0
    left: int = 0
    at: datetime | None = None


@dataclass(slots=True)
class _Course:
    """A row on its way; ``case`` None before its start; ``over`` when a step was refused, which ends it."""

    row: PreparedRow
    known: bool
    case: Case | None = None
    over: bool = False


class Replay:
    """Drives the rows of an importer that was made with ``replay``.

    ``clock`` is the engine's own. ``at_close`` is called at the end of each working day, after the deadlines have
    climbed, with the moment; ``during`` is called likewise at other times of each working day, on the clock on the
    wall. ``until`` ends the replay at the closing time of that day: what is recorded later has not happened yet, and
    replaying again goes on from there.
    """

    def __init__(
        self, importer: Importer, clock: FrozenClock, at_close: Moment = lambda _at: None, *,
        during: Mapping[time, Moment] | None = None, until: date | None = None,
    ) -> None:  # fmt: skip
        self.report = ReplayReport()
        self._importer = importer
        self._engine = importer.engine
        self._clock = clock
        self._at_close = at_close
        self._during = during or {}
        self._until = until
        self._hours = importer.engine.world.hours
        # A step that is recorded for the very moment of a stop comes before it, and does not let it be left out.
        self._next: tuple[datetime, Moment] | None = None
        self._stack = ExitStack()
        self._operations: Operations | None = None
        self._open_steps = 0

    def run(self, progress: Progress = lambda _done, _total: None) -> ReplayReport:
        """Start every row and fire its steps; running again goes on where the last run ended.

        Raises:
            StoreError: the store gave up; what was committed stays.
        """
        rows = list(self._importer.prepared_rows())
        known = self._importer.known_keys(rows)
        courses = [_Course(row, row.key in known) for row in rows]
        timeline = sorted(_moments(rows))
        end = self._hours.closing_of(self._until) if self._until is not None else None
        if end is not None:
            self.report.left = sum(at > end for at, _index, _number in timeline)
            timeline = [entry for entry in timeline if entry[0] <= end]
        if timeline and timeline[0][0] < self._clock.now():
            self._clock.move_to(timeline[0][0])
        with self._stack:
            for done, (at, index, number) in enumerate(timeline, start=1):
                self._pass_closings(at)
                self._clock.move_to(at)
                self._take(courses[index], number)
                if self._open_steps >= BATCH:
                    self._commit()
                    progress(done, len(timeline))
            self._commit()
        if timeline:
            last = self._next_closing(self._clock.now())
            self._pass_closings(end or last, inclusive=True)
        progress(len(timeline), len(timeline))
        self.report.at = self._clock.now()
        return self.report

    def _take(self, course: _Course, number: int) -> None:
        if course.over:
            return
        try:
            if number < 0:
                course.case = self._importer.start(self._writing(), course.row)
                self._importer.note(course.row, "already" if course.known else "imported")
            else:
                self._fire(course, number)
        except StoreError:
            raise
        except DubanError as fault:
            course.over = True
            if course.case is None:
                self._importer.note(course.row, why(fault))
            else:
                step = course.row.steps[number].name
                self._importer.stop(course.row, told("row.step", ref=course.case.ref, step=step, why=why(fault)))

    def _fire(self, course: _Course, number: int) -> None:
        assert course.case is not None
        step = course.row.steps[number]
        by = acting(self._engine, step.by, course.case.unit)
        name = f"{course.case.ref}-{course.row.row.line}.csv"
        content = self._importer.table.as_file(course.row.row) if step.evidence else b""
        outcome = self._writing().fire(
            course.case.ref, step.event, by=by, data=step.data, key=course.row.step_key(number),
            evidence=dict.fromkeys(step.evidence, (name, content)),
        )  # fmt: skip
        course.case = outcome.case
        self.report.fired += not outcome.duplicate

    def _pass_closings(self, until: datetime, *, inclusive: bool = False) -> None:
        """Let the deadlines climb at the end of each working day before ``until``, and at the other times of day."""
        if self._next is None:
            self._next = self._next_stop(self._clock.now())
        while self._next[0] < until or (inclusive and self._next[0] == until):
            at, act = self._next
            self._commit()
            self._clock.move_to(at)
            self.report.climbed += self._engine.sweep(by=None).climbed
            act(at)
            self._next = self._next_stop(at)

    def _next_stop(self, after: datetime) -> tuple[datetime, Moment]:
        closing = self._next_closing(after)
        day = closing.astimezone(self._hours.zone).date()
        stops = [(self._hours.instant(day, at), act) for at, act in self._during.items()]
        return min((stop for stop in [*stops, (closing, self._at_close)] if stop[0] > after), key=lambda stop: stop[0])

    def _next_closing(self, after: datetime) -> datetime:
        day: date = after.astimezone(self._hours.zone).date()
        while (closing := self._hours.closing_of(day)) <= after:
            day += timedelta(days=1)
        return closing

    def _writing(self) -> Operations:
        if self._operations is None:
            self._operations = self._stack.enter_context(self._engine.batch())
        self._open_steps += 1
        return self._operations

    def _commit(self) -> None:
        self._operations = None
        self._open_steps = 0
        self._stack.close()


def _moments(rows: list[PreparedRow]) -> Iterator[tuple[datetime, int, int]]:
    """Every start (-1) and step of every row with its time; what is simultaneous keeps the order of the table."""
    for index, row in enumerate(rows):
        assert row.at is not None
        yield row.at, index, -1
        for number, step in enumerate(row.steps):
            yield step.at, index, number


def claim_store(importer: Importer) -> None:
    """Note in the store that it holds a replay of this register.

    Raises:
        UsageError: it holds cases that do not come from one.
    """
    register = importer.mapping.register
    store = importer.engine.store
    with store.write() as writer:
        if writer.setting(REPLAYED) == register:
            return
        if writer.tallies(Scope.unbounded(), importer.engine.world.clock.now()):
            raise UsageError("replay-store", register=register)
        writer.put_setting(REPLAYED, register)
