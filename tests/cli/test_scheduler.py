"""The scheduler service: it ticks, survives, wakes in time and stops."""

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Street

from duban.app import Engine
from duban.engine.errors import StoreBusy
from duban.engine.ports.records import DueStep
from duban.engine.runtime.commands import Climbed, Commands
from duban.engine.runtime.delivery import DeliveryReport
from duban.engine.runtime.sweep import SweepReport
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

    def delivered(limit: int | None = None, *, by: str | None):
        try:
            if faults:
                raise faults.pop(0)
            return deliver(limit, by=by)
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


def test_ticks_that_are_passed_over_while_a_long_one_is_under_way_are_not_worth_a_word(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sweep, stop = engine.sweep, After(1)
    counted(engine, monkeypatch, stop, [])

    def long(*given: Any, by: str | None) -> SweepReport:
        threading.Event().wait(0.15)
        return sweep(*given, by=by)

    monkeypatch.setattr(engine, "sweep", long)
    with caplog.at_level(logging.INFO):
        run(engine, every=timedelta(milliseconds=20), stop=stop)

    # Programs read the log, so what is shown at all is a line of JSON.
    shown = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert [words for words in shown if not words.startswith("{")] == []


def test_a_stop_that_was_asked_for_ends_the_wait() -> None:
    stop = Stop()
    stop.ask()

    stop.wait()


def test_after_a_complete_sweep_the_heartbeat_is_touched_and_after_a_failed_one_not(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    beat, stop, sweep, faults = tmp_path / "beat", After(2), engine.sweep, [StoreBusy(url="x", seconds=5)]
    seen: list[bool] = []

    def swept(*given: Any, by: str | None) -> SweepReport:
        seen.append(beat.exists())
        if faults:
            raise faults.pop()
        return sweep(*given, by=by)

    monkeypatch.setattr(engine, "sweep", swept)
    deliver = engine.deliver

    def delivered(limit: int | None = None, *, by: str | None) -> DeliveryReport:
        stop.count()
        return deliver(limit, by=by)

    monkeypatch.setattr(engine, "deliver", delivered)
    summary = run(engine, every=timedelta(milliseconds=20), stop=stop, heartbeat=beat)

    # Without a store nothing was delivered either, and nothing touched.
    assert seen[:3] == [False, False, True]
    assert summary.failed == 1


def test_a_heartbeat_that_cannot_be_touched_is_told_and_ends_nothing(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assigned(engine)
    stop = After(2)
    counted(engine, monkeypatch, stop, [])

    summary = run(engine, every=timedelta(milliseconds=20), stop=stop, heartbeat=tmp_path / "nowhere" / "beat")

    assert (summary.failed >= 1, summary.delivered) == (True, 1)


def test_what_fails_in_the_sweep_does_not_hold_up_the_deliveries(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assigned(engine)
    stop = After(1)
    counted(engine, monkeypatch, stop, [])

    def fails(*_given: Any, by: str | None) -> SweepReport:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(engine, "sweep", fails)
    summary = run(engine, every=timedelta(hours=1), stop=stop)

    assert (summary.failed, summary.delivered) == (1, 1)


def test_it_wakes_in_time_although_an_earlier_step_fails_with_every_sweep(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = assigned(engine)
    engine.world.clock.advance("1 working day")
    assigned(engine)
    climb = Commands.climb

    def climbed(self: Commands, due: DueStep) -> Climbed | None:
        if due.ref == failing:
            raise RuntimeError("odd")
        return climb(self, due)

    monkeypatch.setattr(Commands, "climb", climbed)
    with engine.store.read() as reader:
        later = reader.next_due_at(reader.next_due_at())
    assert later is not None
    engine.world.clock.move_to(later - timedelta(milliseconds=150))
    stop = After(2)
    counted(engine, monkeypatch, stop, [])

    assert run(engine, every=timedelta(hours=1), stop=stop).ticks >= 2


def _ticked(street: Street, every: int) -> None:
    """Let a scheduler that ticks so often do one tick."""
    with Engine(street.url, clock=street.clock) as engine, pytest.MonkeyPatch.context() as patch:
        stop = After(1)
        counted(engine, patch, stop, [])
        run(engine, every=timedelta(seconds=every), stop=stop)


def test_the_doctor_misses_a_scheduler_after_two_ticks_although_nothing_is_due(street: Street) -> None:
    _ticked(street, every=300)
    street.clock.advance(timedelta(seconds=600))
    within = street.types("doctor", "--json")
    street.clock.advance(timedelta(seconds=1))
    after = street.types("doctor", "--json")

    assert (within.code, within.document["sweep"]["age_seconds"], within.document["sweep"]["every_seconds"]) == (
        0, 600, 300,
    )  # fmt: skip
    assert after.code == 1
    assert "every 300 seconds" in after.document["warnings"][0]
    assert street.types("sweep").code == 0
    assert street.types("doctor").code == 0


def test_the_doctor_counts_what_waits_and_tells_a_sweep_under_way_from_none(street: Street) -> None:
    for _ in range(3):
        street.assigns(street.reports())
    street.clock.advance("10 working days")
    nobody = street.types("doctor", "--json")
    with Engine(street.url, clock=street.clock) as engine:
        asked = iter((False, True))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("duban.engine.runtime.sweep.BATCH", 2)
            assert engine.sweep(stopped=lambda: next(asked)).climbed == 2
    behind = street.types("doctor", "--json")

    assert (nobody.code, nobody.document["sweep"]["waiting"]) == (1, 3)
    assert "3 steps" in nobody.document["warnings"][0]
    assert "nobody sweeps" in nobody.document["warnings"][0]
    assert behind.code == 1
    assert "under way" in behind.document["warnings"][0]


def test_the_doctor_tells_of_cases_that_fail_with_every_sweep(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    street.assigns(street.reports())
    street.types("deliver")
    street.clock.advance("10 working days")

    def fails(_self: Commands, _due: DueStep) -> Climbed | None:
        raise RuntimeError("odd")

    with monkeypatch.context() as patch:
        patch.setattr(Commands, "climb", fails)
        street.types("sweep")
    ill = street.types("doctor", "--json")
    street.types("sweep")
    street.types("deliver")

    assert (ill.code, ill.document["sweep"]["failed"], len(ill.document["warnings"])) == (1, 1, 1)
    assert street.types("doctor").code == 0
