"""Everything was off for a week: whoever comes back climbs all that was due, in order, each step once."""

from pathlib import Path

import pytest
from tests.faults import errands
from tests.faults.running import Running

import duban
from duban.engine.ports.records import DueStep
from duban.engine.runtime.commands import Climbed, Commands

OVERDUE = {"sqlite": 5_000, "postgresql": 5_000 if errands.FULL else 2_000}


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


def test_thousands_of_cases_overdue_on_several_steps_climb_each_once_in_due_order(
    street: duban.Engine, url: str, errand_pack: Path, kind: str
) -> None:
    due = errands.begun(street, street.world.clock, OVERDUE[kind])  # type: ignore[arg-type]
    assert len(due) == OVERDUE[kind] * 5 // 2
    with Running("sweep", url, str(errand_pack), errands.A_WEEK_LATER) as sweeper:
        assert sweeper.line() == {"event": "swept", "climbed": len(due), "failed": []}
    errands.whole(errands.later(street), due)


def test_cases_that_fail_never_starve_those_behind_them(street: duban.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    due = errands.begun(street, street.world.clock, 60)  # type: ignore[arg-type]
    errands.later(street)
    faulty = {ref for ref, _step in due[:30]}
    climb = Commands.climb

    def failing(self: Commands, step: DueStep) -> Climbed | None:
        if step.ref in faulty:
            raise RuntimeError("odd")
        return climb(self, step)

    monkeypatch.setattr("duban.engine.runtime.sweep.BATCH", 4)
    monkeypatch.setattr(Commands, "climb", failing)
    sound = [step for step in due if step[0] not in faulty]
    report = street.sweep()
    assert (report.climbed, set(report.failed)) == (len(sound), faulty)
    assert errands.climbed(street) == sound
    monkeypatch.setattr(Commands, "climb", climb)
    assert street.sweep().climbed == len(due) - len(sound)
    assert street.verify() == []
