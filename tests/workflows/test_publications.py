"""Exposure board and role models (S11): reviewed by somebody else, about nobody, open to objection, withdrawable."""

from pathlib import Path
from typing import Any

import pytest

import duban
from duban.engine.model.case import Case
from duban.testing import FrozenClock

DRAFTER, OFFICE, OTHER = "renhejie-handler", "office-coordination-1", "office-submission-1"
LEADER = "deputy-director-1"
LITTER = {
    "title": "楼前乱扔垃圾",
    "text": "人和街一处楼前多次发现高空抛物和垃圾。",
    "category": "litter",
    "community": "renhejie",
}
DEED = {"title": "热心居民义务扫雪", "text": "社区一位居民连续三周清扫门前台阶。", "consent": True}


def drafted(engine: duban.Engine, by: str = DRAFTER, **more: Any) -> Case:
    """An entry for the exposure board."""
    return engine.start("publication", by=by, event="draft", data={**LITTER, **more})


def published(engine: duban.Engine) -> Case:
    """An entry that stands on the exposure board."""
    case = drafted(engine)
    engine.fire(case.ref, "review", by=OFFICE, data={"names_nobody": True})
    return engine.fire(case.ref, "publish", by=OFFICE).case


def on_notice(engine: duban.Engine) -> Case:
    """A role model on public notice."""
    case = engine.start("publication", by="renhejie-1-worker", event="nominate", data=DEED)
    return engine.fire(case.ref, "select", by=OFFICE, data={"names_nobody": True}).case


def board(engine: duban.Engine, name: str) -> list[str]:
    """The references on a board, newest first."""
    return [entry.ref for entry in engine.board(name, limit=1000)]


def test_nobody_reviews_what_they_or_their_unit_drafted(engine: duban.Engine) -> None:
    case = drafted(engine, by=OFFICE)
    with pytest.raises(duban.GuardRefused, match="does not judge it"):
        engine.fire(case.ref, "review", by=OFFICE, data={"names_nobody": True})
    with pytest.raises(duban.GuardRefused, match="the unit that drafted it"):
        engine.fire(case.ref, "review", by="office-coordination-2", data={"names_nobody": True})
    with pytest.raises(duban.NotPermitted):
        engine.fire(case.ref, "review", by=DRAFTER, data={"names_nobody": True})
    assert engine.fire(case.ref, "review", by=OTHER, data={"names_nobody": True}).case.state == "reviewed"


def test_two_posts_of_one_account_are_one_person_to_the_review(engine: duban.Engine) -> None:
    case = drafted(engine, by="account-03")
    with pytest.raises(duban.GuardRefused, match="does not judge it"):
        engine.fire(case.ref, "review", by=OFFICE, data={"names_nobody": True})


def test_nothing_is_published_before_it_was_reviewed_and_stated_to_name_nobody(engine: duban.Engine) -> None:
    case = drafted(engine)
    with pytest.raises(duban.TransitionNotAllowed):
        engine.fire(case.ref, "publish", by=OFFICE)
    with pytest.raises(duban.GuardRefused, match="names nobody"):
        engine.fire(case.ref, "review", by=OFFICE, data={"names_nobody": False})
    assert case.ref not in board(engine, "exposure")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("联系电话13800000000", "telephone"),
        ("电话 138 0000 0000", "telephone"),
        ("座机０２３６３８５０", "telephone"),
        ("身份证500103199001011234", "telephone"),
        ("渝A·12345 乱停", "plates"),
        ("渝AD12345 乱停", "plates"),
        ("住三栋2单元", "dwelling"),
        ("住 3-2-501室", "dwelling"),
        ("微信号：abc123", "dwelling"),
        ("someone@example.org", "dwelling"),
        ("张某乱扔垃圾", "name nobody"),
        ("李先生遛狗不牵绳", "name nobody"),
        ("王某某", "name nobody"),
    ],
)
@pytest.mark.parametrize("field", ["title", "text"])
def test_forms_of_personal_data_are_refused_wherever_they_stand(
    engine: duban.Engine, words: str, why: str, field: str
) -> None:
    with pytest.raises(duban.GuardRefused, match=why):
        drafted(engine, **{field: words})
    with pytest.raises(duban.GuardRefused, match=why):
        engine.start("publication", by="renhejie-volunteer", event="nominate", data={**DEED, field: words})
    case = drafted(engine)
    with pytest.raises(duban.GuardRefused, match=why):
        engine.fire(case.ref, "revise", by=DRAFTER, data={"title": "标题", "text": "内容", field: words})


@pytest.mark.parametrize(
    "words", ["2020-11-24 上午发现3处", "人民路12号楼前", "某小区门口", "第1期", "清理面积300平方米"]
)
def test_places_days_and_amounts_are_no_personal_data(engine: duban.Engine, words: str) -> None:
    assert drafted(engine, text=words).state == "drafted"


def test_a_photograph_comes_only_with_the_statement_that_faces_and_plates_are_covered(
    engine: duban.Engine, photo: Path
) -> None:
    for data in (LITTER, {**LITTER, "covered": False}):
        with pytest.raises(duban.GuardRefused, match="covered"):
            engine.start("publication", by=DRAFTER, event="draft", data=data, evidence={"photo": photo})
    case = engine.start(
        "publication", by=DRAFTER, event="draft", data={**LITTER, "covered": True}, evidence={"photo": photo}
    )
    assert len(case.data["photo"]) == 1


@pytest.mark.parametrize("category", ["vagrancy-help", "service-conduct"])
def test_neither_somebody_who_needs_help_nor_staff_is_exposed(engine: duban.Engine, category: str) -> None:
    with pytest.raises(duban.GuardRefused, match="only conduct"):
        drafted(engine, category=category)


def test_the_board_shows_the_declared_fields_and_nothing_else(engine: duban.Engine, clock: FrozenClock) -> None:
    case = published(engine)
    (entry,) = [one for one in engine.board("exposure") if one.ref == case.ref]
    assert {field.name: value for field, value in entry.shown} == {**LITTER, "published_on": "2020-11-19"}


def test_an_objection_suspends_it_until_somebody_without_a_part_in_it_has_decided(engine: duban.Engine) -> None:
    case = published(engine)
    assert case.ref in board(engine, "exposure")
    engine.fire(case.ref, "object", by="office-materials-1", data={"objection": "所述楼栋有误"})
    assert case.ref not in board(engine, "exposure")
    for by in (OFFICE, DRAFTER, "office-materials-1"):
        with pytest.raises(duban.NotPermitted):
            engine.fire(case.ref, "dismiss", by=by, data={"decision": "属实"})
    done = engine.fire(case.ref, "dismiss", by=LEADER, data={"decision": "经复核属实"}).case
    assert (done.state, case.ref in board(engine, "exposure")) == ("published", True)


def test_a_leader_who_reviewed_it_does_not_decide_on_the_objection(engine: duban.Engine) -> None:
    case = drafted(engine)
    engine.fire(case.ref, "review", by=LEADER, data={"names_nobody": True})
    engine.fire(case.ref, "publish", by=OFFICE)
    engine.fire(case.ref, "object", by=OFFICE, data={"objection": "所述有误"})
    for event in ("dismiss", "uphold"):
        with pytest.raises(duban.GuardRefused, match="had a part in it"):
            engine.fire(case.ref, event, by=LEADER, data={"decision": "属实"})
    done = engine.fire(case.ref, "uphold", by="deputy-director-2", data={"decision": "所述有误，撤下"}).case
    assert (done.state, case.ref in board(engine, "exposure")) == ("withdrawn", False)


def test_an_objection_that_nobody_decides_takes_it_off_for_good(engine: duban.Engine, clock: FrozenClock) -> None:
    case = published(engine)
    engine.fire(case.ref, "object", by=OFFICE, data={"objection": "所述有误"})
    clock.advance("5 working days")
    engine.sweep()
    assert engine.get(case.ref, by=OFFICE).state == "withdrawn"


def test_an_exposure_expires_and_the_time_of_an_objection_does_not_count(
    engine: duban.Engine, clock: FrozenClock
) -> None:
    case = published(engine)
    clock.advance("9 working days")
    engine.fire(case.ref, "object", by=OFFICE, data={"objection": "所述有误"})
    clock.advance("2 working days")
    engine.fire(case.ref, "dismiss", by=LEADER, data={"decision": "属实"})
    engine.sweep()
    assert engine.get(case.ref, by=OFFICE).state == "published"
    clock.advance("1 working day")
    engine.sweep()
    assert (engine.get(case.ref, by=OFFICE).state, case.ref in board(engine, "exposure")) == ("expired", False)


def test_nobody_is_nominated_without_agreeing_or_selected_by_whoever_nominated(engine: duban.Engine) -> None:
    with pytest.raises(duban.GuardRefused, match="without agreeing"):
        engine.start("publication", by="renhejie-volunteer", event="nominate", data={**DEED, "consent": False})
    case = engine.start("publication", by=OFFICE, event="nominate", data=DEED)
    with pytest.raises(duban.GuardRefused, match="does not judge it"):
        engine.fire(case.ref, "select", by=OFFICE, data={"names_nobody": True})


def test_a_role_model_is_published_only_after_the_whole_public_notice(engine: duban.Engine, clock: FrozenClock) -> None:
    case = on_notice(engine)
    assert case.ref in board(engine, "role_model_notice")
    with pytest.raises(duban.TransitionNotAllowed):
        engine.fire(case.ref, "publish", by=OFFICE)
    with pytest.raises(duban.NotPermitted):
        engine.fire(case.ref, "end_notice", by=OFFICE)
    clock.advance("5 working days")
    engine.sweep()
    engine.fire(case.ref, "publish", by=OFFICE)
    assert (case.ref in board(engine, "role_model_notice"), case.ref in board(engine, "role_models")) == (False, True)
    engine.fire(case.ref, "withdraw", by=OFFICE, data={"reason": "本人撤回同意"})
    assert case.ref not in board(engine, "role_models")


def test_a_notice_that_was_objected_to_goes_on_with_the_days_that_are_left(
    engine: duban.Engine, clock: FrozenClock
) -> None:
    case = on_notice(engine)
    clock.advance("3 working days")
    engine.fire(case.ref, "object_to_notice", by="renhejie-handler", data={"objection": "事迹不实"})
    clock.advance("2 working days")
    engine.fire(case.ref, "dismiss_for_notice", by=LEADER, data={"decision": "经核实属实"})
    clock.advance("1 working day")
    engine.sweep()
    assert engine.get(case.ref, by=OFFICE).state == "on_notice"
    clock.advance("1 working day")
    engine.sweep()
    assert engine.get(case.ref, by=OFFICE).state == "cleared"


@pytest.mark.parametrize("words", ["李女士来电称所述有误", "电话63850000反映有误"])
def test_neither_an_objection_nor_its_decision_says_who_objected(engine: duban.Engine, words: str) -> None:
    case = published(engine)
    with pytest.raises(duban.GuardRefused, match="not who objects"):
        engine.fire(case.ref, "object", by=OFFICE, data={"objection": words})
    engine.fire(case.ref, "object", by=OFFICE, data={"objection": "所述有误"})
    with pytest.raises(duban.GuardRefused, match="names and numbers"):
        engine.fire(case.ref, "dismiss", by=LEADER, data={"decision": words})
