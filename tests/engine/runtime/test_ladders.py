"""Every step of a ladder is climbed once, when it is due, and none of a case that is paused or closed."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.jobs import job, pack
from tests.engine.runtime.street import assigned, closed, events, last

import duban
import duban.testing
from duban.engine.ports.records import DueStep


@pytest.fixture
def jobs(make: Make, tmp_path: Path) -> duban.Engine:
    """An engine on a pack of jobs."""
    return make(pack(tmp_path / "pack"))


def test_steps_are_rows_with_keys_of_case_deadline_entry_and_step(
    engine: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    case = assigned(engine)
    clock.advance("3 working days")
    assert engine.sweep().climbed == 2
    rows = engine.history(case.ref, by="office")[2:]
    assert [(row.kind, row.event, row.actor, row.level, row.key) for row in rows] == [
        ("step", "rectification@75%", "scheduler", 0, f"step:{case.ref}:rectification:1:0"),
        ("step", "rectification@due", "scheduler", 1, f"step:{case.ref}:rectification:1:1"),
    ]
    assert {(row.from_state, row.to_state) for row in rows} == {("assigned", "assigned")}
    assert [message.key for message in engine.messages(by="office")][1:] == [f"{case.ref}:3:0", f"{case.ref}:4:0"]


def test_a_step_is_climbed_the_moment_it_is_due_and_not_before(
    engine: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    case = assigned(engine)
    for moment, level in (
        ("2020-11-26T09:29:59.999999", 0),
        ("2020-11-26T09:30:00", 1),
        ("2020-11-27T09:30:00", 2),
        ("2020-12-03T09:29:59", 2),
        ("2020-12-03T09:30:00", 3),
        ("2021-03-01T09:30:00", 3),
    ):
        clock.move_to(f"{moment}+08:00")
        engine.sweep()
        assert engine.get(case.ref, by="office").level == level
    assert len(engine.history(case.ref, by="office")) == 6


def test_a_paused_or_closed_case_never_climbs(engine: duban.Engine, clock: duban.testing.FrozenClock) -> None:
    paused, ended = assigned(engine), closed(engine, assigned(engine))
    clock.advance("1 working day")
    engine.fire(paused.ref, "suspend", by="leader", data={"reason": "rain"})
    clock.advance(timedelta(days=200))
    assert engine.sweep().climbed == 0
    assert [engine.get(case.ref, by="office").level for case in (paused, ended)] == [0, 0]
    assert engine.find(by="office", overdue=True)[:] == []


def test_a_step_fires_its_event_as_the_scheduler(jobs: duban.Engine, clock: duban.testing.FrozenClock) -> None:
    case = job(jobs)
    clock.advance("4 working days")
    jobs.sweep()
    assert events(jobs, case.ref) == ["begin", "work@50%", "work@due", "escalate"]
    assert (last(jobs, case.ref).actor, last(jobs, case.ref).kind) == ("scheduler", "event")


def test_a_step_whose_event_is_refused_is_climbed_all_the_same_and_the_refusal_recorded(
    jobs: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    case = job(jobs, speed="fast")
    clock.advance("1 working day")
    assert jobs.sweep() == jobs.sweep().__class__(2, ())
    assert (events(jobs, case.ref), jobs.get(case.ref, by="clerk").level) == (["begin", "work@50%", "work@due"], 1)
    [refusal] = jobs.refusals(by="clerk")
    assert (refusal.actor, refusal.ref, refusal.event, refusal.code, refusal.reasons) == (
        "scheduler", case.ref, "escalate", "guard-refused", ("fast ones are not escalated",),
    )  # fmt: skip
    assert jobs.verify() == []


def test_after_a_long_absence_steps_are_climbed_in_the_order_in_which_they_were_due(
    engine: duban.Engine, clock: duban.testing.FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duban.engine.runtime.sweep.BATCH", 3)
    from duban.engine.runtime.commands import Climbed, Commands

    slow, order = assigned(engine), []
    clock.advance("1 working day")
    quick = assigned(engine, severity="minor")
    clock.advance("1 working day")
    middle = assigned(engine, severity="serious")
    clock.advance("30 working days")

    climb = Commands.climb

    def noted(self: Commands, due: DueStep) -> Climbed | None:
        climbed = climb(self, due)
        if climbed is not None:
            order.append((due.ref, climbed.outcome.row.event.removeprefix("rectification@")))
        return climbed

    monkeypatch.setattr(Commands, "climb", noted)
    assert engine.sweep().climbed == 12
    one, five = "due + 1 working day", "due + 5 working days"
    assert order == [
        (quick.ref, "75%"), (quick.ref, "due"), (slow.ref, "75%"), (middle.ref, "75%"), (slow.ref, "due"),
        (quick.ref, one), (middle.ref, "due"), (slow.ref, one), (middle.ref, one),
        (quick.ref, five), (slow.ref, five), (middle.ref, five),
    ]  # fmt: skip


@pytest.mark.parametrize("fault", [RuntimeError("odd"), duban.UsageError("limit", found=1, most=1)])
def test_a_case_that_fails_does_not_hold_up_the_others(
    engine: duban.Engine, clock: duban.testing.FrozenClock, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    from duban.engine.runtime.commands import Commands

    cases = [assigned(engine) for _ in range(3)]
    clock.advance("3 working days")
    climb = Commands.climb

    def faulty(self: Commands, due: object) -> object:
        if due.ref == cases[0].ref:  # type: ignore[attr-defined]
            raise fault
        return climb(self, due)  # type: ignore[arg-type]

    monkeypatch.setattr(Commands, "climb", faulty)
    report = engine.sweep()
    assert (report.climbed, report.failed) == (4, (cases[0].ref,))
    monkeypatch.undo()
    assert engine.sweep().climbed == 2
    assert [engine.get(case.ref, by="office").level for case in cases] == [1, 1, 1]
