"""Lists that are cleared line by line (S9): key small matters, survey feedback, and lines that wait too long."""

from pathlib import Path
from typing import Any

import pytest

import duban
from duban.engine.model.case import Case
from duban.testing import FrozenClock

OFFICE, SUPERVISOR = "office-coordination-1", "supervision-member-1"
LINE = {
    "line_title": "楼道无灯",
    "line_unit": "civil-affairs",
    "line_source": "社区走访",
    "line_called_since": "2020-05-01",
}
ANSWER = {"answer": "已修好，请试用", "channel": "visit"}


def compiled(engine: duban.Engine, kind: str = "key_small_matters") -> Case:
    """A list without lines."""
    return engine.start("matter_list", by=OFFICE, data={"title": "清单", "kind": kind})


def line_of(engine: duban.Engine, listed: Case, **more: Any) -> Case:
    """A line that is added to the list."""
    done = engine.fire(listed.ref, "add_line", by=OFFICE, data={**LINE, **more})
    (ref,) = done.started
    return engine.get(ref, by=OFFICE)


def resolved(engine: duban.Engine, case: Case) -> Case:
    """A line that its unit has taken in hand and resolved."""
    engine.fire(case.ref, "take_in_hand", by=f"{case.unit}-handler")
    return engine.fire(case.ref, "resolve", by=f"{case.unit}-handler", data={"measures": "已更换灯具"}).case


def answered(engine: duban.Engine, case: Case) -> Case:
    """A line that is verified and whose resident was answered."""
    resolved(engine, case)
    engine.fire(case.ref, "verify", by=SUPERVISOR)
    return engine.fire(case.ref, "answer", by=f"{case.unit}-handler", data=ANSWER).case


@pytest.mark.parametrize("kind", ["key_small_matters", "survey_feedback"])
def test_a_line_knows_its_list_its_unit_and_since_when_it_is_called_for(engine: duban.Engine, kind: str) -> None:
    listed = compiled(engine, kind)
    first, second = line_of(engine, listed), line_of(engine, listed, line_title="健身器材破损", line_unit="emergency")
    assert (first.unit, first.data["kind"], first.data["called_since"]) == ("civil-affairs", kind, "2020-05-01")
    assert (second.unit, second.data["title"]) == ("emergency", "健身器材破损")
    assert {case.ref for case in engine.find("matter", by=OFFICE, parent=listed.ref)} == {first.ref, second.ref}
    engine.deliver()
    assert first.ref in [notice.ref for notice in engine.inbox(by="civil-affairs-handler", limit=1000)]


def test_a_list_is_published_with_a_line_and_cleared_when_every_line_is_signed_off(engine: duban.Engine) -> None:
    listed = compiled(engine)
    with pytest.raises(duban.GuardRefused, match="no line yet"):
        engine.fire(listed.ref, "publish", by=OFFICE)
    case = line_of(engine, listed)
    engine.fire(listed.ref, "publish", by=OFFICE)
    late = line_of(engine, listed, line_title="健身器材破损")
    answered(engine, case)
    engine.fire(case.ref, "sign_off", by=OFFICE)
    for event, data in (("clear", {}), ("void", {"reason": "重复编制"})):
        with pytest.raises(duban.GuardRefused, match="waits for a case"):
            engine.fire(listed.ref, event, by=OFFICE, data=data)
    engine.fire(late.ref, "withdraw", by=OFFICE, data={"reason": "重复列入"})
    assert engine.fire(listed.ref, "clear", by=OFFICE).case.state == "cleared"


def test_a_line_is_signed_off_only_when_it_is_verified_and_the_resident_was_answered(engine: duban.Engine) -> None:
    case = line_of(engine, compiled(engine))
    handler = f"{case.unit}-handler"
    steps = (("take_in_hand", handler, {}), ("resolve", handler, {"measures": "已更换"}), ("verify", SUPERVISOR, {}))
    for event, by, data in steps:
        with pytest.raises(duban.TransitionNotAllowed):
            engine.fire(case.ref, "sign_off", by=OFFICE)
        engine.fire(case.ref, event, by=by, data=data)
    with pytest.raises(duban.TransitionNotAllowed):
        engine.fire(case.ref, "sign_off", by=OFFICE)
    for lacking in ({"answer": "已修好"}, {"channel": "phone"}):
        with pytest.raises(duban.InvalidData):
            engine.fire(case.ref, "answer", by=handler, data=lacking)
    engine.fire(case.ref, "answer", by=handler, data=ANSWER)
    assert engine.fire(case.ref, "sign_off", by=OFFICE).case.state == "signed_off"


def test_nobody_who_resolved_a_line_verifies_it_or_signs_it_off(engine: duban.Engine) -> None:
    case = line_of(engine, compiled(engine), line_unit="party-government")
    engine.fire(case.ref, "take_in_hand", by="account-03")
    engine.fire(case.ref, "resolve", by="account-03", data={"measures": "已更换灯具"})
    with pytest.raises(duban.GuardRefused, match="whoever resolved it cannot verify"):
        engine.fire(case.ref, "verify", by="account-03")
    engine.fire(case.ref, "verify", by="office-submission-1")
    engine.fire(case.ref, "answer", by="party-government-head", data=ANSWER)
    with pytest.raises(duban.GuardRefused, match="cannot sign it off"):
        engine.fire(case.ref, "sign_off", by="account-03")
    assert engine.fire(case.ref, "sign_off", by="office-submission-1").case.state == "signed_off"


def test_nobody_of_the_unit_judges_its_own_line(engine: duban.Engine) -> None:
    case = line_of(engine, compiled(engine), line_unit="office-coordination")
    engine.fire(case.ref, "take_in_hand", by="office-coordination-2")
    engine.fire(case.ref, "resolve", by="office-coordination-2", data={"measures": "已更换灯具"})
    for event, data in (("verify", {}), ("rework", {"reason": "不符"}), ("withdraw", {"reason": "不符"})):
        with pytest.raises(duban.GuardRefused, match="the unit that"):
            engine.fire(case.ref, event, by=OFFICE, data=data)


def test_only_its_unit_works_on_a_line_and_only_it_or_the_office_answers(engine: duban.Engine) -> None:
    case = line_of(engine, compiled(engine))
    with pytest.raises(duban.GuardRefused, match="only the unit"):
        engine.fire(case.ref, "take_in_hand", by="emergency-handler")
    engine.fire(case.ref, "take_in_hand", by="civil-affairs-handler")
    with pytest.raises(duban.GuardRefused, match="only the unit"):
        engine.fire(case.ref, "resolve", by="emergency-handler", data={"measures": "已更换"})
    engine.fire(case.ref, "resolve", by="civil-affairs-head", data={"measures": "已更换"})
    engine.fire(case.ref, "verify", by="discipline-secretary")
    with pytest.raises(duban.GuardRefused, match="or the office answers"):
        engine.fire(case.ref, "answer", by="emergency-handler", data=ANSWER)
    assert engine.fire(case.ref, "answer", by=OFFICE, data=ANSWER).case.state == "answered"


def test_a_line_that_is_not_answered_escalates_by_itself(engine: duban.Engine, clock: FrozenClock) -> None:
    case = line_of(engine, compiled(engine))
    levels, orders = [], []
    for wait in (
        "7 working days 4 working hours",
        "2 working days 3 working hours",
        "3 working days",
        "2 working days",
    ):
        clock.advance(wait)
        engine.sweep()
        levels.append(engine.get(case.ref, by=OFFICE).level)
        orders.append(len(engine.find("supervision_order", by=OFFICE, parent=case.ref)))
    assert (levels, orders) == ([0, 1, 2, 3], [0, 0, 1, 1])
    (order,) = engine.find("supervision_order", by=OFFICE, parent=case.ref)
    assert (order.unit, order.data["title"], order.opened_by) == ("civil-affairs", "楼道无灯", "scheduler")
    engine.deliver()
    for post in ("civil-affairs-handler", "civil-affairs-head", OFFICE, SUPERVISOR, "deputy-director-2"):
        assert case.ref in [notice.ref for notice in engine.inbox(by=post, limit=1000)], post


def test_a_line_that_is_answered_in_time_does_not_escalate(engine: duban.Engine, clock: FrozenClock) -> None:
    case = line_of(engine, compiled(engine))
    clock.advance("9 working days")
    answered(engine, case)
    clock.advance("20 working days")
    engine.sweep()
    assert engine.get(case.ref, by=OFFICE).level == 0


@pytest.mark.parametrize("until", ["resolved", "verified", "answered"])
def test_what_is_sent_back_keeps_the_time_that_it_used(engine: duban.Engine, clock: FrozenClock, until: str) -> None:
    case = line_of(engine, compiled(engine))
    clock.advance("9 working days")
    if until == "answered":
        answered(engine, case)
        clock.advance("5 working days")  # the resident was answered: this time is not the unit's
    else:
        resolved(engine, case)
        if until == "verified":
            engine.fire(case.ref, "verify", by=SUPERVISOR)
    again = engine.fire(case.ref, "rework", by=SUPERVISOR, data={"reason": "仍有一层未亮"}).case
    clock.advance("1 working day")
    assert (again.state, again.due_at) == ("in_hand", clock.now())


def test_a_line_that_is_passed_on_keeps_the_time_that_it_used(engine: duban.Engine, clock: FrozenClock) -> None:
    case = line_of(engine, compiled(engine))
    clock.advance("4 working days")
    moved = engine.fire(case.ref, "reassign", by=OFFICE, data={"unit": "emergency", "reason": "职责所在"}).case
    clock.advance("6 working days")
    assert (moved.state, moved.unit, moved.due_at) == ("listed", "emergency", clock.now())


def test_a_line_holds_nothing_about_a_person_and_no_day_to_come(engine: duban.Engine, photo: Path) -> None:
    listed, number = compiled(engine), "请回电 13800000000"
    for field in ("line_title", "line_source"):
        with pytest.raises(duban.GuardRefused, match="nothing about a person"):
            line_of(engine, listed, **{field: number})
    with pytest.raises(duban.GuardRefused, match="in the future"):
        line_of(engine, listed, line_called_since="2020-11-20")
    assert len(engine.find("matter", by=OFFICE, parent=listed.ref)) == 0
    case = line_of(engine, listed, line_called_since="2020-11-19")
    engine.fire(case.ref, "take_in_hand", by="civil-affairs-handler")
    with pytest.raises(duban.GuardRefused, match="nothing about a person"):
        engine.fire(case.ref, "resolve", by="civil-affairs-handler", data={"measures": number})
    done = {"measures": "已更换灯具"}
    engine.fire(case.ref, "resolve", by="civil-affairs-handler", data=done, evidence={"material": photo})
    engine.fire(case.ref, "verify", by=SUPERVISOR)
    with pytest.raises(duban.GuardRefused, match="nothing about a person"):
        engine.fire(case.ref, "answer", by="civil-affairs-handler", data={**ANSWER, "answer": number})
