"""Random histories of deadlines against a model that counts minutes one by one and knows nothing of the engine.

The clock is moved by any number of minutes over nights, weekends, New Year and the Spring Festival; cases are paused,
changed, extended, restarted, ended and reopened; due times, levels and climbed steps must be those of the model.
"""

import dataclasses
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.engine.deadlines import minutes
from tests.engine.runtime.street import written

import duban
import duban.testing

CHORE = """
workflow: chore
version: 1
reference: CHO
fields:
  speed: {type: choice, of: [quick, fair, slow]}
  days: {type: number, whole: true, min: 1, max: 5}
states: {open: {}, held: {}, checked: {}, done: {final: true}}
events:
  begin: {to: open, by: [clerk], needs: [speed]}
  edit: {from: [open, held, checked], by: [clerk], needs: [speed]}
  hold: {from: open, to: held, by: [clerk]}
  go: {from: held, to: open, by: [clerk]}
  finish: {from: open, to: checked, by: [clerk]}
  rework: {from: checked, to: open, by: [clerk]}
  extend: {from: [open, held], by: [chief], needs: [days], extend: {work: days}}
  renew: {from: [open, held], by: [chief]}
  end: {from: [open, checked], to: done, by: [clerk]}
  reopen: {from: done, to: open, by: [chief]}
deadlines:
  work:
    runs_in: [open]
    within: {by: speed, quick: 8 working hours, fair: 2 working days, slow: 6 working days}
    restarts_on: [renew, reopen]
    ladder:
      - {at: 75%, do: [{notify: {to: clerk}}]}
      - {at: due, level: 1}
      - {at: due + 1 working day, level: 2, do: [{notify: {to: clerk}}], repeat: {every: 4 working hours, times: 2}}
      - {at: due + 3 working days, level: 4}
  check: {runs_in: [checked], within: 1 working day, restarts_on: [finish], ladder: [{at: due, level: 3}]}
"""
LIMITS = {"quick": 8 * 60, "fair": 2 * minutes.DAY, "slow": 6 * minutes.DAY}
AFTER_DUE = (0, minutes.DAY, minutes.DAY + 240, minutes.DAY + 480, 3 * minutes.DAY)
LEVELS = {"work": (0, 1, 2, 2, 2, 4), "check": (3,)}
# event: from, to
MOVES = {
    "hold": (("open",), "held"),
    "go": (("held",), "open"),
    "finish": (("open",), "checked"),
    "rework": (("checked",), "open"),
    "end": (("open", "checked"), "done"),
    "reopen": (("done",), "open"),
    "renew": (("open", "held"), None),
    "edit": (("open", "held", "checked"), None),
    "extend": (("open", "held"), None),
}
BEGINNINGS = ("2020-11-06T11:47:00+08:00", "2020-12-29T17:20:00+08:00", "2021-02-04T08:30:00+08:00")
SPAN = timedelta(days=38)
"""So long a history may last: the model's table ends in March 2021, and its limits must end before that."""


@dataclasses.dataclass
class Watch:
    """A stopwatch: minutes used by the runs that have ended, and the run under way."""

    name: str
    limit: int
    used: int = 0
    since: datetime | None = None
    due: datetime | None = None
    step: int = 0

    def points(self) -> list[int]:
        after = [self.limit + more for more in AFTER_DUE] if self.name == "work" else [self.limit]
        return [self.limit * 3 // 4, *after] if self.name == "work" else after

    def run(self, now: datetime) -> None:
        self.since = self.since or now
        if self.used < self.limit:
            self.due = minutes.after(self.since, self.limit - self.used)
        elif self.due is None or self.due > self.since:
            self.due = self.since

    def pause(self, now: datetime) -> None:
        if self.since is not None:
            self.used += minutes.between(self.since, now)
            self.since = None

    def limited(self, limit: int) -> None:
        if self.due is not None and self.limit < limit <= self.used:
            self.due = minutes.after(self.due, limit - self.limit)
        self.limit = limit

    def next_at(self) -> datetime | None:
        if self.since is None or self.step == len(self.points()):
            return None
        left = self.points()[self.step] - self.used
        return minutes.after(self.since, left) if left > 0 else self.since


@dataclasses.dataclass
class Chore:
    """A case as the design says that it is."""

    speed: str
    work: Watch
    check: Watch | None = None
    state: str = "open"
    level: int = 0
    extra: int = 0
    original: datetime | None = None
    climbed: int = 0

    def watches(self) -> list[Watch]:
        return [watch for watch in (self.work, self.check) if watch is not None]


class Chores(RuleBasedStateMachine):
    """A clerk and a chief do what the machine lets them, at any minute."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="duban-chores-")
        pack = written(Path(self.folder.name), chore=CHORE)
        self.clock = duban.testing.FrozenClock(BEGINNINGS[0])
        self.engine = duban.Engine("sqlite:///:memory:", pack=pack, clock=self.clock)
        self.engine.migrate()
        self.chores: dict[str, Chore] = {}
        self.ends = self.clock.now()

    def teardown(self) -> None:
        assert self.engine.verify() == []
        self.engine.close()
        self.folder.cleanup()

    @initialize(beginning=st.sampled_from(BEGINNINGS))
    def begin(self, beginning: str) -> None:
        self.clock.move_to(beginning)
        self.ends = self.clock.now() + SPAN

    @precondition(lambda self: len(self.chores) < 3)
    @rule(speed=st.sampled_from(sorted(LIMITS)))
    def start(self, speed: str) -> None:
        chore = Chore(speed, Watch("work", LIMITS[speed]))
        chore.work.run(self.clock.now())
        self.chores[self.engine.start("chore", by="clerk", data={"speed": speed}).ref] = chore

    @precondition(lambda self: self.chores)
    @rule(
        pick=st.integers(0, 99), event=st.integers(0, 99), speed=st.sampled_from(sorted(LIMITS)), days=st.integers(1, 5)
    )  # fmt: skip
    def fire(self, pick: int, event: int, speed: str, days: int) -> None:
        ref = sorted(self.chores)[pick % len(self.chores)]
        chore = self.chores[ref]
        fitting = sorted(name for name, (sources, _to) in MOVES.items() if chore.state in sources)
        name = fitting[event % len(fitting)]
        data: dict[str, Any] = {"edit": {"speed": speed}, "extend": {"days": days}}.get(name, {})
        by = "chief" if name in ("extend", "renew", "reopen") else "clerk"
        self._move(chore, name, MOVES[name][1], data)
        self.engine.fire(ref, name, by=by, data=data)

    def _move(self, chore: Chore, name: str, target: str | None, data: dict[str, Any]) -> None:
        now = self.clock.now()
        chore.state = target or chore.state
        chore.speed = data.get("speed", chore.speed)
        if name in ("renew", "reopen"):
            chore.work, chore.extra, chore.original = Watch("work", 0), 0, None
        if name == "finish":
            chore.check = Watch("check", minutes.DAY)
        if chore.state == "open":
            # What an edit changed while the clock stood counts from when it runs again.
            chore.work.limited(LIMITS[chore.speed] + chore.extra)
            chore.work.run(now)
        else:
            chore.work.pause(now)
        if chore.check is not None and chore.state == "checked":
            chore.check.run(now)
        elif chore.check is not None:
            chore.check.pause(now)
        if name == "extend":
            more = data["days"] * minutes.DAY
            chore.extra, chore.original = chore.extra + more, chore.original or chore.work.due
            chore.work.limited(chore.work.limit + more)
            if chore.work.since is not None:
                chore.work.run(now)

    @precondition(lambda self: self.clock.now() < self.ends)
    @rule(count=st.one_of(st.integers(1, 90), st.integers(1, 6_000)))
    def pass_time(self, count: int) -> None:
        self.clock.advance(timedelta(minutes=count))

    @precondition(lambda self: self.clock.now() < self.ends and self.chores)
    @rule(pick=st.integers(0, 99), early=st.integers(0, 1))
    def come_to_the_next_step_or_a_minute_before(self, pick: int, early: int) -> None:
        chore = sorted(self.chores.items())[pick % len(self.chores)][1]
        moments = [at for watch in chore.watches() if (at := watch.next_at()) is not None]
        if moments:
            self.clock.move_to(max(self.clock.now(), min(moments) - timedelta(minutes=early)))

    @rule()
    def sweep(self) -> None:
        now, climbed = self.clock.now(), 0
        for chore in self.chores.values():
            for watch in chore.watches():
                while (at := watch.next_at()) is not None and at <= now:
                    chore.level = max(chore.level, LEVELS[watch.name][watch.step])
                    watch.step, climbed = watch.step + 1, climbed + 1
                    chore.climbed += 1
        report = self.engine.sweep()
        assert (report.climbed, report.failed) == (climbed, ())

    @invariant()
    def every_case_is_due_at_the_minute_that_was_counted(self) -> None:
        for ref, chore in self.chores.items():
            case = self.engine.get(ref, by="clerk")
            running = [watch for watch in chore.watches() if watch.since is not None]
            assert (case.state, case.level) == (chore.state, chore.level)
            assert case.due_at == (running[0].due if running else None)
            assert case.original_due_at == (chore.original if running == [chore.work] else None)
            assert not case.due_provisional
            steps = [row for row in self.engine.history(ref, by="clerk") if row.kind == "step"]
            assert len(steps) == chore.climbed
            levels = [row.level for row in self.engine.history(ref, by="clerk")]
            assert levels == sorted(levels)


Chores.TestCase.settings = settings(
    max_examples=30, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestChores = Chores.TestCase
