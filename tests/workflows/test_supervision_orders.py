"""Supervision orders (督办单): issued by the ladder, owed a reply, judged by somebody else (S3, S15)."""

import pytest

import duban
from duban.engine.model.case import Case
from duban.testing import FrozenClock

OFFICE, SUPERVISOR = "office-coordination-1", "supervision-member-1"
REPLY = {"reply": "人手不足，明日完成"}


def assigned(engine: duban.Engine) -> Case:
    """An issue that its unit has to rectify within three working days."""
    case = engine.start(
        "issue", by="renhejie-1-worker", data={"title": "一处问题", "category": "litter", "place": "某处"}
    )
    return engine.fire(case.ref, "assign", by=OFFICE).case


def late(engine: duban.Engine, clock: FrozenClock) -> tuple[Case, Case]:
    """An issue that is overdue by a working day, and the order that came of it."""
    case = assigned(engine)
    clock.advance("4 working days")
    engine.sweep()
    (order,) = engine.find("supervision_order", by=OFFICE, parent=case.ref)
    return case, order


def test_an_issue_overdue_by_a_working_day_brings_one_order_to_its_unit(
    engine: duban.Engine, clock: FrozenClock
) -> None:
    case = assigned(engine)
    clock.advance("3 working days 6 working hours")
    engine.sweep()
    assert len(engine.find("supervision_order", by=OFFICE, parent=case.ref)) == 0
    clock.advance("1 working hour")
    engine.sweep()
    engine.sweep()
    (order,) = engine.find("supervision_order", by=OFFICE, parent=case.ref)
    assert (order.unit, order.data["severity"], order.opened_by) == (case.unit, "prominent", "scheduler")
    engine.deliver()
    assert order.ref in [notice.ref for notice in engine.inbox(by=f"{case.unit}-head", limit=1000)]


def test_the_reply_is_owed_by_the_unit_and_judged_by_somebody_else(engine: duban.Engine, clock: FrozenClock) -> None:
    case, order = late(engine, clock)
    with pytest.raises(duban.InvalidData):
        engine.fire(order.ref, "reply", by=f"{case.unit}-head")
    with pytest.raises(duban.GuardRefused, match="only the unit"):
        engine.fire(order.ref, "reply", by="civil-affairs-head", data=REPLY)
    engine.fire(order.ref, "reply", by=f"{case.unit}-handler", data=REPLY)
    with pytest.raises(duban.NotPermitted):
        engine.fire(order.ref, "accept", by=f"{case.unit}-head")
    assert engine.fire(order.ref, "accept", by=SUPERVISOR).case.state == "accepted"


def test_nobody_of_the_unit_accepts_its_own_reply(engine: duban.Engine) -> None:
    about = {"title": "一项督办", "unit": "party-government", "demand": "说明情况"}
    order = engine.start("supervision_order", by="supervision-member-2", data=about)
    engine.fire(order.ref, "reply", by="account-03", data=REPLY)
    with pytest.raises(duban.GuardRefused, match="whoever replied"):
        engine.fire(order.ref, "accept", by="account-03")
    own = engine.start("supervision_order", by=OFFICE, data={**about, "unit": "office-coordination"})
    engine.fire(own.ref, "reply", by="office-coordination-2", data=REPLY)
    with pytest.raises(duban.GuardRefused, match="the unit that owes"):
        engine.fire(own.ref, "accept", by=OFFICE)


def test_an_insufficient_reply_is_owed_again_in_the_time_that_remains(engine: duban.Engine, clock: FrozenClock) -> None:
    case, order = late(engine, clock)
    clock.advance("1 working day")
    engine.fire(order.ref, "reply", by=f"{case.unit}-head", data=REPLY)
    clock.advance("3 working days")
    again = engine.fire(order.ref, "insufficient", by=SUPERVISOR, data={"reason": "未说明完成时间"}).case
    assert again.state == "issued"
    clock.advance("1 working day")
    assert again.due_at == clock.now()


def test_an_order_stays_owed_when_its_issue_is_gone_and_reminds_until_it_is_answered(
    engine: duban.Engine, clock: FrozenClock
) -> None:
    case, order = late(engine, clock)
    engine.fire(case.ref, "void", by=OFFICE, data={"reason": "重复上报"})
    levels = []
    for wait in ("2 working days", "1 working day", "6 working days"):
        clock.advance(wait)
        engine.sweep()
        levels.append(engine.get(order.ref, by=OFFICE).level)
    assert levels == [1, 2, 2]
    events = [row.event for row in engine.history(order.ref, by=OFFICE)]
    assert len(events) == 1 + 2 + 1 + 3
    engine.fire(order.ref, "withdraw", by=OFFICE, data={"reason": "问题已作废"})
    assert engine.get(order.ref, by=OFFICE).state == "withdrawn"
