"""Bulletins (S7): cut off by the week, open to objections, signed by somebody else, corrected only by a new edition."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from tests.workflows.machines import PACK

import duban
from duban.engine.model.case import Case
from duban.testing import FrozenClock

OFFICE, SECRETARY, LEADER, HEAD = (
    "office-coordination-1",
    "discipline-secretary",
    "executive-leader",
    "law-enforcement-head",
)
WEEK = {"week_ending": "2020-11-20"}
WORDS = {"overall": "总体平稳", "demands": "限期整改"}
TO_REVIEW = {"draft": (OFFICE, WORDS), "circulate": (OFFICE, {}), "close_objections": ("scheduler", {})}
TO_ISSUE = {
    **TO_REVIEW,
    "review": (SECRETARY, {"review": "情况属实"}),
    "sign": (LEADER, {}),
    "issue": (OFFICE, {"number": 7}),
}
TO_ARCHIVE = {"conclude_responses": (OFFICE, {"response": "均已整改"}), "archive": (OFFICE, {})}


def brought(engine: duban.Engine, case: Case, way: dict[str, tuple[str, dict[str, Any]]]) -> Case:
    """A bulletin, brought along a way."""
    for event, (by, data) in way.items():
        case = engine.fire(case.ref, event, by=by, data=data).case
    return case


def cut_off(engine: duban.Engine) -> Case:
    """A bulletin whose week is cut off."""
    case = engine.fire(engine.start("bulletin", by=OFFICE, data=WEEK).ref, "cut_off", by=OFFICE).case
    engine.deliver()
    return engine.get(case.ref, by=OFFICE)


def corrected(engine: duban.Engine, case: Case) -> Case:
    """The new edition that corrects a bulletin."""
    done = engine.fire(case.ref, "correct", by=OFFICE, data={"correction": "第三项数据有误"})
    (ref,) = done.started
    engine.deliver()
    return engine.get(ref, by=OFFICE)


@pytest.fixture(scope="module")
def double(frozen: FrozenClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duban.Engine]:
    """The pack with accounts that hold the posts of two hands."""
    folder = tmp_path_factory.mktemp("double") / "civility"
    shutil.copytree(PACK, folder)
    file = folder / "organization.yaml"
    accounts = (
        f"  account-98: {{posts: [{OFFICE}, {LEADER}]}}\n  account-99: {{posts: [{SECRETARY}, party-secretary]}}\n"
    )
    file.write_text(file.read_text(encoding="utf-8") + accounts, encoding="utf-8")
    with duban.Engine("sqlite://", pack=folder, clock=frozen) as made:
        made.migrate()
        yield made


def test_the_scheduler_cuts_off_when_the_week_is_over_so_that_the_weekend_belongs_to_it(
    engine: duban.Engine, clock: FrozenClock
) -> None:
    case = engine.start("bulletin", by="scheduler", data=WEEK)
    clock.move_to("2020-11-23T09:00:00+08:00")
    engine.sweep()
    assert engine.get(case.ref, by=OFFICE).state == "collecting"
    clock.move_to("2020-11-23T09:01:00+08:00")
    engine.sweep()
    engine.deliver()
    assert engine.get(case.ref, by=OFFICE).state == "cut_off"
    assert case.ref in [notice.ref for notice in engine.inbox(by=OFFICE, limit=1000)]


def test_a_bulletin_is_issued_to_every_head_answered_and_archived(engine: duban.Engine) -> None:
    case = brought(engine, cut_off(engine), TO_ISSUE)
    assert (case.state, case.data["edition"]) == ("issued", 1)
    for by in (HEAD, "renhejie-secretary", HEAD):
        case = engine.fire(case.ref, "respond", by=by, data={"unit_response": "已整改"}).case
    assert case.data["responses"] == ["law-enforcement", "renhejie"]
    with pytest.raises(duban.InvalidData):
        engine.fire(case.ref, "conclude_responses", by=OFFICE)
    assert brought(engine, case, TO_ARCHIVE).state == "archived"
    engine.deliver()
    for post in (HEAD, "renhejie-secretary", "police-station-head", LEADER):
        told = [notice.text.en for notice in engine.inbox(by=post, limit=1000) if notice.ref == case.ref]
        assert "a bulletin was issued" in told, post


def test_units_object_for_a_working_day_and_nobody_shortens_it(engine: duban.Engine, clock: FrozenClock) -> None:
    case = brought(engine, cut_off(engine), {"draft": (OFFICE, WORDS), "circulate": (OFFICE, {})})
    for by in (OFFICE, SECRETARY, LEADER):
        with pytest.raises(duban.NotPermitted):
            engine.fire(case.ref, "close_objections", by=by)
    with pytest.raises(duban.TransitionNotAllowed):
        engine.fire(case.ref, "review", by=SECRETARY, data={"review": "情况属实"})
    clock.advance("6 working hours 59 working minutes")
    engine.sweep()
    for by in (HEAD, "renhejie-secretary", HEAD):
        case = engine.fire(case.ref, "object", by=by, data={"objection": "不属本单位"}).case
    assert case.data["objections"] == ["law-enforcement", "renhejie"]
    clock.advance("1 working minute")
    engine.sweep()
    with pytest.raises(duban.TransitionNotAllowed):
        engine.fire(case.ref, "object", by="safety-head", data={"objection": "不属本单位"})
    texts = [row.data["objection"] for row in engine.history(case.ref, by=OFFICE) if row.event == "object"]
    assert texts == ["不属本单位"] * 3


def test_a_unit_that_objects_does_not_review(engine: duban.Engine) -> None:
    objected = {"object": (SECRETARY, {"objection": "表述不准"})}
    way = {"draft": (OFFICE, WORDS), "circulate": (OFFICE, {}), **objected, "close_objections": ("scheduler", {})}
    case = brought(engine, cut_off(engine), way)
    with pytest.raises(duban.GuardRefused, match="your unit objected"):
        engine.fire(case.ref, "review", by=SECRETARY, data={"review": "情况属实"})
    assert engine.fire(case.ref, "review", by="publicity-member", data={"review": "已采纳"}).case.state == "reviewed"


@pytest.mark.parametrize("reached", ["objections_closed", "reviewed"])
def test_a_new_draft_is_open_to_objections_again(engine: duban.Engine, reached: str) -> None:
    objected = {"object": (HEAD, {"objection": "不属本单位"})}
    way = {"draft": (OFFICE, WORDS), "circulate": (OFFICE, {}), **objected, "close_objections": ("scheduler", {})}
    if reached == "reviewed":
        way["review"] = (SECRETARY, {"review": "情况属实"})
    case = brought(engine, cut_off(engine), way)
    engine.fire(case.ref, "redraft", by=LEADER, data={"reason": "异议成立"})
    again = brought(engine, case, {"draft": (OFFICE, WORDS), "circulate": ("supervision-member-1", {})})
    assert (again.state, again.data["objections"]) == ("objection", [])


def test_whoever_drafted_it_neither_reviews_nor_signs(double: duban.Engine, clock: FrozenClock) -> None:
    case = double.fire(double.start("bulletin", by=OFFICE, data=WEEK).ref, "cut_off", by=OFFICE).case
    double.deliver()
    case = brought(double, case, {**TO_REVIEW, "draft": ("account-98", WORDS)})
    for by in ("account-98", OFFICE):
        with pytest.raises(duban.GuardRefused, match="whoever drafted it does not review"):
            double.fire(case.ref, "review", by=by, data={"review": "情况属实"})
    double.fire(case.ref, "review", by="account-99", data={"review": "情况属实"})
    for by in ("account-98", LEADER):
        with pytest.raises(duban.GuardRefused, match="whoever drafted it does not sign"):
            double.fire(case.ref, "sign", by=by)
    with pytest.raises(duban.GuardRefused, match="whoever reviewed it"):
        double.fire(case.ref, "sign", by="account-99")
    assert double.fire(case.ref, "sign", by="subdistrict-director").case.state == "signed"


def test_what_is_issued_is_changed_by_a_new_edition_only(engine: duban.Engine) -> None:
    first = brought(engine, cut_off(engine), TO_ISSUE)
    for event, by in (("call_off", LEADER), ("redraft", LEADER)):
        with pytest.raises(duban.TransitionNotAllowed):
            engine.fire(first.ref, event, by=by, data={"reason": "数据有误"})
    second = corrected(engine, first)
    assert (second.state, second.data["edition"], second.data["week_ending"]) == ("cut_off", 2, WEEK["week_ending"])
    with pytest.raises(duban.GuardRefused, match="on its way"):
        corrected(engine, first)
    assert engine.get(first.ref, by=OFFICE).state == "issued"
    second = brought(engine, second, TO_ISSUE)
    assert engine.get(first.ref, by=OFFICE).state == "superseded"
    with pytest.raises(duban.TransitionNotAllowed):
        corrected(engine, first)
    assert corrected(engine, brought(engine, second, TO_ARCHIVE)).data["edition"] == 3


def test_a_correction_that_is_called_off_leaves_the_edition_standing(engine: duban.Engine) -> None:
    first = brought(engine, cut_off(engine), {**TO_ISSUE, "conclude_responses": (OFFICE, {"response": "均已整改"})})
    second = corrected(engine, first)
    with pytest.raises(duban.GuardRefused, match="waits for a case"):
        engine.fire(first.ref, "archive", by=OFFICE)
    engine.fire(second.ref, "call_off", by=LEADER, data={"reason": "数据无误"})
    assert corrected(engine, first).data["edition"] == 2
    assert engine.get(first.ref, by=OFFICE).state == "responded"


def test_a_bulletin_is_issued_within_four_working_days_of_the_cut_off(engine: duban.Engine, clock: FrozenClock) -> None:
    late, in_time = cut_off(engine), brought(engine, cut_off(engine), TO_ISSUE)
    levels = []
    for wait in ("3 working days 6 working hours", "1 working hour", "1 working day"):
        clock.advance(wait)
        engine.sweep()
        levels.append((engine.get(late.ref, by=OFFICE).level, engine.get(in_time.ref, by=OFFICE).level))
    assert levels == [(0, 0), (1, 0), (2, 0)]
