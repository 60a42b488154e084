"""The clocks of an issue of `civility`: what pauses, what goes on with what is left, and what begins anew."""

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duban
from duban.engine.model.case import Case, Stopwatch
from duban.testing import FrozenClock

OFFICE, LEADER, SUPERVISOR = "office-coordination-1", "deputy-director-3", "supervision-member-1"
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = 7 * 3600


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def assigned(engine: duban.Engine, **data: Any) -> Case:
    """An issue of the planning and construction office, assigned on Thursday, 2020-11-19, at 09:30."""
    given = {"title": "一处问题", "category": "litter", "place": "某处", **data}
    case = engine.start("issue", by="renhejie-1-worker", data=given)
    return engine.fire(case.ref, "assign", by=OFFICE).case


def accepted(engine: duban.Engine, **data: Any) -> Case:
    """The same, accepted by its unit at once."""
    return engine.fire(assigned(engine, **data).ref, "accept", by="planning-construction-handler").case


def rectified(engine: duban.Engine, case: Case, photo: Path) -> None:
    """Its unit has done the work."""
    engine.fire(
        case.ref, "rectify", by="planning-construction-handler", data={"measures": "已清理"},
        evidence={"photo_after": photo},
    )  # fmt: skip


def rectification(engine: duban.Engine, case: Case) -> Stopwatch:
    """Its stopwatch for the rectification."""
    with engine.store.read() as reader:
        return reader.stopwatches(engine.get(case.ref, by="system").id)["rectification"]


def level(engine: duban.Engine, case: Case) -> int:
    """Its level after a sweep."""
    engine.sweep()
    return engine.get(case.ref, by=OFFICE).level


def test_three_weeks_of_suspension_do_not_count(engine: duban.Engine, clock: FrozenClock) -> None:
    case = accepted(engine)
    assert case.due_at == at("2020-11-24 09:30")  # [Thu 19] Fri 20, Mon 23, Tue 24
    clock.move_to("2020-11-23T09:30:00+08:00")  # two of three days are used
    given = {"reason": "待拆迁", "review_on": "2020-12-11"}
    held = engine.fire(case.ref, "suspend", by=LEADER, data=given).case
    assert held.due_at == at("2020-12-11 18:00")  # its review, and not the rectification
    clock.move_to("2020-12-14T14:00:00+08:00")
    assert level(engine, case) == 0
    resumed = engine.fire(case.ref, "resume", by=LEADER).case
    assert resumed.due_at == at("2020-12-15 12:00")  # [Mon 14] 4 h, Tue 15 3 h: the day that was left
    clock.move_to("2020-12-15T12:00:00+08:00")
    assert level(engine, case) == 1


def test_rework_again_and_again_never_gives_a_fresh_limit(
    engine: duban.Engine, clock: FrozenClock, photo: Path
) -> None:
    case = accepted(engine)
    for hours in (2, 4, 6, 8, 10):
        clock.advance("2 working hours")
        rectified(engine, case, photo)
        clock.advance("1 working day")
        engine.fire(case.ref, "rework", by=SUPERVISOR, data={"reason": "仍有残留"})
        assert (rectification(engine, case).used, rectification(engine, case).entry) == (hours * 3600, 1)
    again = engine.get(case.ref, by=OFFICE)
    assert again.due_at == engine.world.hours.add(clock.now(), 3 * DAY - 10 * 3600).at


def test_a_change_of_severity_counts_what_was_used_and_gives_nothing_twice(
    engine: duban.Engine, clock: FrozenClock
) -> None:
    case = accepted(engine)
    clock.move_to("2020-11-20T14:00:00+08:00")  # 5:30 on Thursday from 09:30, 3:00 on Friday: 8:30 h are used
    graded = {}
    for severity in ("minor", "serious", "prominent"):
        data = {"severity": severity, "reason": "重新定级"}
        graded[severity] = engine.fire(case.ref, "grade", by=OFFICE, data=data).case.due_at
    assert graded == {
        "minor": at("2020-11-20 09:30"),  # 7 h from Thursday 09:30: overdue already
        "serious": at("2020-11-20 10:30"),  # 8 h
        "prominent": at("2020-11-24 09:30"),  # as it was
    }
    assert (rectification(engine, case).entry, rectification(engine, case).since) == (1, at("2020-11-19 09:30"))


def test_a_severity_changed_after_rework_keeps_what_the_first_run_used(
    engine: duban.Engine, clock: FrozenClock, photo: Path
) -> None:
    case = accepted(engine)
    clock.advance("1 working day")
    rectified(engine, case, photo)
    clock.advance("2 working days")
    engine.fire(case.ref, "rework", by=SUPERVISOR, data={"reason": "仍有残留"})
    data = {"severity": "serious", "reason": "情况严重"}
    serious = engine.fire(case.ref, "grade", by=OFFICE, data=data).case
    assert serious.due_at == engine.world.hours.add(clock.now(), 3600).at  # 8 hours less the 7 that were used


def test_another_unit_begins_anew_as_declared(engine: duban.Engine, clock: FrozenClock) -> None:
    case = accepted(engine)
    clock.advance("2 working days")
    data = {"unit": "law-enforcement", "reason": "职责归属"}
    moved = engine.fire(case.ref, "reassign", by=OFFICE, data=data).case
    assert (rectification(engine, case).entry, rectification(engine, case).used) == (2, 0)
    assert moved.due_at == engine.world.hours.add(clock.now(), 4 * 3600).at  # to be accepted within 4 hours


def test_a_reopened_issue_has_a_fresh_limit_and_keeps_its_level(
    engine: duban.Engine, clock: FrozenClock, photo: Path
) -> None:
    case = accepted(engine)
    clock.advance("4 working days")
    assert level(engine, case) == 2
    rectified(engine, case, photo)
    engine.fire(case.ref, "verify", by=SUPERVISOR)
    engine.fire(case.ref, "close", by=OFFICE)
    clock.advance("10 working days")
    assert level(engine, case) == 2
    reopened = engine.fire(case.ref, "reopen", by=OFFICE, data={"reason": "反弹"}).case
    engine.fire(case.ref, "accept", by="planning-construction-handler")
    assert (reopened.level, reopened.is_open) == (2, True)
    fresh = rectification(engine, case)
    assert (fresh.entry, fresh.used, fresh.next_step) == (2, 0, 0)
    assert fresh.due_at == engine.world.hours.add(clock.now(), 3 * DAY).at
    clock.advance("3 working days")
    assert level(engine, case) == 2  # due again would be level 1
    clock.advance("3 working days")
    assert level(engine, case) == 3


def test_an_issue_that_is_void_climbs_no_more(engine: duban.Engine, clock: FrozenClock) -> None:
    case = accepted(engine)
    clock.advance("3 working days")
    assert level(engine, case) == 1
    engine.fire(case.ref, "void", by=OFFICE, data={"reason": "重复登记"})
    before = len(engine.history(case.ref, by=OFFICE))
    clock.advance("30 working days")
    assert level(engine, case) == 1
    ended = engine.get(case.ref, by=OFFICE)
    assert (ended.due_at, len(engine.history(case.ref, by=OFFICE))) == (None, before)


def test_over_the_spring_festival_nobody_is_late(engine: duban.Engine, clock: FrozenClock) -> None:
    clock.move_to("2021-02-10T09:30:00+08:00")
    case = accepted(engine)
    assert case.due_at == at("2021-02-20 09:30")  # [Wed 10] off 11 to 17; Thu 18, Fri 19, worked Sat 20
    assert engine.world.hours.calendar.is_working_day(date(2021, 2, 20))
    clock.move_to("2021-02-18T08:59:00+08:00")
    assert level(engine, case) == 0
    assert [row.kind for row in engine.history(case.ref, by=OFFICE)].count("step") == 0
    clock.move_to("2021-02-20T09:30:00+08:00")
    assert level(engine, case) == 1
