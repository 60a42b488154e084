"""Daily rounds (S7, S12): an empty one proves itself, a missed one is marked without anybody, gaps are told."""

from pathlib import Path

import pytest
from tests.workflows.rounds import (
    CIRCUITS,
    MARKET,
    OFFICE,
    ROUTE,
    SITES,
    SUPERVISOR,
    WALKER,
    checked,
    circuit,
    planned,
    submitted,
)

import duban
from duban.testing import FrozenClock


def test_an_empty_round_is_a_result_with_its_route_and_a_photograph(engine: duban.Engine, photo: Path) -> None:
    case = checked(engine, planned(engine), photo)
    with pytest.raises(duban.InvalidData):
        engine.fire(case.ref, "submit", by=WALKER, data=ROUTE)
    with pytest.raises(duban.InvalidData):
        engine.fire(case.ref, "submit", by=WALKER, evidence={"photo_route": photo})
    done = engine.fire(case.ref, "submit", by=WALKER, data=ROUTE, evidence={"photo_route": photo}).case
    assert (done.state, done.data["outcome"], done.data["points_checked"]) == ("submitted", "clear", 1)


@pytest.mark.parametrize("site", SITES)
def test_the_unit_of_every_key_site_walks_its_round(engine: duban.Engine, photo: Path, site: str) -> None:
    unit = SITES[site]["unit"]
    case = planned(engine, unit=unit, site=site)
    assert case.data.get("community") == SITES[site].get("community")
    engine.deliver()
    assert case.ref in [notice.ref for notice in engine.inbox(by=f"{unit}-handler", limit=1000)]
    done = checked(engine, case, photo, site, by=f"{unit}-handler")
    assert (done.state, done.data["peak_hours"]) == ("in_progress", SITES[site]["peak_hours"])


def test_grid_workers_walk_rounds_of_their_grid_and_nobody_those_of_others(engine: duban.Engine, photo: Path) -> None:
    case, own, files = planned(engine, unit="renhejie-1"), "renhejie-1-worker", {"photo": photo}
    clear, gap = {"site": MARKET, "result": "clear"}, {"site": MARKET, "reason": "闭市"}
    with pytest.raises(duban.GuardRefused, match="only the unit"):
        engine.fire(case.ref, "check", by="renhejie-2-worker", data=clear, evidence=files)
    with pytest.raises(duban.GuardRefused, match="only the unit"):
        engine.fire(case.ref, "excuse", by="renhejie-2-worker", data=gap)
    checked(engine, case, photo, by=own)
    with pytest.raises(duban.GuardRefused, match="only the unit"):
        engine.fire(case.ref, "submit", by="renhejie-2-worker", data=ROUTE, evidence={"photo_route": photo})
    assert (
        engine.fire(case.ref, "submit", by=own, data=ROUTE, evidence={"photo_route": photo}).case.state == "submitted"
    )


def test_a_unit_does_not_cancel_its_own_round(engine: duban.Engine) -> None:
    case = planned(engine, unit="office-coordination")
    with pytest.raises(duban.GuardRefused, match="cannot cancel it"):
        engine.fire(case.ref, "cancel", by=OFFICE, data={"reason": "暴雨"})
    assert engine.fire(case.ref, "cancel", by="office-submission-1", data={"reason": "暴雨"}).case.state == "cancelled"


def test_a_round_is_walked_on_its_day_also_in_the_evening(
    engine: duban.Engine, clock: FrozenClock, photo: Path
) -> None:
    case, tomorrow = planned(engine), planned(engine, day="2020-11-20")
    with pytest.raises(duban.GuardRefused, match="on its day"):
        checked(engine, tomorrow, photo)
    with pytest.raises(duban.GuardRefused, match="has not come"):
        engine.fire(tomorrow.ref, "excuse", by=WALKER, data={"site": MARKET, "reason": "闭市"})
    clock.move_to("2020-11-19T23:59:00+08:00")
    engine.sweep()
    assert engine.preview(case.ref, "begin", by=WALKER).case.state == "in_progress"
    clock.move_to("2020-11-20T00:00:00+08:00")
    assert engine.preview(tomorrow.ref, "begin", by=WALKER).case.state == "in_progress"
    with pytest.raises(duban.GuardRefused, match="on its day"):
        checked(engine, case, photo)


@pytest.mark.parametrize(
    ("day", "before", "marked"),
    [
        ("2020-11-19", "2020-11-20T09:29:00+08:00", "2020-11-20T09:30:00+08:00"),
        ("2020-11-20", "2020-11-23T09:29:00+08:00", "2020-11-23T09:30:00+08:00"),  # a Friday
        ("2020-11-21", "2020-11-23T09:29:00+08:00", "2020-11-23T09:30:00+08:00"),  # a Saturday
    ],
)
def test_a_missed_round_is_marked_by_the_scheduler_and_told(
    engine: duban.Engine, clock: FrozenClock, day: str, before: str, marked: str
) -> None:
    case = planned(engine, day=day)
    clock.move_to(before)
    engine.sweep()
    assert engine.get(case.ref, by=OFFICE).state == "planned"
    clock.move_to(marked)
    engine.sweep()
    engine.deliver()
    assert engine.get(case.ref, by=OFFICE).state == "missed"
    assert engine.history(case.ref, by=OFFICE)[-1].actor == "scheduler"
    for post in ("law-enforcement-head", OFFICE):
        told = [notice.text.en for notice in engine.inbox(by=post, limit=1000) if notice.ref == case.ref]
        assert "a round was missed" in told, post


def test_every_point_of_a_missed_round_is_kept_as_missed(engine: duban.Engine, clock: FrozenClock) -> None:
    case = circuit(engine, "street-gambling")
    clock.move_to("2020-11-20T09:30:00+08:00")
    engine.sweep()
    gaps = engine.find("missed_point", by=OFFICE, parent=case.ref, limit=100)
    assert sorted(gap.data["site"] for gap in gaps) == sorted(CIRCUITS["street-gambling"]["sites"])
    assert {gap.data["round_outcome"] for gap in gaps} == {"missed"}


def test_a_point_that_is_missed_a_third_time_is_told_whatever_round_it_belongs_to(
    engine: duban.Engine, clock: FrozenClock
) -> None:
    told = []
    for day in (23, 24, 25):
        clock.move_to(f"2020-11-{day}T09:00:00+08:00")
        if day == 24:
            planned(engine, unit="hall-management", site="great-hall-teahouses", day="2020-11-24")
        else:
            circuit(engine, "teahouses", day=f"2020-11-{day}")
        clock.move_to(f"2020-11-{day + 1}T09:30:00+08:00")
        engine.sweep()
        engine.deliver()
        notices = engine.inbox(by="hall-management-head", limit=1000)
        told.append(sum(one.ref.startswith("MPT") and "three times" in one.text.en for one in notices))
    assert told == [0, 0, 1]


def test_the_third_missed_round_of_a_circuit_is_told(engine: duban.Engine, clock: FrozenClock) -> None:
    for day in ("2020-11-23", "2020-11-24", "2020-11-25"):
        clock.move_to(f"{day}T09:00:00+08:00")
        circuit(engine, "pets", day=day)
    clock.move_to("2020-11-26T10:00:00+08:00")
    engine.sweep()
    engine.deliver()
    told = [one for one in engine.inbox(by="safety-head", limit=1000) if one.ref.startswith("RND")]
    assert sum("three rounds of this circuit" in one.text.en for one in told) == 1


def test_a_round_that_is_begun_and_never_submitted_ends_as_incomplete_with_its_gaps(
    engine: duban.Engine, clock: FrozenClock, photo: Path
) -> None:
    case = checked(engine, circuit(engine), photo)
    clock.move_to("2020-11-23T18:00:00+08:00")
    engine.sweep()
    now = engine.get(case.ref, by=OFFICE)
    gaps = engine.find("missed_point", by=OFFICE, parent=case.ref, limit=100)
    assert (now.state, now.data["checked"], len(gaps)) == ("incomplete", [MARKET], 6)


def test_nobody_else_marks_a_round_as_missed_or_cancels_one_that_was(engine: duban.Engine, clock: FrozenClock) -> None:
    case = planned(engine)
    for by in (OFFICE, SUPERVISOR, "executive-leader", "law-enforcement-head"):
        with pytest.raises(duban.NotPermitted):
            engine.fire(case.ref, "mark_missed", by=by)
    with pytest.raises(duban.GuardRefused, match="the day is not over"):
        engine.fire(case.ref, "mark_missed", by="scheduler")
    assert engine.preview(case.ref, "cancel", by=OFFICE, data={"reason": "暴雨"}).case.state == "cancelled"
    clock.move_to("2020-11-20T00:00:00+08:00")
    with pytest.raises(duban.GuardRefused, match="the day is over"):
        engine.fire(case.ref, "cancel", by=OFFICE, data={"reason": "暴雨"})


def test_a_submitted_round_locks_by_itself_after_a_working_day_and_nothing_changes_it(
    engine: duban.Engine, clock: FrozenClock, photo: Path
) -> None:
    case = submitted(engine, photo)
    clock.advance("1 working day")
    engine.sweep()
    assert engine.get(case.ref, by=OFFICE).state == "locked"
    assert [choice for by in (WALKER, SUPERVISOR, OFFICE, "discipline-secretary", "executive-leader")
            for choice in engine.explain(case.ref, by=by) if choice.allowed] == []  # fmt: skip


def test_the_supervision_team_locks_or_sends_back_but_not_its_own(engine: duban.Engine, photo: Path) -> None:
    case = submitted(engine, photo)
    assert engine.preview(case.ref, "lock", by=SUPERVISOR).case.state == "locked"
    back = engine.fire(case.ref, "send_back", by=SUPERVISOR, data={"reason": "照片看不出路线"}).case
    assert back.state == "in_progress"
    own = checked(engine, planned(engine, unit="supervision-team"), photo, by=SUPERVISOR)
    engine.fire(own.ref, "submit", by=SUPERVISOR, data=ROUTE, evidence={"photo_route": photo})
    for event, data in (("lock", {}), ("send_back", {"reason": "不全"})):
        with pytest.raises(duban.GuardRefused, match="whoever walked"):
            engine.fire(own.ref, event, by="supervision-member-2", data=data)
    assert engine.fire(own.ref, "lock", by="discipline-secretary").case.state == "locked"


def test_a_round_that_is_walked_and_not_submitted_raises_its_level(
    engine: duban.Engine, clock: FrozenClock, photo: Path
) -> None:
    case = checked(engine, planned(engine), photo)
    clock.advance("1 working day 6 working hours")
    engine.sweep()
    assert engine.get(case.ref, by=OFFICE).level == 0
    clock.advance("30 working minutes")
    engine.sweep()
    now = engine.get(case.ref, by=OFFICE)
    assert (now.state, now.level) == ("in_progress", 1)
