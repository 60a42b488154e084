"""Issues of the pack `civility` end to end: routing (S12), joint work (S13), who reports and what they see (S19)."""

from pathlib import Path
from typing import Any

import pytest
from tests.workflows.machines import read

import duban
from duban.engine.model.case import Case
from duban.testing import FrozenClock

CATEGORIES = read("catalogue.yaml")["categories"]
ORGANIZATION = read("organization.yaml")
OFFICE = "office-coordination-1"


def reported(engine: duban.Engine, by: str = "renhejie-1-worker", **data: Any) -> Case:
    """An issue of a community, reported."""
    return engine.start("issue", by=by, data={"title": "一处问题", "category": "litter", "place": "某处", **data})


def rectified(engine: duban.Engine, case: Case, photo: Path) -> Case:
    """An assigned issue, rectified by its unit."""
    files = {"photo_after": photo}
    by = f"{case.unit}-handler"
    return engine.fire(case.ref, "rectify", by=by, data={"measures": "已清理"}, evidence=files).case


# --- S12: categories route by themselves -----------------------------------------------------------------------------


def test_the_seven_actions_and_the_other_areas_have_forty_categories() -> None:
    assert len(CATEGORIES) == 40
    assert len({entry["action"] for entry in CATEGORIES.values() if "action" in entry}) == 7


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_goes_to_its_lead_unit_and_informs_who_cooperates(engine: duban.Engine, category: str) -> None:
    declared = CATEGORIES[category]
    case = reported(engine, category=category, community="hongqiuba")
    assert (case.unit, case.data["cooperating"]) == (declared["lead"], declared["cooperating_offices"])
    engine.deliver()
    assert engine.fire(case.ref, "assign", by=OFFICE).case.unit == declared["lead"]
    engine.deliver()
    for unit in [declared["lead"], *declared["cooperating_offices"], "hongqiuba"]:
        assert case.ref in [notice.ref for notice in engine.inbox(by=f"{unit}-handler")], unit
    assert case.ref not in [notice.ref for notice in engine.inbox(by="renhejie-handler")]


def test_the_office_may_correct_the_category_and_the_issue_is_routed_anew(engine: duban.Engine) -> None:
    case = reported(engine, category="other")
    assert case.unit == "party-government"
    assert engine.fire(case.ref, "assign", by=OFFICE, data={"category": "gambling"}).case.unit == "police-station"


def test_the_office_may_overrule_the_unit(engine: duban.Engine) -> None:
    case = reported(engine)
    assert engine.fire(case.ref, "assign", by=OFFICE, data={"unit": "renhejie"}).case.unit == "renhejie"


def test_help_for_people_is_recorded_without_a_photograph(engine: duban.Engine, photo: Path) -> None:
    case = engine.fire(reported(engine, category="vagrancy-help").ref, "assign", by=OFFICE).case
    with pytest.raises(duban.GuardRefused):
        rectified(engine, case, photo)
    assert engine.fire(case.ref, "assist", by="civil-affairs-handler", data={"measures": "已提供救助"}).case.data == {
        **case.data,
        "measures": "已提供救助",
    }
    with pytest.raises(duban.GuardRefused):
        engine.start(
            "issue", by="resident", data={"title": "救助", "category": "vagrancy-help", "place": "桥下"},
            evidence={"photo_before": photo},
        )  # fmt: skip


# --- S13: joint work -------------------------------------------------------------------------------------------------


def test_a_joint_issue_closes_only_when_every_part_is_done(engine: duban.Engine, photo: Path) -> None:
    joint = ["law-enforcement", "renhejie"]
    done = engine.fire(reported(engine).ref, "assign", by=OFFICE, data={"joint_units": joint})
    parts = {part.unit: part for part in engine.find("part", by=OFFICE, parent=done.case.ref)}
    assert set(parts) == set(joint)
    rectified(engine, done.case, photo)
    engine.fire(done.case.ref, "verify", by="supervision-member-1")
    with pytest.raises(duban.GuardRefused, match="waits for 2 cases"):
        engine.fire(done.case.ref, "close", by=OFFICE)
    with pytest.raises(duban.GuardRefused):
        engine.fire(parts["renhejie"].ref, "complete", by="law-enforcement-handler", data={"contribution": "已配合"})
    engine.fire(parts["renhejie"].ref, "complete", by="renhejie-handler", data={"contribution": "已配合"})
    with pytest.raises(duban.GuardRefused, match="waits for a case"):
        engine.fire(done.case.ref, "close", by=OFFICE)
    engine.fire(parts["law-enforcement"].ref, "decline", by="law-enforcement-handler", data={"reason": "无此职责"})
    with pytest.raises(duban.GuardRefused, match="waits for a case"):
        engine.fire(done.case.ref, "close", by=OFFICE)
    engine.fire(parts["law-enforcement"].ref, "withdraw", by=OFFICE, data={"reason": "同意"})
    assert engine.fire(done.case.ref, "close", by=OFFICE).case.state == "closed"
    assert [row.event for row in engine.history(done.case.ref, by=OFFICE)].count("part_done") == 1


def test_the_lead_unit_is_no_joint_unit(engine: duban.Engine) -> None:
    with pytest.raises(duban.GuardRefused, match="lead unit"):
        engine.fire(reported(engine).ref, "assign", by=OFFICE, data={"joint_units": ["planning-construction"]})


# --- S3: small matters on the spot, and nobody verifies their own work -----------------------------------------------


def test_a_minor_issue_is_handled_on_site_and_somebody_else_verifies(engine: duban.Engine, photo: Path) -> None:
    photos = {"photo_before": photo, "photo_after": photo}
    own = "supervision-member-1"
    case = reported(engine, by=own, severity="minor")
    with pytest.raises(duban.InvalidData):
        engine.fire(case.ref, "handle_on_site", by=own, data={"measures": "当场清理"})
    engine.fire(case.ref, "handle_on_site", by=own, data={"measures": "当场清理"}, evidence=photos)
    with pytest.raises(duban.GuardRefused, match="handled it on site"):
        engine.fire(case.ref, "verify", by=own)
    assert engine.fire(case.ref, "verify", by="supervision-member-2").case.state == "verified"
    prominent = reported(engine)
    with pytest.raises(duban.GuardRefused, match="only a minor issue"):
        engine.fire(prominent.ref, "handle_on_site", by=own, data={"measures": "当场清理"}, evidence=photos)


def test_what_a_resident_reported_is_handled_on_site_once_the_office_grades_it_minor(
    engine: duban.Engine, photo: Path
) -> None:
    case, photos = reported(engine, by="resident"), {"photo_before": photo, "photo_after": photo}
    with pytest.raises(duban.GuardRefused, match="only a minor issue"):
        engine.fire(case.ref, "handle_on_site", by="patrol-member", data={"measures": "已清理"}, evidence=photos)
    engine.fire(case.ref, "grade", by=OFFICE, data={"severity": "minor", "reason": "零星垃圾"})
    done = engine.fire(case.ref, "handle_on_site", by="patrol-member", data={"measures": "已清理"}, evidence=photos)
    assert done.case.state == "rectified"


def test_nobody_of_the_unit_that_rectified_verifies(engine: duban.Engine, photo: Path) -> None:
    unit = {"unit": "discipline-committee"}
    case = engine.fire(reported(engine, category="service-conduct").ref, "assign", by=OFFICE, data=unit).case
    rectified(engine, case, photo)
    with pytest.raises(duban.GuardRefused, match="the unit that rectified it"):
        engine.fire(case.ref, "verify", by="discipline-secretary")
    assert engine.fire(case.ref, "verify", by="supervision-member-1").case.state == "verified"


def test_an_overdue_issue_climbs_from_a_reminder_to_the_leaders(engine: duban.Engine, clock: FrozenClock) -> None:
    case = engine.fire(reported(engine, severity="minor").ref, "assign", by=OFFICE).case
    levels = []
    for wait in ("1 working day", "1 working day", "2 working days", "2 working days"):
        clock.advance(wait)
        engine.sweep()
        levels.append(engine.get(case.ref, by=OFFICE).level)
    engine.deliver()
    assert levels == [1, 2, 3, 4]
    told = ("planning-construction-handler", "planning-construction-head", "deputy-director-3", "party-secretary")
    assert all(case.ref in [notice.ref for notice in engine.inbox(by=post, limit=1000)] for post in told)


def test_rework_keeps_the_time_that_was_used(engine: duban.Engine, clock: FrozenClock, photo: Path) -> None:
    case = engine.fire(reported(engine).ref, "assign", by=OFFICE).case
    clock.advance("2 working days")
    case = rectified(engine, case, photo)
    clock.advance("5 working days")
    again = engine.fire(case.ref, "rework", by="supervision-member-1", data={"reason": "仍有残留"}).case
    clock.advance("1 working day")
    assert again.due_at == clock.now()


def test_an_issue_that_was_closed_comes_back_within_thirty_days(
    engine: duban.Engine, clock: FrozenClock, photo: Path
) -> None:
    case = rectified(engine, engine.fire(reported(engine).ref, "assign", by=OFFICE).case, photo)
    engine.fire(case.ref, "verify", by="supervision-member-1")
    engine.fire(case.ref, "close", by=OFFICE)
    clock.move_to("2020-12-19T09:29:00+08:00")
    assert engine.preview(case.ref, "reopen", by=OFFICE, data={"reason": "反弹"}).case.state == "assigned"
    clock.move_to("2020-12-19T09:30:00+08:00")
    with pytest.raises(duban.GuardRefused, match="30 days"):
        engine.fire(case.ref, "reopen", by=OFFICE, data={"reason": "反弹"})


# --- S19: who reports, and what they see -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "channel"),
    [
        ("account-01", "grid"),
        ("patrol-member", "patrol"),
        ("persuader", "persuasion"),
        ("supervision-member-1", "supervision"),
        ("renhejie-handler", "unit"),
        ("renhejie-volunteer", "volunteer"),
        ("resident", "resident"),
    ],
)
def test_everybody_whom_the_notice_names_reports_with_few_words(engine: duban.Engine, by: str, channel: str) -> None:
    case = reported(engine, by=by)
    assert (case.state, case.data["channel"]) == ("reported", channel)
    assert case.follow is not None


def test_a_report_says_where_and_nothing_about_a_person(engine: duban.Engine) -> None:
    with pytest.raises(duban.GuardRefused, match="where it is"):
        engine.start("issue", by="resident", data={"title": "一处问题", "category": "litter"})
    for field in ("title", "description", "place"):
        with pytest.raises(duban.GuardRefused, match="nothing about a person"):
            reported(engine, by="resident", **{field: "请回电 13800000000"})


def test_a_resident_is_answered_before_the_issue_ends(engine: duban.Engine, photo: Path) -> None:
    case = reported(engine, by="resident")
    for event in ("reject", "void"):
        with pytest.raises(duban.GuardRefused, match="must be answered"):
            engine.fire(case.ref, event, by=OFFICE, data={"reason": "不属本辖区"})
    rectified(engine, engine.fire(case.ref, "assign", by=OFFICE).case, photo)
    engine.fire(case.ref, "verify", by="supervision-member-1")
    with pytest.raises(duban.GuardRefused, match="must be answered"):
        engine.fire(case.ref, "close", by=OFFICE)
    assert engine.fire(case.ref, "close", by=OFFICE, data={"answer": "已处理"}).case.state == "closed"


def test_whoever_holds_the_code_sees_progress_and_no_names(engine: duban.Engine, photo: Path) -> None:
    case = reported(engine, by="resident", community="renhejie", description="描述里的话")
    joint = {"joint_units": ["law-enforcement"]}
    rectified(engine, engine.fire(case.ref, "assign", by=OFFICE, data=joint).case, photo)
    assert case.follow is not None
    told = engine.follow(case.follow.lower())
    assert [label.zh for _, label in told.steps] == ["已上报", "已派遣", "待核查"]
    assert [label.zh for label, _ in told.shown] == ["问题类别", "所在社区", "严重程度"]
    posts, units = ORGANIZATION["posts"], ORGANIZATION["units"]
    names = {*posts, *ORGANIZATION["accounts"], "一处问题", "描述里的话", "已清理"}
    names |= {post["label"][lang] for post in posts.values() for lang in ("en", "zh")}
    names |= {unit["label"][lang] for unit in units.values() for lang in ("en", "zh")} - {"群众", "The public"}
    words = repr((told.shown, told.steps, told.state))
    assert [name for name in names if name in words] == []


def test_residents_and_volunteers_see_only_what_they_reported(engine: duban.Engine) -> None:
    own, other = reported(engine, by="renhejie-volunteer"), reported(engine)
    seen = engine.find(by="renhejie-volunteer")
    assert own.ref in [case.ref for case in seen]
    assert {case.opened_by for case in seen} == {"renhejie-volunteer"}
    with pytest.raises(duban.UnknownCase):
        engine.get(other.ref, by="renhejie-volunteer")
