"""The scheduler service: it ticks, survives, wakes in time and stops."""

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from duban.app import Engine
from duban.engine.errors import StoreBusy
from duban.scheduler import Stop, run
from duban.testing import FrozenClock

PACK = Path(__file__).parent / "pack"


class After:
    """Ends a run after so many ticks."""

    def __init__(self, ticks: int) -> None:
        self._left = ticks
        self._done = threading.Event()

    def count(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self._done.set()

    def wait(self) -> None:
        assert self._done.wait(20), "the scheduler did not tick often enough"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    clock = FrozenClock("2020-11-23T09:30:00+08:00")
    with Engine(f"sqlite:///{tmp_path / 'street.db'}", pack=PACK, clock=clock) as engine:
        engine.migrate()
        yield engine


def assigned(engine: Engine) -> str:
    case = engine.start("issue", by="grid-worker", data={"title": "x", "category": "litter"})
    engine.fire(case.ref, "assign", by="office", data={"unit": "city-management"})
    return case.ref


def counted(engine: Engine, monkeypatch: pytest.MonkeyPatch, stop: After, faults: list[Exception]) -> None:
    """Count deliveries; before those, let each of ``faults`` happen once."""
    deliver = engine.deliver

    def delivered(limit: int | None = None):
        try:
            if faults:
                raise faults.pop(0)
            return deliver(limit)
        finally:
            stop.count()

    monkeypatch.setattr(engine, "deliver", delivered)


def test_what_is_due_is_climbed_and_delivered(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    ref = assigned(engine)
    engine.world.clock.advance("4 working days")
    stop = After(1)
    counted(engine, monkeypatch, stop, [])

    summary = run(engine, every=timedelta(hours=1), stop=stop)

    assert (summary.ticks, summary.climbed, summary.delivered, summary.failed) == (1, 3, 3, 0)
    assert engine.get(ref, by="office").level == 2


def test_a_store_that_fails_is_tried_again_at_the_next_tick(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assigned(engine)
    stop = After(3)
    counted(engine, monkeypatch, stop, [StoreBusy(url="x", seconds=5), RuntimeError("unforeseen")])

    with caplog.at_level(logging.INFO, logger="duban"):
        summary = run(engine, every=timedelta(milliseconds=20), stop=stop)

    assert summary.failed == 2
    assert summary.delivered == 1
    assert [event in caplog.text for event in ("scheduler.started", "scheduler.failed", "scheduler.stopped")] == [
        True
    ] * 3


def test_it_wakes_when_the_next_step_is_due(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    assigned(engine)
    with engine.store.read() as reader:
        due_at = reader.next_due_at()
    assert due_at is not None
    engine.world.clock.move_to(due_at - timedelta(milliseconds=150))
    stop = After(2)
    counted(engine, monkeypatch, stop, [])

    summary = run(engine, every=timedelta(hours=1), stop=stop)

    assert summary.ticks >= 2


def test_a_stop_that_was_asked_for_ends_the_wait() -> None:
    stop = Stop()
    stop.ask()

    stop.wait()
