"""Coverage and pass rates follow what happens to indicators and points; what fails is an issue in the same step."""

import pytest
from tests.assessment.stage import LEAD, OFFICE, SUPERVISOR, Assessment, picture

import duban
from duban.assessment.coverage import Covered, Standing, Wanted, by_code, coverage, current_review, listed

FAULT = {"finding": "二层灯不亮", "category": "stairwell-light"}
HEAD = "planning-construction-head"


def standing(assessment: Assessment, level: str = "total", **wanted: str) -> dict[str, tuple[Standing, Standing]]:
    rows: list[Covered] = coverage(assessment.engine, OFFICE, assessment.review, level, Wanted(**wanted))
    return {row.name: (row.indicators, row.points) for row in rows}


def test_an_indicator_walks_from_its_materials_to_passed_by_four_hands(assessment: Assessment) -> None:
    for point in ("P1", "P2"):
        assessment.fire(point, "pass", SUPERVISOR, "photo")
    assessment.fire("1.1.1.1", "prepare", LEAD)
    assert standing(assessment)["total"] == (Standing(3, 0, 0), Standing(2, 2, 2))

    assessment.fire("1.1.1.1", "self_check", HEAD, finding="符合")
    assessment.fire("1.1.1.1", "verify", SUPERVISOR)
    assert standing(assessment)["total"][0] == Standing(3, 1, 0)
    assessment.fire("1.1.1.1", "pass", OFFICE)

    assert standing(assessment, "minor") == {
        "1.1.1": (Standing(2, 1, 1), Standing(2, 2, 2)), "1.2.1": (Standing(1, 0, 0), Standing()),
    }  # fmt: skip


def test_what_is_submitted_online_is_not_prepared_without_materials(assessment: Assessment) -> None:
    with pytest.raises(duban.GuardRefused):
        assessment.fire("1.1.1.2", "prepare", OFFICE)

    assert assessment.fire("1.1.1.2", "prepare", OFFICE, "material").state == "prepared"


def test_the_lead_unit_does_not_verify_its_own_indicator(assessment: Assessment) -> None:
    assessment.fire("1.1.1.1", "prepare", LEAD)
    assessment.fire("1.1.1.1", "self_check", LEAD, finding="符合")

    for by in (LEAD, HEAD):
        with pytest.raises(duban.NotPermitted):
            assessment.fire("1.1.1.1", "verify", by)


def test_an_indicator_is_not_passed_before_every_point_is(assessment: Assessment) -> None:
    assessment.fire("P1", "pass", SUPERVISOR, "photo")
    assessment.fire("1.1.1.1", "prepare", LEAD)
    assessment.fire("1.1.1.1", "self_check", LEAD, finding="符合")
    assessment.fire("1.1.1.1", "verify", SUPERVISOR)

    with pytest.raises(duban.GuardRefused) as refused:
        assessment.fire("1.1.1.1", "pass", OFFICE)

    assert assessment.case("P2").ref in str(refused.value)


def test_a_point_that_fails_is_an_issue_in_the_same_step_and_waits_for_it(assessment: Assessment) -> None:
    ref = assessment.case("P1").ref
    outcome = assessment.engine.fire(
        ref, "fail", by="renhejie-1-worker", data=FAULT, evidence={"photo": ("p.png", picture())}
    )

    (issue,) = [assessment.engine.get(one, by=OFFICE) for one in outcome.started]
    assert (issue.workflow, issue.state, issue.parent) == ("issue", "reported", ref)
    assert (issue.data["title"], issue.data["place"], issue.data["community"], issue.data["channel"]) == (
        "一号楼", "一号楼", "renhejie", "assessment",
    )  # fmt: skip
    assert standing(assessment)["total"][1] == Standing(2, 1, 0)
    with pytest.raises(duban.GuardRefused):
        assessment.fire("P1", "rectify", LEAD, "photo_after", measures="已更换灯具")


def test_a_failed_point_is_inspected_again_by_somebody_else_once_its_issue_is_closed(assessment: Assessment) -> None:
    failed = assessment.fire("P1", "fail", SUPERVISOR, "photo", **FAULT)
    (issue,) = assessment.engine.find("issue", by=OFFICE, parent=failed.ref)
    assessment.engine.fire(issue.ref, "assign", by=OFFICE)
    photo = {"photo_after": ("p.png", picture())}
    assessment.engine.fire(issue.ref, "rectify", by=LEAD, data={"measures": "已更换"}, evidence=photo)
    assessment.engine.fire(issue.ref, "verify", by=SUPERVISOR)
    assessment.engine.fire(issue.ref, "close", by=OFFICE)

    assessment.fire("P1", "rectify", LEAD, "photo_after", measures="已更换灯具")
    assessment.fire("P1", "reinspect_pass", SUPERVISOR, "photo")

    assert standing(assessment)["total"][1] == Standing(2, 1, 1)


def test_what_had_passed_may_fail_when_it_is_inspected_again(assessment: Assessment) -> None:
    assessment.fire("P1", "pass", SUPERVISOR, "photo")
    assessment.fire("P1", "reinspect_fail", SUPERVISOR, "photo", **FAULT)

    assert standing(assessment)["total"][1] == Standing(2, 1, 0)


def test_what_is_withdrawn_does_not_count(assessment: Assessment) -> None:
    assessment.fire("1.1.1.1", "withdraw", OFFICE, reason="本年不测")

    assert standing(assessment)["total"] == (Standing(2, 0, 0), Standing(0, 0, 0))


def test_status_is_told_by_unit_link_and_community_and_below_one_item(assessment: Assessment) -> None:
    assessment.fire("P1", "pass", SUPERVISOR, "photo")

    units = standing(assessment, "unit")
    assert list(units) == ["party-government", "civil-affairs", "planning-construction"]
    assert units["planning-construction"] == (Standing(1, 0, 0), Standing(2, 1, 1))
    assert list(standing(assessment, "link")) == ["submission", "field", "questionnaire"]
    assert standing(assessment, "community") == {
        "renhejie": (Standing(), Standing(1, 1, 1)),
        "": (Standing(), Standing(1)),
    }
    assert standing(assessment, "total", of="1.2") == {"total": (Standing(1), Standing())}
    assert standing(assessment, "total", unit="civil-affairs", link="field") == {}
    assert standing(assessment, "indicator", of="1.1.1.1")["1.1.1.1"][1] == Standing(2, 1, 1)


def test_the_cases_behind_a_figure_are_listed(assessment: Assessment) -> None:
    points = listed(assessment.engine, OFFICE, assessment.review, "inspection_point", Wanted(of="1.1.1.1"))
    indicators = listed(assessment.engine, OFFICE, assessment.review, "indicator", Wanted(unit="civil-affairs"))

    assert [case.data["code"] for case in points] == ["P1", "P2"]
    assert [case.data["code"] for case in indicators] == ["1.2.1.1"]


def test_who_sees_only_own_cases_counts_none(assessment: Assessment) -> None:
    with pytest.raises(duban.UsageError):
        current_review(assessment.engine, "renhejie-volunteer")
    assert coverage(assessment.engine, "renhejie-volunteer", assessment.review, "major") == []


def test_an_item_that_is_not_there_is_told(assessment: Assessment) -> None:
    with pytest.raises(duban.UsageError):
        standing(assessment, "total", of="9.9")


def test_codes_are_sorted_as_people_do() -> None:
    assert sorted(["1.10", "1.2", "A1", "1", "10", "2"], key=by_code) == ["1", "1.2", "1.10", "2", "10", "A1"]


def test_an_overdue_indicator_climbs_to_a_supervision_order(assessment: Assessment) -> None:
    assessment.clock.move_to("2020-12-10T09:30:00+08:00")
    assessment.engine.sweep()

    case = assessment.case("1.1.1.2")
    assert case.level == 2
    assert [one.workflow for one in assessment.engine.find(by=OFFICE, parent=case.ref)] == ["supervision_order"]
