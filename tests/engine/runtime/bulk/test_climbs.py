"""What is due is climbed in few transactions, a case with several steps among them."""

from typing import Any

import pytest
from tests.engine.runtime.street import assigned

import duban
import duban.testing
from duban.engine.runtime import sweep

LATER = "2020-12-20T09:30:00+08:00"


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many steps each transaction climbed."""
    counts: list[int] = []
    together = sweep.climbed_together

    def counted(*asked: Any) -> Any:
        done = together(*asked)
        counts.append(len(done))
        return done

    monkeypatch.setattr(sweep, "climbed_together", counted)
    return counts


def test_all_steps_that_are_due_of_a_case_are_climbed_with_those_of_others_in_one_transaction(
    engine: duban.Engine, clock: duban.testing.FrozenClock, batches: list[int]
) -> None:
    for _ in range(5):
        assigned(engine)
    clock.move_to(LATER)
    assert engine.sweep().climbed == 20
    assert batches == [20]
    assert engine.verify() == []


def test_a_case_that_follows_itself_is_written_once_as_the_last_step_left_it(
    engine: duban.Engine, clock: duban.testing.FrozenClock, batches: list[int]
) -> None:
    case = assigned(engine)
    clock.move_to(LATER)
    engine.sweep()
    left = engine.get(case.ref, by="office")
    rows = engine.history(case.ref, by="office")
    assert batches == [4]
    assert (left.version, left.level, left.updated_at) == (len(rows), rows[-1].level, rows[-1].at)
