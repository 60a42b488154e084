"""A table is loaded once; one that changed is compared, and nothing is written over."""

import pytest
from tests.assessment.stage import OFFICE, Assessment
from tests.assessment.tables import Row, small

import duban


def found(assessment: Assessment, rows: list[Row]) -> list[tuple[str, str, str | None, int | None]]:
    return [(one.kind, one.code, one.field, one.line) for one in assessment.load(rows).differences]


def test_an_indicator_has_its_place_its_link_its_unit_and_its_time(assessment: Assessment) -> None:
    case = assessment.case("1.2.1.1")

    assert case.unit == "civil-affairs"
    assert case.data == {
        "code": "1.2.1.1", "title": "满意度", "number": 3, "review": "REV-000001", "major": "1",
        "major_title": "大项一",
        "sub": "1.2", "sub_title": "子项二", "minor": "1.2.1", "minor_title": "小项二", "link": "questionnaire",
        "unit": "civil-affairs", "due_on": "2020-12-04",
    }  # fmt: skip
    assert case.parent == assessment.review.ref


def test_a_point_belongs_to_its_indicator_and_has_its_place(assessment: Assessment) -> None:
    first, second = assessment.case("P1"), assessment.case("P2")

    assert first.parent == second.parent == assessment.case("1.1.1.1").ref
    assert (first.data["place"], first.data["community"], first.unit) == ("一号楼", "renhejie", "planning-construction")
    assert "place" not in second.data or second.data["place"] is None


def test_the_households_of_each_community_are_kept_on_the_review(assessment: Assessment) -> None:
    assert assessment.review.data["allotment"] == ["renhejie: 3", "luojiayuan: 2"]
    assert assessment.review.data["households"] == 5


def test_a_changed_table_is_told_as_a_difference_and_changes_nothing(assessment: Assessment) -> None:
    rows = small()
    rows[4]["title"] = "楼道照明与安全"
    rows[6]["place"] = "二号楼"
    rows[7]["unit"] = "平安办"

    assert found(assessment, rows) == [
        ("changed", "1.1.1.1", "title", 6), ("changed", "1.1.1.2", "unit", 9), ("changed", "P2", "place", 8),
    ]  # fmt: skip
    assert assessment.case("1.1.1.1").data["title"] == "楼道照明"


def test_what_is_new_and_what_is_gone_is_told(assessment: Assessment) -> None:
    rows = small()
    rows[6]["code"] = "P3"

    assert found(assessment, rows) == [("added", "P3", None, 8), ("gone", "P2", None, None)]


def test_what_was_revised_by_hand_shows_as_a_difference_and_the_points_follow(assessment: Assessment) -> None:
    assessment.fire("1.1.1.1", "revise", OFFICE, unit="safety", reason="牵头单位调整")

    assert assessment.case("P1").unit == "safety"
    assert found(assessment, small()) == [("changed", "1.1.1.1", "unit", 6)]


def test_a_review_that_was_called_off_takes_its_cases_along_and_the_table_can_be_loaded_anew(
    assessment: Assessment,
) -> None:
    old = assessment.review
    assessment.engine.fire(old.ref, "call_off", by=OFFICE, data={"reason": "误导入"})
    assert len(assessment.engine.find("inspection_point", by=OFFICE, open=True)) == 0

    again = assessment.load()

    assert (again.new, again.review) == (True, "REV-000002")
    assert assessment.load().new is False
    assert len(assessment.engine.find("indicator", by=OFFICE, open=True)) == 3


def test_nobody_is_notified_three_times_because_a_table_was_loaded(assessment: Assessment) -> None:
    assessment.engine.deliver()

    assert assessment.engine.inbox(by="planning-construction-handler") == []


def test_a_pack_without_an_assessment_is_told_what_it_lacks() -> None:
    from tests.importing.conftest import SAMPLE

    from duban.actions.registry import Registry
    from duban.assessment.vocabulary import Vocabulary
    from duban.engine.definition.pack import load_pack
    from duban.engine.guards.cel import CelGuards

    with pytest.raises(duban.UsageError) as fault:
        Vocabulary.of(load_pack(SAMPLE, CelGuards(), Registry()))
    assert "inspection_point" in fault.value.message("zh")
