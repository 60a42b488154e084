"""Random histories of the sample pack against a small model of the design's rules, written without the engine."""

import dataclasses
import tempfile
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.engine.runtime.street import MONDAY, PHOTO, SAMPLE

import duban
import duban.testing

DAY = 7 * 3600
LIMITS = {"minor": DAY, "prominent": 3 * DAY, "serious": 8 * 3600}
LEVELS = (0, 1, 2, 3)
# event: from, to, roles, needed data
EVENTS: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "assign": ("reported", "assigned", "office", {"unit": "city-management"}),
    "suspend": ("assigned", "suspended", "leader", {"reason": "rain"}),
    "resume": ("suspended", "assigned", "leader", {}),
    "rectify": ("assigned", "rectified", "handler", {"measures": "swept"}),
    "verify": ("rectified", "verified", "supervisor", {}),
    "rework": ("rectified", "assigned", "supervisor", {"reason": "not clean"}),
    "close": ("verified", "closed", "office", {}),
}
ROLES = {
    "office": {"office"},
    "grid-worker": {"reporter"},
    "supervisor": {"supervisor"},
    "leader": {"leader"},
    "city-head": {"unit-head"},
    "city-handler": {"handler"},
    "account-17": {"office", "handler"},
    "both": {"handler", "supervisor"},
}
ORGANIZATION = (SAMPLE / "organization.yaml").read_text(
    encoding="utf-8"
) + "  both: {posts: [city-handler, supervisor]}\n"


@dataclasses.dataclass
class Model:
    """A case as the design says that it is."""

    severity: str
    state: str = "reported"
    rows: int = 1
    level: int = 0
    messages: int = 0
    rectifier: str | None = None
    used: int = 0
    since: datetime | None = None
    step: int = 0
    due: datetime | None = None

    def points(self) -> list[int]:
        limit = LIMITS[self.severity]
        return [ceil(limit * 3 / 4), limit, limit + DAY, limit + 5 * DAY]


class Street(RuleBasedStateMachine):
    """Anybody tries anything at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="duban-model-")
        pack = Path(self.folder.name)
        (pack / "organization.yaml").write_text(ORGANIZATION, encoding="utf-8")
        (pack / "issue.yaml").write_text((SAMPLE / "issue.yaml").read_text(encoding="utf-8"), encoding="utf-8")
        self.clock = duban.testing.FrozenClock(MONDAY)
        self.engine = duban.Engine("sqlite:///:memory:", pack=pack, clock=self.clock, evidence=pack / "evidence")
        self.engine.migrate()
        self.hours = self.engine.world.hours
        self.cases: dict[str, Model] = {}
        self.keys: dict[tuple[str, str | None], tuple[tuple[Any, ...], str, int, str]] = {}

    def teardown(self) -> None:
        self.engine.close()
        self.folder.cleanup()

    @rule(
        by=st.sampled_from(sorted(ROLES)), severity=st.sampled_from([*sorted(LIMITS), "dire"]),
        key=st.sampled_from([None, "a", "b"]),
    )  # fmt: skip
    def start(self, by: str, severity: str, key: str | None) -> None:
        asked = (by, "start", severity)
        expected: str | None = None
        if (by, key) in self.keys:
            expected = "duplicate" if self.keys[by, key][0] == asked else "key-reused"
        elif "reporter" not in ROLES[by]:
            expected = "not-permitted"
        elif severity not in LIMITS:
            expected = "invalid-data"
        try:
            data = {"title": "x", "category": "litter", "severity": severity}
            case = self.engine.start("issue", by=by, data=data, key=key)
        except duban.DubanError as fault:
            assert fault.code == expected
            return
        if expected == "duplicate":
            assert key is not None
            assert (case.ref, case.version, case.state) == self.keys[by, key][1:]
            return
        assert expected is None
        assert case.ref == f"ISS-{len(self.cases) + 1:06}"
        self.cases[case.ref] = Model(severity)
        if key is not None:
            self.keys[by, key] = (asked, case.ref, 1, "reported")

    @precondition(lambda self: self.cases)
    @rule(
        pick=st.integers(0, 99), event=st.sampled_from(sorted(EVENTS)), by=st.sampled_from(sorted(ROLES)),
        fit=st.booleans(), complete=st.integers(0, 9), key=st.sampled_from([None, None, "a", "b", "c"]),
        expect=st.sampled_from([None, None, 0, 1]),
    )  # fmt: skip
    def fire(
        self, pick: int, event: str, by: str, fit: bool, complete: int, key: str | None, expect: int | None
    ) -> None:
        ref = sorted(self.cases)[pick % len(self.cases)]
        model = self.cases[ref]
        if fit:
            # Half of the time somebody does what is next, so that cases get somewhere.
            fitting = sorted(name for name, (source, *_rest) in EVENTS.items() if source == model.state)
            event = fitting[pick % len(fitting)] if fitting else event
            by = sorted(name for name, roles in ROLES.items() if EVENTS[event][2] in roles)[pick % 2 - 1]
        source, target, role, needs = EVENTS[event]
        data = dict(needs) if complete else {}
        evidence = {"photo_after": PHOTO} if event == "rectify" and complete else {}
        version = None if expect is None else model.rows - expect
        asked = (by, event, ref, tuple(data), bool(evidence))
        expected = self._judge(model, event, by, asked, key, version, (role, source), complete > 0)
        try:
            done = self.engine.fire(ref, event, by=by, data=data, evidence=evidence, key=key, expect_version=version)
        except duban.DubanError as fault:
            assert fault.code == expected
            return
        assert done.duplicate is (expected == "duplicate")
        if done.duplicate:
            assert key is not None
            assert (done.case.ref, done.case.version, done.case.state) == self.keys[by, key][1:]
            return
        assert expected is None
        self._move(model, event, by, target)
        assert (done.case.version, done.case.state) == (model.rows, target)
        if key is not None:
            self.keys[by, key] = (asked, ref, model.rows, target)

    def _judge(
        self, model: Model, event: str, by: str, asked: tuple[Any, ...], key: str | None, version: int | None,
        rule: tuple[str, str], complete: bool,
    ) -> str | None:  # fmt: skip
        role, source = rule
        needs_data = bool(EVENTS[event][3])
        if (by, key) in self.keys:
            return "duplicate" if self.keys[by, key][0] == asked else "key-reused"
        if role not in ROLES[by]:
            return "not-permitted"
        if version is not None and version != model.rows:
            return "version-conflict"
        if model.state != source:
            return "transition-not-allowed"
        if needs_data and not complete:
            return "invalid-data"
        return "guard-refused" if event == "verify" and model.rectifier == by else None

    def _move(self, model: Model, event: str, by: str, target: str) -> None:
        now = self.clock.now()
        if model.since is not None and target != "assigned":
            model.used += self.hours.between(model.since, now)
            model.since = None
        elif target == "assigned":
            model.since, left = now, LIMITS[model.severity] - model.used
            model.due = self.hours.add(now, left).at if left > 0 else model.due
        model.rows, model.state = model.rows + 1, target
        model.messages += event == "assign"
        model.rectifier = by if event == "rectify" else model.rectifier

    @rule(hours=st.integers(1, 30))
    def wait(self, hours: int) -> None:
        self.clock.advance(f"{hours} working hours")

    @rule(minutes=st.integers(1, 4_000))
    def pass_time(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    @rule()
    def sweep(self) -> None:
        now, climbed = self.clock.now(), 0
        for model in self.cases.values():
            while model.since is not None and model.step < 4:
                left = model.points()[model.step] - model.used
                if (self.hours.add(model.since, left).at if left > 0 else model.since) > now:
                    break
                model.level = max(model.level, LEVELS[model.step])
                model.messages += model.step < 2
                model.step, model.rows, climbed = model.step + 1, model.rows + 1, climbed + 1
        report = self.engine.sweep()
        assert (report.climbed, report.failed) == (climbed, ())

    @rule()
    def deliver(self) -> None:
        assert self.engine.deliver().dead == 0

    @invariant()
    def the_engine_is_where_the_model_is(self) -> None:
        found = {case.ref: case for case in self.engine.find(by="office", limit=1_000)}
        assert found.keys() == self.cases.keys()
        messages = self.engine.messages(by="office", limit=10_000)
        for ref, model in self.cases.items():
            case, rows = found[ref], self.engine.history(ref, by="office")
            assert (case.state, case.version, case.level) == (model.state, model.rows, model.level)
            assert [row.seq for row in rows] == list(range(1, model.rows + 1))
            assert rows[-1].to_state == case.state
            assert case.due_at == (model.due if model.since is not None else None)
            assert case.is_open is (model.state != "closed")
            assert sum(message.ref == ref for message in messages) == model.messages
        assert self.engine.verify() == []


Street.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestStreet = Street.TestCase
