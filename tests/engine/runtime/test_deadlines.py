"""A stopwatch counts what was used, through rework and suspension; every step of a ladder is climbed once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.jobs import job, pack
from tests.engine.runtime.street import assigned, contents, events, rectified, reported, watch

import duban
import duban.testing

DAY = 7 * 3600
"""The seconds of a working day."""


@pytest.fixture
def jobs(make: Make, tmp_path: Path) -> duban.Engine:
    """An engine on a pack of jobs."""
    return make(pack(tmp_path / "pack"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def test_it_runs_in_its_states_and_is_due_after_working_time(engine: duban.Engine) -> None:
    assert reported(engine).due_at is None
    due = {severity: assigned(engine, severity=severity).due_at for severity in ("minor", "prominent", "serious")}
    assert due == {
        "minor": at("2020-11-24T09:30:00"),
        "prominent": at("2020-11-26T09:30:00"),
        "serious": at("2020-11-24T10:30:00"),
    }


def test_rework_and_suspension_go_on_with_what_is_left(engine: duban.Engine, clock: duban.testing.FrozenClock) -> None:
    case = assigned(engine)
    clock.advance("1 working day")
    assert engine.fire(case.ref, "suspend", by="leader", data={"reason": "rain"}).case.due_at is None
    assert watch(engine, case).used == DAY
    clock.advance("20 working days")
    resumed = clock.now()
    assert engine.fire(case.ref, "resume", by="leader").case.due_at == engine.world.hours.add(resumed, 2 * DAY).at
    clock.advance("1 working day")
    rectified(engine, case)
    clock.advance("5 working days")
    done = engine.fire(case.ref, "rework", by="supervisor", data={"reason": "not clean"})
    assert done.case.due_at == engine.world.hours.add(clock.now(), DAY).at
    assert (watch(engine, case).used, watch(engine, case).entry) == (2 * DAY, 1)


def test_a_changed_severity_keeps_what_was_used(jobs: duban.Engine, clock: duban.testing.FrozenClock) -> None:
    case = job(jobs)
    begun = clock.now()
    clock.advance("1 working day")
    jobs.fire(case.ref, "wait", by="clerk")
    clock.advance("3 working days")
    went = clock.now()
    assert jobs.fire(case.ref, "go", by="clerk").case.due_at == jobs.world.hours.add(went, 3 * DAY).at
    clock.advance("1 working day")
    assert jobs.fire(case.ref, "change", by="clerk", data={"speed": "never"}).case.due_at == (
        jobs.world.hours.add(went, 499 * DAY).at
    )
    shorter = jobs.fire(case.ref, "change", by="clerk", data={"speed": "fast"}).case.due_at
    assert shorter == went
    assert jobs.sweep().climbed == 3
    assert (jobs.get(case.ref, by="clerk").level, jobs.get(case.ref, by="clerk").due_at) == (2, went)
    longer = jobs.fire(case.ref, "change", by="clerk", data={"speed": "slow"}).case.due_at
    assert longer == jobs.world.hours.add(went, 3 * DAY).at
    assert longer != jobs.world.hours.add(begun, 4 * DAY).at


def test_a_limit_changed_while_it_runs_counts_from_where_it_began(
    jobs: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    case, begun = job(jobs), clock.now()
    clock.advance("2 working days")
    assert jobs.fire(case.ref, "change", by="clerk", data={"speed": "fast"}).case.due_at == (
        jobs.world.hours.add(begun, DAY).at
    )


def test_only_an_event_that_restarts_gives_a_fresh_limit(jobs: duban.Engine, clock: duban.testing.FrozenClock) -> None:
    case = job(jobs)
    clock.advance("5 working days")
    assert jobs.sweep().climbed == 3
    done = jobs.fire(case.ref, "renew", by="chief")
    assert done.case.due_at == jobs.world.hours.add(clock.now(), 4 * DAY).at
    renewed = watch(jobs, case, "work")
    assert (renewed.entry, renewed.used, renewed.next_step) == (2, 0, 0)
    clock.advance("4 working days")
    assert jobs.sweep().climbed == 2
    assert jobs.get(case.ref, by="clerk").level == 2


def test_a_restart_while_it_is_paused_counts_when_it_runs_again(
    jobs: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    case = job(jobs)
    clock.advance("3 working days")
    jobs.fire(case.ref, "wait", by="clerk")
    jobs.fire(case.ref, "renew", by="chief")
    clock.advance("9 working days")
    assert jobs.fire(case.ref, "go", by="clerk").case.due_at == jobs.world.hours.add(clock.now(), 4 * DAY).at


def test_a_deadline_until_a_day_is_due_at_closing_time_and_moves_with_it(
    jobs: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    case = job(jobs, speed="never", by_day="2020-11-27")
    assert case.due_at == at("2020-11-27T18:00:00")
    sunday = jobs.fire(case.ref, "change", by="clerk", data={"by_day": "2020-11-29"})
    assert sunday.case.due_at == at("2020-11-27T18:00:00")
    later = jobs.fire(case.ref, "change", by="clerk", data={"by_day": "2020-12-01"})
    assert later.case.due_at == at("2020-12-01T18:00:00")
    clock.move_to("2020-12-01T18:00:00+08:00")
    jobs.sweep()
    assert (jobs.get(case.ref, by="clerk").level, events(jobs, case.ref)[-1]) == (3, "target@due")
    clock.move_to("2020-12-02T18:00:00+08:00")
    jobs.sweep()
    assert events(jobs, case.ref)[-2:] == ["target@due + 1 working day", "wait"]
    assert jobs.get(case.ref, by="clerk").state == "waiting"


def test_a_day_out_of_reach_of_any_calendar_is_invalid_data(jobs: duban.Engine) -> None:
    for day in ("9999-12-31", "0001-01-01", "2041-01-01", "1999-12-31"):
        with pytest.raises(duban.InvalidData, match="within 20 years") as caught:
            job(jobs, by_day=day)
        assert set(caught.value.fields) == {"by_day"}
        job(jobs, review=day)
    assert job(jobs, by_day="2040-12-31").due_at is not None
    assert job(jobs, by_day="2000-01-01").due_at == at("1999-12-31T18:00:00")


def test_a_limit_beyond_the_published_calendar_is_provisional(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock
) -> None:
    clock.move_to("2026-12-24T09:00:00+08:00")
    folder = pack(tmp_path / "pack")
    jobs = make(folder)
    near, far = job(jobs, speed="fast"), job(jobs, speed="slow")
    assert (near.due_provisional, far.due_provisional) == (False, True)
    assert far.due_at == at("2026-12-29T18:00:00")
    assert jobs.verify() == []


def test_due_times_are_worked_out_anew_when_the_calendar_is_known(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock
) -> None:
    clock.move_to("2026-12-30T09:00:00+08:00")
    folder = pack(tmp_path / "pack")
    jobs = make(folder)
    far, ended = job(jobs), job(jobs)
    jobs.fire(ended.ref, "end", by="clerk")
    assert jobs.sweep().climbed == 0
    # The new year is published, with more holidays than Saturdays and Sundays: what looked due is not.
    holidays = "2026-12-31, 2027-01-01, 2027-01-04, 2027-01-05"
    (folder / "calendar.yaml").write_text(f"holidays: [{holidays}]\n", encoding="utf-8")
    again = make(folder)
    clock.move_to("2027-01-05T18:00:00+08:00")
    again.sweep()
    now = again.get(far.ref, by="clerk")
    assert (now.level, now.version, now.due_at) == (0, 1, at("2027-01-08T18:00:00"))
    assert again.get(ended.ref, by="clerk").due_at is None
    assert again.verify() == []
    before = contents(again)
    assert again.sweep().climbed == 0
    assert contents(again) == before
    clock.move_to("2027-01-08T18:00:00+08:00")
    again.sweep()
    assert again.get(far.ref, by="clerk").level == 1
