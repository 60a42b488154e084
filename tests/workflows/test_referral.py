"""Referrals (移送) of the pack `civility`: the scheduler proposes, people decide, never on their own (S3, S15)."""

from pathlib import Path

import pytest
from tests.workflows.referrals import OFFICE, PARTY, SECRETARY, STAFF, assigned, late, onward, proposed

import duban
from duban.testing import FrozenClock

TO_HEARD = ("approve", "transfer", "register", "hear")


def test_an_issue_overdue_by_five_working_days_is_proposed_once_and_no_more(
    engine: duban.Engine, clock: FrozenClock
) -> None:
    case = assigned(engine)
    clock.advance("7 working days 6 working hours")
    engine.sweep()
    assert len(engine.find("referral", by=SECRETARY, parent=case.ref)) == 0
    clock.advance("1 working hour")
    engine.sweep()
    clock.advance("40 working days")
    engine.sweep()
    (referral,) = engine.find("referral", by=SECRETARY, parent=case.ref)
    assert (referral.state, referral.unit, referral.opened_by) == ("proposed", case.unit, "scheduler")
    assert engine.get(case.ref, by=OFFICE).level == 4


@pytest.mark.asvs("4.1.3")
def test_the_scheduler_may_only_propose(engine: duban.Engine, clock: FrozenClock) -> None:
    _, referral = late(engine, clock)
    workflow = engine.pack.workflows["referral"].workflow
    assert [name for name, event in workflow.events.items() if "scheduler" in event.by] == ["propose"]
    for event in workflow.events.values():
        if not event.opens:
            with pytest.raises(duban.NotPermitted):
                engine.fire(referral.ref, event.name, by="scheduler")
    assert engine.get(referral.ref, by=SECRETARY).version == 1


@pytest.mark.asvs("4.3.3")
def test_whoever_proposed_it_cannot_decide_on_it(engine: duban.Engine) -> None:
    referral = proposed(engine)
    for event, data in (("approve", {}), ("decline", {"reason": "情节轻微"})):
        with pytest.raises(duban.GuardRefused, match="whoever proposed it"):
            engine.fire(referral.ref, event, by=SECRETARY, data=data)
    assert engine.fire(referral.ref, "approve", by=PARTY).case.state == "approved"
    other = proposed(engine, by=PARTY)
    with pytest.raises(duban.GuardRefused, match="whoever proposed it"):
        engine.fire(other.ref, "approve", by=PARTY)
    assert engine.fire(other.ref, "approve", by=SECRETARY).case.state == "approved"


def test_what_the_scheduler_proposed_the_secretary_may_approve(engine: duban.Engine, clock: FrozenClock) -> None:
    _, referral = late(engine, clock)
    assert engine.fire(referral.ref, "approve", by=SECRETARY).case.state == "approved"


@pytest.mark.asvs("4.3.3")
def test_a_case_against_ones_own_unit_means_to_stand_aside(engine: duban.Engine, photo: Path) -> None:
    referral = proposed(engine, by="executive-leader", unit="discipline-committee")
    for event, data in (("approve", {}), ("decline", {"reason": "不属实"})):
        with pytest.raises(duban.GuardRefused, match="stand aside"):
            engine.fire(referral.ref, event, by=SECRETARY, data=data)
    onward(engine, referral, photo, "approve", "transfer", approve=PARTY, transfer=PARTY)
    with pytest.raises(duban.GuardRefused, match="stand aside"):
        engine.fire(referral.ref, "register", by=STAFF)
    way = (*TO_HEARD[2:], "dismiss", "conclude", "feed_back", "archive")
    assert onward(engine, referral, photo, *way, **dict.fromkeys(way, PARTY)).state == "archived"


def test_the_party_committee_does_not_do_the_discipline_committees_work(engine: duban.Engine, photo: Path) -> None:
    referral = onward(engine, proposed(engine, by=PARTY), photo, "approve", "transfer")
    with pytest.raises(duban.GuardRefused, match="only where the discipline committee is concerned"):
        engine.fire(referral.ref, "register", by=PARTY)


def test_nobody_is_disposed_of_unheard_and_nobody_hears_themselves(engine: duban.Engine, photo: Path) -> None:
    referral = onward(engine, proposed(engine, by=PARTY), photo, "approve", "transfer", "register")
    with pytest.raises(duban.TransitionNotAllowed):
        engine.fire(referral.ref, "dismiss", by=SECRETARY, data={"opinion": "了结"})
    with pytest.raises(duban.GuardRefused, match="your own post"):
        engine.fire(referral.ref, "hear", by=STAFF, data={"concerned": STAFF, "statement": "说明"})
    heard = {"concerned": SECRETARY, "statement": "说明"}
    engine.fire(referral.ref, "hear", by=STAFF, data=heard)
    with pytest.raises(duban.GuardRefused, match="your own post"):
        engine.fire(referral.ref, "dismiss", by=SECRETARY, data={"opinion": "了结"})


@pytest.mark.parametrize(
    ("event", "state"),
    [
        ("open_interview", "interview"),
        ("open_review", "preliminary_review"),
        ("hold", "held"),
        ("dismiss", "dismissed"),
    ],
)
def test_each_of_the_four_dispositions_comes_to_an_archived_end(
    engine: duban.Engine, photo: Path, event: str, state: str
) -> None:
    referral = onward(engine, proposed(engine, by=PARTY), photo, *TO_HEARD)
    disposed = engine.fire(referral.ref, event, by=SECRETARY, data={"opinion": "依规处置"}).case
    assert (disposed.state, disposed.data["decided_as"]) == (state, [SECRETARY])
    assert onward(engine, disposed, photo, "conclude", "feed_back", "archive").state == "archived"


def test_material_that_does_not_suffice_comes_back_and_goes_again_or_is_declined(
    engine: duban.Engine, photo: Path
) -> None:
    referral = onward(engine, proposed(engine, by=PARTY), photo, "approve", "transfer")
    back = engine.fire(referral.ref, "send_back", by=STAFF, data={"reason": "材料不全"}).case
    assert back.state == "returned"
    onward(engine, back, photo, "transfer")
    engine.fire(referral.ref, "send_back", by=STAFF, data={"reason": "材料不全"})
    assert engine.fire(referral.ref, "decline", by=SECRETARY, data={"reason": "不予移送"}).case.state == "declined"


# --- appeals ---------------------------------------------------------------------------------------------------------


def test_an_appeal_that_is_granted_has_somebody_else_decide_anew(engine: duban.Engine, photo: Path) -> None:
    referral = onward(engine, proposed(engine, by=PARTY), photo, *TO_HEARD, "dismiss", "conclude")
    engine.fire(referral.ref, "appeal", by=STAFF, data={"appeal_grounds": "情况有出入"})
    with pytest.raises(duban.GuardRefused, match="open already"):
        engine.fire(referral.ref, "appeal", by=STAFF, data={"appeal_grounds": "情况有出入"})
    (appeal,) = engine.find("appeal", by=STAFF, parent=referral.ref)
    with pytest.raises(duban.GuardRefused, match="on record"):
        engine.fire(appeal.ref, "admit", by=STAFF, data={"decided_as": [PARTY]})
    engine.fire(appeal.ref, "admit", by=STAFF)
    for event in ("uphold", "grant"):
        with pytest.raises(duban.GuardRefused, match="whoever decided before"):
            engine.fire(appeal.ref, event, by=SECRETARY, data={"opinion": "复核"})
    engine.fire(appeal.ref, "grant", by=PARTY, data={"opinion": "重新处置"})
    assert engine.get(referral.ref, by=STAFF).state == "heard"
    with pytest.raises(duban.GuardRefused, match="somebody else decides now"):
        engine.fire(referral.ref, "dismiss", by=SECRETARY, data={"opinion": "了结"})
    again = engine.fire(referral.ref, "dismiss", by="executive-leader", data={"opinion": "了结"}).case
    assert again.data["decided_as"] == ["executive-leader"]


def test_a_referral_is_not_archived_while_its_appeal_is_open(engine: duban.Engine, photo: Path) -> None:
    referral = onward(engine, proposed(engine, by=PARTY), photo, *TO_HEARD, "dismiss", "conclude", "feed_back")
    engine.fire(referral.ref, "appeal", by=STAFF, data={"appeal_grounds": "情况有出入"})
    with pytest.raises(duban.GuardRefused, match="waits for"):
        engine.fire(referral.ref, "archive", by=STAFF)
    (appeal,) = engine.find("appeal", by=STAFF, parent=referral.ref)
    engine.fire(appeal.ref, "admit", by=STAFF)
    engine.fire(appeal.ref, "uphold", by=PARTY, data={"opinion": "原处置适当"})
    engine.fire(appeal.ref, "answer", by=STAFF, data={"answer": "维持"})
    assert engine.fire(referral.ref, "archive", by=STAFF).case.state == "archived"


def test_an_appeal_against_an_order_is_a_sealed_letter_decided_by_somebody_else(engine: duban.Engine) -> None:
    about = {"title": "一项督办", "unit": "safety", "demand": "说明情况"}
    order = engine.start("supervision_order", by=SECRETARY, data=about)
    letter = {"title": "对督办单的申诉", "grounds": "不属本单位职责", "order": order.ref}
    receipt = engine.start("appeal", by="safety-head", data=letter)
    assert (receipt.ref, receipt.id, receipt.state) == ("APL", 0, "lodged")
    (appeal,) = engine.find("appeal", by=STAFF, data={"order": order.ref})
    for ref in (receipt.ref, appeal.ref):
        with pytest.raises(duban.UnknownCase):
            engine.get(ref, by="safety-head")
    with pytest.raises(duban.InvalidData):
        engine.fire(appeal.ref, "admit", by=STAFF)
    engine.fire(appeal.ref, "admit", by=STAFF, data={"decided_as": [SECRETARY]})
    with pytest.raises(duban.GuardRefused, match="whoever decided before"):
        engine.fire(appeal.ref, "uphold", by=SECRETARY, data={"opinion": "维持"})
    assert engine.fire(appeal.ref, "grant", by=PARTY, data={"opinion": "撤回"}).case.state == "granted"
    assert engine.fire(order.ref, "withdraw", by=SECRETARY, data={"reason": "经复核撤回"}).case.state == "withdrawn"
