"""Daily rounds (S7, S12): walked on their day, an empty one proves itself, a missed one is marked without anybody."""

from pathlib import Path
from typing import Any

import pytest
from tests.workflows.machines import read

import duban
from duban.engine.model.case import Case
from duban.testing import FrozenClock

SITES = read("catalogue.yaml")["sites"]
OFFICE, SUPERVISOR, WALKER = "office-coordination-1", "supervision-member-1", "law-enforcement-handler"
TODAY = "2020-11-19"
CLEAR = {"route": "市场东门至西门", "result": "clear"}
FINDING = {"finding_title": "占道经营", "finding_category": "street-trading", "finding_place": "市场东门"}


def planned(engine: duban.Engine, unit: str = "law-enforcement", site: str = "market-perimeter", **more: Any) -> Case:
    """A round of today."""
    return engine.start("round", by=OFFICE, data={"day": TODAY, "unit": unit, "site": site, **more})


def begun(engine: duban.Engine, **more: Any) -> Case:
    """A round of today on its way."""
    return engine.fire(planned(engine, **more).ref, "begin", by=WALKER).case


def submitted(engine: duban.Engine, photo: Path) -> Case:
    """A round on which nothing was found."""
    return engine.fire(begun(engine).ref, "submit", by=WALKER, data=CLEAR, evidence={"photo_route": photo}).case


def test_an_empty_round_is_a_result_with_its_route_and_a_photograph(engine: duban.Engine, photo: Path) -> None:
    case = begun(engine)
    with pytest.raises(duban.InvalidData):
        engine.fire(case.ref, "submit", by=WALKER, data=CLEAR)
    with pytest.raises(duban.InvalidData):
        engine.fire(case.ref, "submit", by=WALKER, data={"result": "clear"}, evidence={"photo_route": photo})
    done = engine.fire(case.ref, "submit", by=WALKER, data=CLEAR, evidence={"photo_route": photo}).case
    assert (done.state, done.data["result"]) == ("submitted", "clear")


@pytest.mark.parametrize("site", SITES)
def test_the_unit_of_every_key_site_walks_its_round(engine: duban.Engine, site: str) -> None:
    unit = SITES[site]["unit"]
    case = planned(engine, unit=unit, site=site)
    assert case.data.get("community") == SITES[site].get("community")
    engine.deliver()
    assert case.ref in [notice.ref for notice in engine.inbox(by=f"{unit}-handler", limit=1000)]
    assert engine.fire(case.ref, "begin", by=f"{unit}-handler").case.state == "in_progress"


def test_grid_workers_walk_rounds_of_their_grid_and_nobody_those_of_others(engine: duban.Engine, photo: Path) -> None:
    case, own, files = planned(engine, unit="renhejie-1"), "renhejie-1-worker", {"photo_route": photo}
    for event, data, evidence in (("begin", {}, {}), ("report_finding", FINDING, {}), ("submit", CLEAR, files)):
        with pytest.raises(duban.GuardRefused, match="only the unit"):
            engine.fire(case.ref, event, by="renhejie-2-worker", data=data, evidence=evidence)
        if event != "report_finding":
            case = engine.fire(case.ref, event, by=own, data=data, evidence=evidence).case
    assert case.state == "submitted"


def test_a_unit_does_not_cancel_its_own_round(engine: duban.Engine) -> None:
    case = planned(engine, unit="office-coordination")
    with pytest.raises(duban.GuardRefused, match="cannot cancel it"):
        engine.fire(case.ref, "cancel", by=OFFICE, data={"reason": "暴雨"})
    assert engine.fire(case.ref, "cancel", by="office-submission-1", data={"reason": "暴雨"}).case.state == "cancelled"


def test_a_round_is_walked_on_its_day_also_in_the_evening(engine: duban.Engine, clock: FrozenClock) -> None:
    case, tomorrow = planned(engine), planned(engine, day="2020-11-20")
    with pytest.raises(duban.GuardRefused, match="on its day"):
        engine.fire(tomorrow.ref, "begin", by=WALKER)
    clock.move_to("2020-11-19T23:59:00+08:00")
    engine.sweep()
    assert engine.preview(case.ref, "begin", by=WALKER).case.state == "in_progress"
    clock.move_to("2020-11-20T00:00:00+08:00")
    assert engine.preview(tomorrow.ref, "begin", by=WALKER).case.state == "in_progress"
    with pytest.raises(duban.GuardRefused, match="on its day"):
        engine.fire(case.ref, "begin", by=WALKER)


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


def test_a_finding_becomes_an_issue_in_one_step(engine: duban.Engine) -> None:
    case = begun(engine, community="renhejie")
    done = engine.fire(case.ref, "report_finding", by=WALKER, data={**FINDING, "finding_severity": "serious"})
    (issue,) = engine.find("issue", by=OFFICE, parent=case.ref)
    assert done.started == (issue.ref,)
    assert {name: issue.data[name] for name in ("title", "category", "site", "place", "community", "channel")} == {
        "title": "占道经营", "category": "street-trading", "site": "market-perimeter", "place": "市场东门",
        "community": "renhejie", "channel": "round",
    }  # fmt: skip
    assert (issue.state, issue.unit, issue.data["severity"]) == ("reported", "law-enforcement", "serious")
    assert engine.fire(issue.ref, "assign", by=OFFICE).case.state == "assigned"


def test_nothing_of_one_finding_is_told_of_the_next(engine: duban.Engine) -> None:
    case = begun(engine)
    engine.fire(case.ref, "report_finding", by=WALKER, data={**FINDING, "finding_severity": "minor"})
    without_place = {"finding_title": "乱停车", "finding_category": "illegal-parking"}
    with pytest.raises(duban.InvalidData):
        engine.fire(case.ref, "report_finding", by=WALKER, data=without_place)
    engine.fire(case.ref, "report_finding", by=WALKER, data={**FINDING, "finding_place": "市场西门"})
    newest, first = engine.find("issue", by=OFFICE, parent=case.ref)
    assert [issue.data["severity"] for issue in (first, newest)] == ["minor", "prominent"]
    assert [issue.data["place"] for issue in (first, newest)] == ["市场东门", "市场西门"]


def test_the_result_says_what_was_found(engine: duban.Engine, photo: Path) -> None:
    case, files = begun(engine), {"photo_route": photo}
    found = {**CLEAR, "result": "findings"}
    with pytest.raises(duban.GuardRefused, match="say what was found"):
        engine.fire(case.ref, "submit", by=WALKER, data=found, evidence=files)
    told = engine.preview(case.ref, "submit", by=WALKER, data={**found, "findings": "当场规范两处"}, evidence=files)
    assert told.case.state == "submitted"
    number = {**found, "findings": "摊主 13800000000"}
    with pytest.raises(duban.GuardRefused, match="nothing about a person"):
        engine.fire(case.ref, "submit", by=WALKER, data=number, evidence=files)
    engine.fire(case.ref, "report_finding", by=WALKER, data=FINDING)
    with pytest.raises(duban.GuardRefused, match="did find something"):
        engine.fire(case.ref, "submit", by=WALKER, data=CLEAR, evidence=files)
    assert engine.fire(case.ref, "submit", by=WALKER, data=found, evidence=files).case.state == "submitted"


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
    own = planned(engine, unit="supervision-team")
    engine.fire(own.ref, "begin", by=SUPERVISOR)
    engine.fire(own.ref, "submit", by=SUPERVISOR, data=CLEAR, evidence={"photo_route": photo})
    for event, data in (("lock", {}), ("send_back", {"reason": "不全"})):
        with pytest.raises(duban.GuardRefused, match="whoever walked"):
            engine.fire(own.ref, event, by="supervision-member-2", data=data)
    assert engine.fire(own.ref, "lock", by="discipline-secretary").case.state == "locked"


def test_a_round_that_is_walked_and_not_submitted_raises_its_level(engine: duban.Engine, clock: FrozenClock) -> None:
    case = begun(engine)
    clock.advance("1 working day 6 working hours")
    engine.sweep()
    assert engine.get(case.ref, by=OFFICE).level == 0
    clock.advance("30 working minutes")
    engine.sweep()
    now = engine.get(case.ref, by=OFFICE)
    assert (now.state, now.level) == ("in_progress", 1)
