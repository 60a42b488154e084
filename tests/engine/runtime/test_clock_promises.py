"""Clocks of the sample and of small packs: what pauses, what goes on, what a ladder does, and what ends it."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.jobs import job, pack
from tests.engine.runtime.street import assigned, closed, events, last, rectified, watch, written

import duban
import duban.testing

DAY = 7 * 3600

LADDER = """
workflow: errand
version: 1
reference: ERR
fields: {title: {type: text}, unit: {type: unit}, ready: {type: boolean, default: false}}
states: {open: {}, hurried: {}, done: {final: true}}
events:
  begin: {to: open, by: [clerk], needs: [title], takes: [unit, ready]}
  hurry:
    from: open
    to: hurried
    by: [scheduler]
    when: [{check: data.ready, else: {en: it is not ready, zh: 尚未就绪}}]
  end: {from: [open, hurried], to: done, by: [clerk, scheduler]}
deadlines:
  work:
    runs_in: [open, hurried]
    within: 2 working days
    ladder:
      - {at: 50%, do: [{notify: {to: unit}}]}
      - {at: due, level: 1, start: [{workflow: letter, with: {title: title}}]}
      - {at: due + 1 working day, level: 2, fire: hurry}
      - {at: due + 2 working days, do: [{notify: {to: chief}}], repeat: {every: 1 working day, times: 2}}
      - {at: due + 6 working days, fire: end}
      - {at: due + 7 working days, level: 3}
"""
LETTER = """
workflow: letter
version: 1
reference: LET
fields: {title: {type: text}}
states: {drafted: {}, sent: {final: true}}
events:
  draft: {to: drafted, by: [system], needs: [title]}
  send: {from: drafted, to: sent, by: [clerk]}
"""
STEPS = [
    "work@50%", "work@due", "work@due + 1 working day", "hurry", "work@due + 2 working days",
    "work@due + 3 working days", "work@due + 4 working days", "work@due + 6 working days", "end",
]  # fmt: skip


@pytest.fixture
def errands(make: Make, tmp_path: Path) -> duban.Engine:
    """An engine whose ladder does everything that a ladder can."""
    return make(written(tmp_path / "pack", errand=LADDER, letter=LETTER))


@pytest.fixture
def jobs(make: Make, tmp_path: Path) -> duban.Engine:
    """An engine on a pack of jobs."""
    return make(pack(tmp_path / "pack"))


def begun(engine: duban.Engine, **data: object) -> str:
    return engine.start("errand", by="clerk", data={"title": "sweep", **data}).ref


def test_a_year_of_suspension_leaves_what_was_left(engine: duban.Engine, clock: duban.testing.FrozenClock) -> None:
    case = assigned(engine)
    clock.advance("2 working days")
    engine.fire(case.ref, "suspend", by="leader", data={"reason": "rain"})
    clock.advance(timedelta(days=365))
    resumed = engine.fire(case.ref, "resume", by="leader").case
    assert resumed.due_at == engine.world.hours.add(clock.now(), DAY).at
    clock.advance("1 working day")
    assert engine.sweep().climbed == 2
    assert engine.get(case.ref, by="office").level == 1


def test_a_tenth_rework_has_no_more_time_than_the_first(engine: duban.Engine, clock: duban.testing.FrozenClock) -> None:
    case, used = assigned(engine), 0
    for _ in range(10):
        clock.advance("2 working hours")
        used += 2 * 3600
        rectified(engine, case)
        clock.advance("3 working days")
        engine.fire(case.ref, "rework", by="supervisor", data={"reason": "not clean"})
        assert (watch(engine, case).used, watch(engine, case).entry) == (used, 1)
    # 20 of 21 hours are used, and the steps at 75 % was passed on the way.
    assert engine.get(case.ref, by="office").due_at == engine.world.hours.add(clock.now(), 3600).at
    clock.advance("1 working hour")
    engine.sweep()
    assert events(engine, case.ref)[-2:] == ["rectification@75%", "rectification@due"]


def test_an_edit_of_anything_else_leaves_every_clock_alone(
    jobs: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    case = job(jobs, by_day="2020-12-04")
    before = watch(jobs, case, "work"), watch(jobs, case, "target")
    for _ in range(5):
        clock.advance("3 working hours")
        jobs.fire(case.ref, "change", by="clerk", data={"review": "2021-01-01"})
        after = jobs.fire(case.ref, "change", by="clerk", data={"speed": "slow"}).case
        assert (watch(jobs, case, "work").due_at, watch(jobs, case, "target").due_at) == (
            before[0].due_at, before[1].due_at,
        )  # fmt: skip
        assert after.due_at == before[0].due_at


def test_a_ladder_reminds_raises_the_level_starts_a_case_fires_an_event_and_repeats(
    errands: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    ref = begun(errands, ready=True, unit="roads")
    clock.advance("12 working days")
    assert errands.sweep().climbed == 7
    assert events(errands, ref) == ["begin", *STEPS]
    case = errands.get(ref, by="clerk")
    assert (case.state, case.level) == ("done", 2)
    assert [one.data["title"] for one in errands.find("letter", by="clerk", parent=ref)] == ["sweep"]
    told = [
        (message.params["case"]["event"], message.params["declared"]["to"]) for message in errands.messages(by="system")
    ]
    assert told == [
        ("work@50%", "unit"), ("work@due + 2 working days", "chief"), ("work@due + 3 working days", "chief"),
        ("work@due + 4 working days", "chief"),
    ]  # fmt: skip
    assert errands.refusals(by="clerk") == []


def test_level_and_ladder_stand_beside_the_state(errands: duban.Engine, clock: duban.testing.FrozenClock) -> None:
    ref = begun(errands)
    clock.advance("3 working days")
    errands.sweep()
    steps = [row for row in errands.history(ref, by="clerk") if row.kind == "step"]
    assert [(row.from_state, row.to_state, row.level) for row in steps] == [
        ("open", "open", 0), ("open", "open", 1), ("open", "open", 2),
    ]  # fmt: skip
    case = errands.get(ref, by="clerk")
    assert (case.state, case.level, case.data["title"]) == ("open", 2, "sweep")


def test_a_refused_event_of_a_step_is_recorded_and_the_ladder_goes_on(
    errands: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    ref = begun(errands)
    clock.advance("12 working days")
    errands.sweep()
    assert events(errands, ref) == ["begin", *(step for step in STEPS if step != "hurry")]
    [refusal] = errands.refusals(by="clerk")
    assert (refusal.ref, refusal.event, refusal.actor, refusal.reasons) == (
        ref, "hurry", "scheduler", ("it is not ready",),
    )  # fmt: skip


def test_the_end_of_a_case_ends_its_ladder_whoever_ends_it(
    errands: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    by_clerk, by_step = begun(errands, ready=True), begun(errands, ready=True)
    clock.advance("3 working days")
    errands.sweep()
    errands.fire(by_clerk, "end", by="clerk")
    clock.advance("40 working days")
    errands.sweep()
    for ref, rows in ((by_clerk, 6), (by_step, 10)):
        case = errands.get(ref, by="clerk")
        assert (last(errands, ref).event, case.version, case.level, case.due_at) == ("end", rows, 2, None)
    assert errands.sweep().climbed == 0


def test_a_case_without_a_unit_escalates_too_and_holds_up_no_delivery(
    errands: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    ref = begun(errands)
    assert errands.get(ref, by="clerk").unit is None
    clock.advance("5 working days")
    errands.sweep()
    assert errands.get(ref, by="clerk").level == 2
    report = errands.deliver()
    assert (report.postponed, report.dead) == (0, 0)
    assert [notice.ref for notice in errands.inbox(by="chief")] == [ref, ref]


def test_a_level_never_falls_whatever_ladder_climbs_and_whatever_restarts(
    jobs: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    case = job(jobs, by_day="2020-11-24")  # level 3 at closing time, long before level 1 of the other ladder
    levels = []
    for wait in ("2 working days", "2 working days", "5 working days"):
        clock.advance(wait)
        jobs.sweep()
        levels.append(jobs.get(case.ref, by="clerk").level)
        if jobs.get(case.ref, by="clerk").state == "waiting":
            jobs.fire(case.ref, "go", by="clerk")
    jobs.fire(case.ref, "renew", by="chief")
    clock.advance("9 working days")
    jobs.sweep()
    rows = jobs.history(case.ref, by="clerk")
    assert levels[0] == 3
    assert [row.level for row in rows] == sorted(row.level for row in rows)
    assert [row.event for row in rows].count("work@due") == 2
    assert rows[-1].level == 4


def test_a_closed_case_keeps_its_level_and_has_no_due_time(
    engine: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    case = assigned(engine)
    clock.advance("4 working days")
    engine.sweep()
    ended = closed(engine, case)
    clock.advance("60 working days")
    assert engine.sweep().climbed == 0
    assert (ended.level, engine.get(case.ref, by="office").level, ended.due_at) == (2, 2, None)
