"""Random histories of jobs: what is counted against a naive model that goes through all events again each time."""

import dataclasses
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.engine.runtime.counting import ORGANIZATION
from tests.engine.runtime.street import MONDAY, written

import duban
import duban.testing

JOB = """
workflow: job
version: 1
reference: JOB
fields:
  place: {type: choice, of: [bridge, square]}
  before: {type: case, workflow: job}
states: {open: {}, done: {final: true}}
events:
  begin: {to: open, by: [clerk], takes: [place], set: {before: {latest: troubles}}}
  move: {from: open, by: [clerk], needs: [place]}
  redo: {from: any, by: [clerk], when: [{check: "counted.reworks < 6", else: enough}]}
  praise: {from: any, by: [clerk]}
  calm: {from: any, by: [clerk]}
  end: {from: open, to: done, by: [clerk]}
counts:
  reworks: {of: redo, resets_on: [praise], ladder: [{at: 2, level: 1}, {at: 4, level: 2}]}
  troubles:
    of: [begin, redo]
    across: [place]
    within: 2 working days
    resets_on: [calm]
    ladder: [{at: 3, level: 3}, {at: 5, level: 4}]
"""
SPAN = 2 * 7 * 3600
STEPS = {"reworks": {2: 1, 4: 2}, "troubles": {3: 3, 5: 4}}


@dataclasses.dataclass(frozen=True)
class Happening:
    """One row that an actor wrote, and the steps that it reached: all that the model remembers."""

    ref: str
    event: str
    at: datetime
    place: str | None
    reached: tuple[str, ...] = ()


class Jobs(RuleBasedStateMachine):
    """Jobs begin, move, go wrong and end, at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="duban-counts-")
        pack = written(Path(self.folder.name), organization=ORGANIZATION, job=JOB)
        self.clock = duban.testing.FrozenClock(MONDAY)
        self.engine = duban.Engine("sqlite:///:memory:", pack=pack, clock=self.clock, evidence=pack / "evidence")
        self.engine.migrate()
        self.happened: list[Happening] = []
        self.places: dict[str, str | None] = {}

    def teardown(self) -> None:
        self.engine.close()
        self.folder.cleanup()

    def counting(self, count: str, ref: str, place: str | None) -> list[Happening]:
        """What counts now for the case: its own, or that of its place within the window; since the last reset."""
        if count == "reworks":
            own = [one for one in self.happened if one.ref == ref]
            return _since(own, "praise", ("redo",))
        alike = [one for one in self.happened if place is not None and one.place == place]
        counted = _since(alike, "calm", ("begin", "redo"))
        hours, now = self.engine.world.hours, self.clock.now()
        return [one for one in counted if hours.between(one.at, now) <= SPAN]

    def happens(self, ref: str, event: str, place: str | None) -> None:
        """Write it down, with the steps that it reaches."""
        self.happened.append(Happening(ref, event, self.clock.now(), place))
        reached: list[str] = []
        for count, of in (("reworks", ("redo",)), ("troubles", ("begin", "redo"))):
            if event not in of:
                continue
            counted = self.counting(count, ref, place)
            marks = {name for one in counted for name in one.reached}
            names = {f"{count}@{number}": number for number in STEPS[count]}
            reached += [name for name, number in names.items() if len(counted) >= number and name not in marks]
        self.happened[-1] = dataclasses.replace(self.happened[-1], reached=tuple(reached))

    def latest(self, place: str | None) -> str | None:
        """The case in which there was trouble at the place last; of several at one moment, the one begun last."""
        counted = self.counting("troubles", "", place)
        return max(counted, key=lambda one: (one.at, one.ref)).ref if counted else None

    @rule(place=st.sampled_from(["bridge", "square", None]))
    def begin(self, place: str | None) -> None:
        expected = self.latest(place)
        case = self.engine.start("job", by="clerk", data={"place": place} if place else {})
        assert case.data.get("before") == expected
        self.places[case.ref] = place
        self.happens(case.ref, "begin", place)

    @precondition(lambda self: self.places)
    @rule(
        pick=st.integers(0, 99), event=st.sampled_from(["redo", "redo", "redo", "praise", "calm", "end"]),
        undo=st.booleans(),
    )  # fmt: skip
    def fire(self, pick: int, event: str, undo: bool) -> None:
        ref = sorted(self.places)[pick % len(self.places)]
        if undo:
            # Tried before it is done: a preview leaves nothing behind.
            self._tried(ref, event, preview=True)
        if self._tried(ref, event):
            self.happens(ref, event, self.places[ref])

    def _tried(self, ref: str, event: str, preview: bool = False) -> bool:
        enough = event == "redo" and len(self.counting("reworks", ref, None)) >= 6
        over = self.engine.get(ref, by="clerk").state == "done"
        expected = "transition-not-allowed" if over else "guard-refused" if enough else None
        try:
            (self.engine.preview if preview else self.engine.fire)(ref, event, by="clerk")
        except duban.DubanError as fault:
            assert fault.code == expected
            return False
        assert expected is None
        return True

    @precondition(lambda self: self.places)
    @rule(pick=st.integers(0, 99), place=st.sampled_from(["bridge", "square"]))
    def move(self, pick: int, place: str) -> None:
        ref = sorted(self.places)[pick % len(self.places)]
        if self.engine.get(ref, by="clerk").state == "open":
            self.engine.fire(ref, "move", by="clerk", data={"place": place})
            self.places[ref] = place
            self.happens(ref, "move", place)

    @rule(hours=st.integers(1, 15))
    def wait(self, hours: int) -> None:
        self.clock.advance(f"{hours} working hours")

    @rule(minutes=st.integers(1, 3_000))
    def pass_time(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    @invariant()
    def the_engine_is_where_the_model_is(self) -> None:
        for ref in self.places:
            expected, level = [], 0
            for one in self.happened:
                if one.ref != ref:
                    continue
                expected.append((one.event, level))
                for name in one.reached:
                    count, _, number = name.partition("@")
                    level = max(level, STEPS[count][int(number)])
                    expected.append((name, level))
            assert [(row.event, row.level) for row in self.engine.history(ref, by="clerk")] == expected
            assert self.engine.get(ref, by="clerk").level == level
        assert self.engine.verify() == []


def _since(happened: list[Happening], reset: str, of: tuple[str, ...]) -> list[Happening]:
    """Those of a kind, after the last reset."""
    last = max((number for number, one in enumerate(happened) if one.event == reset), default=-1)
    return [one for one in happened[last + 1 :] if one.event in of]


Jobs.TestCase.settings = settings(
    max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestJobs = Jobs.TestCase
