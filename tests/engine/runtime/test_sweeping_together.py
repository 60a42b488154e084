"""However many schedulers run, every step is climbed once."""

import pytest
from tests.engine.runtime.street import SAMPLE, answer, assigned, at_once, contents, process

import duban
import duban.testing
from duban.engine.runtime.sweep import SweepReport

LATER = "2020-12-20T09:30:00+08:00"


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


def _each_once(engine: duban.Engine, count: int) -> None:
    steps = [f"rectification@{point}" for point in ("75%", "due", "due + 1 working day", "due + 5 working days")]
    for case in engine.find(by="office", limit=count + 1):
        rows = engine.history(case.ref, by="office")
        assert [row.event for row in rows] == ["report", "assign", *steps]
        assert (case.level, case.version) == (3, 6)
    assert len(engine.messages(by="office", limit=1_000)) == 3 * count
    assert engine.verify() == []


def test_sweeping_again_changes_nothing(engine: duban.Engine, clock: duban.testing.FrozenClock) -> None:
    for _ in range(3):
        assigned(engine)
    clock.move_to(LATER)
    assert engine.sweep() == SweepReport(12, ())
    before = contents(engine)
    assert [engine.sweep().climbed for _ in range(3)] == [0, 0, 0]
    assert contents(engine) == before
    _each_once(engine, 3)


def test_four_threads_that_sweep_together_climb_every_step_once(
    engine: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    for _ in range(5):
        assigned(engine)
    clock.move_to(LATER)
    reports = [found for found in at_once(4, lambda _number: engine.sweep()) if isinstance(found, SweepReport)]
    assert (len(reports), sum(report.climbed for report in reports)) == (4, 20)
    _each_once(engine, 5)


def test_two_processes_that_sweep_together_climb_every_step_once(engine: duban.Engine, url: str) -> None:
    for _ in range(6):
        assigned(engine)
    sweepers = [process(url, "sweep", LATER, pack=SAMPLE) for _ in range(2)]
    told = [answer(sweeper) for sweeper in sweepers]
    assert sum(one["climbed"] for one in told) == 24
    assert [one["failed"] for one in told] == [[], []]
    _each_once(engine, 6)


def test_an_event_and_a_sweep_that_meet_leave_a_whole_case(
    engine: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    cases = [assigned(engine) for _ in range(6)]
    clock.move_to(LATER)

    def work(number: int) -> object:
        if number == 0:
            return engine.sweep()
        for case in cases:
            engine.fire(case.ref, "suspend", by="leader", data={"reason": "rain"}, key=f"pause-{case.ref}")
        return None

    assert not any(isinstance(found, duban.DubanError) for found in at_once(2, work))
    for case in cases:
        rows = engine.history(case.ref, by="office")
        after = [row.event for row in rows][[row.event for row in rows].index("suspend") + 1 :]
        assert after == []
        assert engine.get(case.ref, by="office").version == len(rows)
    assert engine.sweep().climbed == 0
    assert engine.verify() == []
