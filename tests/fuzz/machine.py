"""A machine made at random, and what a case of it has to be: a model in plain Python, without the engine.

States, events, roles, needs, guards and settings are drawn; then anybody fires anything at any time.
"""

import dataclasses
import tempfile
from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import duban
import duban.testing

MONDAY: Final = "2020-11-23T09:30:00+08:00"
ROLES: Final = ("r0", "r1", "r2")
ORGANIZATION: Final = """
timezone: Asia/Shanghai
units: {office: {}, roads: {}}
posts:
  p0: {unit: office, roles: [r0]}
  p1: {unit: office, roles: [r1]}
  p2: {unit: roads, roles: [r2]}
  all: {unit: office, roles: [r0, r1, r2]}
"""
POSTS: Final = {"p0": {"r0"}, "p1": {"r1"}, "p2": {"r2"}, "all": set(ROLES)}
DAY: Final = 7 * 3600


@dataclasses.dataclass(frozen=True)
class Fires:
    """An event of the machine. ``most`` is how often it may happen in a case; ``fresh`` asks for another actor."""

    sources: tuple[int, ...]
    target: int
    roles: tuple[str, ...]
    needs: bool
    most: int | None
    fresh: bool
    notifies: bool


@dataclasses.dataclass(frozen=True)
class Machine:
    """States are numbered; the last is final. The event ``end`` leads there from everywhere."""

    states: int
    events: tuple[Fires, ...]
    runs_in: tuple[int, ...]
    days: int

    def text(self) -> str:
        """As YAML."""
        last = self.states
        lines = [
            "workflow: thing",
            "version: 1",
            "reference: THI",
            "label: Thing",
            "fields: {words: {type: text, max: 9}}",
        ]
        lines += ["states:", *(f"  s{n}:" for n in range(last)), f"  s{last}: {{final: true}}", "events:"]
        lines.append("  begin: {to: s0, by: [r0], takes: [words]}")
        lines.append(f"  end: {{from: any, to: s{last}, by: [r0, r1, r2]}}")
        for n, event in enumerate(self.events):
            checks = [f"count.e{n} < {event.most}"] if event.most is not None else []
            checks += [f"count.e{n} == 0 || actor != last.e{n}.actor"] if event.fresh else []
            when = ", ".join(f"{{check: {check!r}, else: no}}" for check in checks)
            lines += [
                f"  e{n}:", f"    from: [{', '.join(f's{one}' for one in event.sources)}]", f"    to: s{event.target}",
                f"    by: [{', '.join(event.roles)}]", *(["    needs: [words]"] if event.needs else []),
                *([f"    when: [{when}]"] if checks else []),
                *(["    do: [{notify: {to: r1}}]"] if event.notifies else []),
            ]  # fmt: skip
        lines += [
            "deadlines:", "  clock:", f"    runs_in: [{', '.join(f's{one}' for one in self.runs_in)}]",
            f"    within: {self.days} working days", "    ladder:",
            "      - {at: due, level: 1, do: [{notify: {to: r1}}]}",
            "      - {at: due + 1 working day, level: 2}",
        ]  # fmt: skip
        return "\n".join(lines) + "\n"


@st.composite
def machines(draw: st.DrawFn) -> Machine:
    """Machines whose every state is reached: each event beyond the first ones is drawn freely."""
    count = draw(st.integers(1, 4))
    way = [_event(draw, (one,), one + 1) for one in range(count - 1)]
    free = [
        _event(
            draw, tuple(sorted(draw(st.sets(st.integers(0, count - 1), min_size=1)))), draw(st.integers(0, count - 1))
        )
        for _ in range(draw(st.integers(0, 4)))
    ]
    runs_in = tuple(sorted(draw(st.sets(st.integers(0, count - 1), min_size=1))))
    return Machine(count, (*way, *free), runs_in, draw(st.integers(1, 3)))


def _event(draw: st.DrawFn, sources: tuple[int, ...], target: int) -> Fires:
    roles = tuple(sorted(draw(st.sets(st.sampled_from(ROLES), min_size=1))))
    most = draw(st.none() | st.integers(1, 3))
    return Fires(sources, target, roles, draw(st.booleans()), most, draw(st.booleans()), draw(st.booleans()))


@dataclasses.dataclass
class Case:
    """What a case has to be."""

    state: int = 0
    rows: int = 1
    level: int = 0
    step: int = 0
    messages: int = 0
    used: int = 0
    since: Any = None
    counts: dict[int, int] = dataclasses.field(default_factory=dict)
    lasts: dict[int, str] = dataclasses.field(default_factory=dict)


class Things(RuleBasedStateMachine):
    """Anybody fires anything at any time, on cases of a machine that was never seen before."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="duban-things-")
        self.engine: duban.Engine
        self.cases: dict[str, Case] = {}
        self.keys: dict[tuple[str, str], tuple[tuple[Any, ...], str, int]] = {}

    @initialize(machine=machines())
    def load(self, machine: Machine) -> None:
        self.machine = machine
        pack = Path(self.folder.name)
        (pack / "organization.yaml").write_text(ORGANIZATION, encoding="utf-8")
        (pack / "thing.yaml").write_text(machine.text(), encoding="utf-8")
        self.clock = duban.testing.FrozenClock(MONDAY)
        self.engine = duban.Engine("sqlite:///:memory:", pack=pack, clock=self.clock, evidence=pack / "evidence")
        self.engine.migrate()
        self.hours = self.engine.world.hours

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.engine.close()
        self.folder.cleanup()

    @precondition(lambda self: len(self.cases) < 3)
    @rule(by=st.sampled_from(sorted(POSTS)))
    def start(self, by: str) -> None:
        try:
            ref = self.engine.start("thing", by=by).ref
        except duban.NotPermitted:
            assert "r0" not in POSTS[by]
            return
        assert "r0" in POSTS[by]
        self.cases[ref] = Case(since=self.clock.now() if 0 in self.machine.runs_in else None)

    @precondition(lambda self: self.cases)
    @rule(
        pick=st.integers(0, 9), number=st.integers(0, 9), by=st.sampled_from(sorted(POSTS)),
        words=st.sampled_from("axx"), key=st.sampled_from([None, None, "k", "l"]),
        expect=st.sampled_from([None, None, 0, 1]),
    )  # fmt: skip
    def fire(self, pick: int, number: int, by: str, words: str, key: str | None, expect: int | None) -> None:
        ref = sorted(self.cases)[pick % len(self.cases)]
        number = number % (len(self.machine.events) + 1) - 1
        event = None if number < 0 else self.machine.events[number]
        name, case = "end" if event is None else f"e{number}", self.cases[ref]
        data = {"words": "w"} if event is not None and event.needs and words == "x" else {}
        version = None if expect is None else case.rows - expect
        asked = (name, ref, tuple(data))
        expected = self._judged(case, number, by, bool(data), version)
        if key is not None and (by, key) in self.keys:
            expected = "duplicate" if self.keys[by, key][0] == asked else "key-reused"
        try:
            done = self.engine.fire(ref, name, by=by, data=data, key=key, expect_version=version)
        except duban.DubanError as fault:
            assert fault.code == expected
            return
        assert done.duplicate is (expected == "duplicate")
        if done.duplicate:
            assert key is not None
            assert (done.case.ref, done.case.version) == self.keys[by, key][1:]
            return
        assert expected is None
        self._move(case, number, by)
        if key is not None:
            self.keys[by, key] = (asked, ref, case.rows)

    def _judged(self, case: Case, number: int, by: str, given: bool, version: int | None) -> str | None:
        event = self.machine.events[number] if number >= 0 else None
        roles, sources = (event.roles, event.sources) if event else (ROLES, tuple(range(self.machine.states)))
        if not POSTS[by] & set(roles):
            return "not-permitted"
        if version is not None and version != case.rows:
            return "version-conflict"
        if case.state not in sources:
            return "transition-not-allowed"
        if event is None:
            return None
        if event.needs and not given:
            return "invalid-data"
        spent = event.most is not None and case.counts.get(number, 0) >= event.most
        return "guard-refused" if spent or (event.fresh and case.lasts.get(number) == by) else None

    def _move(self, case: Case, number: int, by: str) -> None:
        now, event = self.clock.now(), self.machine.events[number] if number >= 0 else None
        case.state = self.machine.states if event is None else event.target
        case.rows += 1
        case.messages += event is not None and event.notifies
        case.counts[number], case.lasts[number] = case.counts.get(number, 0) + 1, by
        runs = case.state in self.machine.runs_in
        if case.since is not None and not runs:
            case.used, case.since = case.used + self.hours.between(case.since, now), None
        elif case.since is None and runs:
            case.since = now

    @rule(hours=st.integers(1, 20))
    def wait(self, hours: int) -> None:
        self.clock.advance(f"{hours} working hours")

    @rule()
    def sweep(self) -> None:
        now, climbed = self.clock.now(), 0
        for case in self.cases.values():
            while case.since is not None and case.step < 2:
                left = (self.machine.days + case.step) * DAY - case.used
                if (self.hours.add(case.since, left).at if left > 0 else case.since) > now:
                    break
                case.messages += case.step == 0
                case.step, case.rows, climbed = case.step + 1, case.rows + 1, climbed + 1
                case.level = case.step
        report = self.engine.sweep()
        assert (report.climbed, report.failed) == (climbed, ())

    @rule()
    def deliver(self) -> None:
        assert self.engine.deliver().dead == 0

    @invariant()
    def the_engine_is_where_the_model_is(self) -> None:
        if not hasattr(self, "engine"):
            return
        found = {case.ref: case for case in self.engine.find(by="all", limit=100)}
        assert found.keys() == self.cases.keys()
        messages = self.engine.messages(by="all", limit=1_000)
        for ref, case in self.cases.items():
            kept = found[ref]
            assert (kept.state, kept.version, kept.level) == (f"s{case.state}", case.rows, case.level)
            assert [row.seq for row in self.engine.history(ref, by="all")] == list(range(1, case.rows + 1))
            assert sum(message.ref == ref for message in messages) == case.messages
        assert self.engine.verify() == []
