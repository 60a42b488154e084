"""The materials of an indicator are other cases' evidence, by reference: nothing is copied, nothing hidden gets out."""

from pathlib import Path

import pytest
from tests.assessment.stage import LEAD, OFFICE, SUPERVISOR, Assessment, picture
from tests.workflows.referrals import PARTY, SECRETARY, onward, proposed

import duban
from duban.assessment.materials import gathered, materials_of
from duban.engine.runtime.citing import Cited


@pytest.fixture
def issue(assessment: Assessment) -> str:
    """An issue with a photograph before and one after."""
    engine = assessment.engine
    data = {"title": "楼道无灯", "category": "stairwell-light", "place": "三号院"}
    before = {"photo_before": ("before.png", picture(1))}
    ref = engine.start("issue", by="patrol-member", data=data, evidence=before).ref
    engine.fire(ref, "assign", by=OFFICE)
    after = {"photo_after": ("after.png", picture(2))}
    engine.fire(ref, "rectify", by=LEAD, data={"measures": "已换"}, evidence=after)
    return ref


def kept(assessment: Assessment) -> set[str]:
    return {path.name for path in (assessment.folder / "evidence").rglob("*") if path.is_file()}


def test_the_evidence_of_other_cases_is_attached_by_reference_and_listed_with_its_source(
    assessment: Assessment, issue: str
) -> None:
    files, ref = kept(assessment), assessment.case("1.1.1.2").ref

    outcome = gathered(assessment.engine, ref, [issue], by=OFFICE, statement="照片齐全")

    assert kept(assessment) == files
    assert outcome.case.data["sources"] == [issue]
    found = {one.name: (one.source, one.field) for one in materials_of(assessment.engine, ref, by=OFFICE)}
    assert found == {"before.png": (issue, "photo_before"), "after.png": (issue, "photo_after")}
    digests = {one.digest for one in materials_of(assessment.engine, ref, by=OFFICE)}
    assert digests <= files
    assert assessment.engine.verify() == []


def test_gathering_again_adds_to_what_is_there_and_keeps_each_file_once(assessment: Assessment, issue: str) -> None:
    ref = assessment.case("1.1.1.2").ref
    assessment.engine.fire(ref, "gather", by=OFFICE, evidence={"material": ("plan.png", picture(3))})

    gathered(assessment.engine, ref, [issue], by=OFFICE, fields=["photo_after"])
    gathered(assessment.engine, ref, [issue], by=OFFICE)

    names = [one.name for one in materials_of(assessment.engine, ref, by=OFFICE)]
    assert names == ["plan.png", "after.png", "before.png"]


def test_an_indicator_is_prepared_with_what_was_gathered(assessment: Assessment, issue: str) -> None:
    gathered(assessment.engine, assessment.case("1.1.1.2").ref, [issue], by=OFFICE)

    assert assessment.fire("1.1.1.2", "prepare", OFFICE).state == "prepared"


def test_a_case_without_evidence_and_a_case_that_is_no_indicator_are_told(assessment: Assessment, issue: str) -> None:
    indicator = assessment.case("1.1.1.2").ref
    for ref, source in ((indicator, assessment.case("1.1.1.1").ref), (issue, issue)):
        with pytest.raises(duban.UsageError):
            gathered(assessment.engine, ref, [source], by=OFFICE)


def test_who_may_not_gather_is_refused(assessment: Assessment, issue: str) -> None:
    with pytest.raises(duban.NotPermitted):
        gathered(assessment.engine, assessment.case("1.1.1.2").ref, [issue], by=SUPERVISOR)
    with pytest.raises(duban.GuardRefused):
        gathered(assessment.engine, assessment.case("1.1.1.2").ref, [issue], by=LEAD)


def test_a_file_that_the_case_does_not_hold_is_refused_like_one_of_a_case_that_is_not_there(
    assessment: Assessment, issue: str
) -> None:
    ref = assessment.case("1.1.1.2").ref
    digest = assessment.engine.get(issue, by=OFFICE).data["photo_after"][0]["hash"]
    for cited in (Cited(issue, "0" * 64), Cited("ISS-000099", digest), Cited("nonsense", digest)):
        with pytest.raises(duban.InvalidEvidence) as refused:
            assessment.engine.fire(ref, "gather", by=OFFICE, evidence={"material": cited})
        assert f"no case {cited.ref} that you can see refers to" in refused.value.message("en")


def test_evidence_of_a_confidential_case_is_not_found_by_who_may_not_see_it_and_not_attached_by_who_may(
    assessment: Assessment,
) -> None:
    engine, indicator = assessment.engine, assessment.case("1.1.1.2")
    photo = assessment.folder / "letter.png"
    photo.write_bytes(picture(9))
    referral = onward(engine, proposed(engine), photo, "approve", "transfer", approve=PARTY)
    cited = {"material": Cited(referral.ref, referral.data["material"][0]["hash"])}
    engine.fire(indicator.ref, "revise", by=OFFICE, data={"unit": "discipline-committee", "reason": "调整"})

    with pytest.raises(duban.InvalidEvidence) as outside:
        engine.fire(indicator.ref, "gather", by=OFFICE, evidence=cited)
    with pytest.raises(duban.InvalidEvidence) as inside:
        engine.fire(indicator.ref, "gather", by=SECRETARY, evidence=cited)

    assert "that you can see" in outside.value.message("en")
    assert "fewer roles may see" in inside.value.message("en")
    assert "material" not in engine.get(indicator.ref, by=OFFICE).data
    told = [(reading.actor, reading.what) for reading in engine.readings(referral.ref, by=SECRETARY)]
    assert (SECRETARY, "cite") in told
    assert OFFICE not in {actor for actor, _ in told}


def test_a_preview_shows_what_would_be_attached_and_keeps_nothing(assessment: Assessment, issue: str) -> None:
    ref = assessment.case("1.1.1.2").ref
    digest = assessment.engine.get(issue, by=OFFICE).data["photo_after"][0]["hash"]

    shown = assessment.engine.preview(ref, "gather", by=OFFICE, evidence={"material": [Cited(issue, digest)]})

    assert [item["hash"] for item in shown.case.data["material"]] == [digest]
    assert "material" not in assessment.engine.get(ref, by=OFFICE).data


def test_the_same_request_twice_attaches_once(assessment: Assessment, issue: str, tmp_path: Path) -> None:
    ref = assessment.case("1.1.1.2").ref
    digest = assessment.engine.get(issue, by=OFFICE).data["photo_after"][0]["hash"]
    given = {"by": OFFICE, "evidence": {"material": [Cited(issue, digest)]}, "key": "once"}

    assessment.engine.fire(ref, "gather", **given)

    assert assessment.engine.fire(ref, "gather", **given).duplicate
