"""The campaign of `civility` end to end: who holds what (S1, S2), the register of tasks (S5), the phases (S6)."""

from pathlib import Path

import pytest
from tests.workflows.machines import read

import duban
from duban.engine.model.case import Case
from duban.testing import FrozenClock

CATALOGUE = read("catalogue.yaml")
ORGANIZATION = read("organization.yaml")
OFFICE, LEADER = "office-coordination-1", "executive-leader"
REGISTERS = {
    "group": ("task_group", "task-groups"),
    "measure": ("measure", "measures"),
    "action": ("special_action", "special-actions"),
    "action_measure": ("action_measure", "action-measures"),
}


@pytest.fixture
def campaign(engine: duban.Engine) -> Case:
    """The campaign, launched on the day of the notice."""
    return engine.start("campaign", by=OFFICE, data={"title": "三个月整改提升行动"})


def tasks(engine: duban.Engine, top: Case, register: str) -> dict[str, Case]:
    """The tasks of one register below a case, by their key in the catalogue."""
    field, _ = REGISTERS[register]
    found = list(engine.find("task", by=OFFICE, parent=top.ref, limit=100))
    found += [task for above in found for task in engine.find("task", by=OFFICE, parent=above.ref, limit=100)]
    return {task.data[field]: task for task in found if task.data["register"] == register}


def prepared(engine: duban.Engine, campaign: Case) -> None:
    """All that mobilisation asks for."""
    engine.fire(campaign.ref, "issue_plan", by=OFFICE, data={"plan_number": "大街工委发〔2020〕30号"})
    engine.fire(campaign.ref, "hold_meeting", by=OFFICE, data={"meeting_on": "2020-11-20"})


def confirmed(engine: duban.Engine, task: Case, photo: Path) -> None:
    """A task from its beginning to its confirmation, with every part."""
    handler = f"{task.unit}-handler"
    engine.fire(task.ref, "begin", by=handler, data={"in_charge": handler})
    for part in engine.find("part", by=OFFICE, parent=task.ref, limit=100):
        engine.fire(part.ref, "complete", by=f"{part.unit}-handler", data={"contribution": "已配合"})
    engine.fire(task.ref, "report_done", by=handler, data={"result": "已完成"}, evidence={"material": photo})
    engine.fire(task.ref, "confirm", by=OFFICE)


# --- S1, S2: who holds what ------------------------------------------------------------------------------------------


def test_every_member_of_the_leading_group_signs_in_and_sees_the_campaign(engine: duban.Engine, campaign: Case) -> None:
    assert len(CATALOGUE["leading-group"]) == 33
    for member in CATALOGUE["leading-group"].values():
        assert engine.get(campaign.ref, by=member["post"]).state == "mobilization"


def test_several_accounts_hold_one_post_and_sign_as_themselves(engine: duban.Engine) -> None:
    for account in ("account-01", "account-02"):
        case = engine.start("issue", by=account, data={"title": "一处", "category": "litter", "place": "某处"})
        (row,) = engine.history(case.ref, by=OFFICE)
        assert (row.actor, row.post) == (account, "renhejie-1-worker")


def test_an_account_with_two_posts_does_not_confirm_its_own_work(engine: duban.Engine, photo: Path) -> None:
    group = engine.start("task", by=OFFICE, event="open_group", data={"task_group": "civility-level"})
    task, both = tasks(engine, group, "measure")["civility-level-2"], "account-03"
    engine.fire(task.ref, "begin", by=both, data={"in_charge": "party-government-handler"})
    engine.fire(task.ref, "report_done", by=both, data={"result": "已完成"}, evidence={"material": photo})
    with pytest.raises(duban.GuardRefused, match="reported it done"):
        engine.fire(task.ref, "confirm", by=both)
    assert engine.fire(task.ref, "confirm", by=OFFICE).case.state == "confirmed"


@pytest.mark.parametrize("line", CATALOGUE["lines"])
def test_the_staff_of_every_line_of_the_office_dispatch(engine: duban.Engine, line: str) -> None:
    case = engine.start(
        "issue", by="patrol-member", data={"title": "一处", "category": "litter", "place": "某处"}
    )  # fmt: skip
    assert engine.fire(case.ref, "assign", by=CATALOGUE["lines"][line]["post"]).case.state == "assigned"


# --- S5: the register of tasks ---------------------------------------------------------------------------------------


def test_launching_opens_every_group_action_and_measure_of_the_notice(engine: duban.Engine, campaign: Case) -> None:
    assert {register: len(tasks(engine, campaign, register)) for register in REGISTERS} == {
        "group": 14, "measure": 37, "action": 7, "action_measure": 23,
    }  # fmt: skip
    for register, (_, name) in REGISTERS.items():
        for key, task in tasks(engine, campaign, register).items():
            declared = CATALOGUE[name][key]
            leaders = declared.get("leaders", ["executive-leader"])
            assert (task.unit, task.data["leaders"], task.state) == (declared["unit"], leaders, "planned")
            assert task.data["due_on"] == "2021-02-09"
            if register in ("group", "action"):
                assert task.data["lead_units"] == declared["lead"]
                assert task.data["cooperating"] == declared["cooperating"]
                assert task.parent == campaign.ref
            else:
                assert task.data["joint_units"] == declared["joint"]
                above = "group" if register == "measure" else "action"
                assert task.parent == tasks(engine, campaign, above)[declared[above]].ref


def test_street_gambling_is_answered_for_by_the_chief_of_the_police_station(
    engine: duban.Engine, campaign: Case
) -> None:
    found = {key: task.data["responsible"] for key, task in tasks(engine, campaign, "action").items()}
    assert found["street-gambling"] == ["police-station-head"]
    assert all("renhejie-secretary" in posts for key, posts in found.items() if key in ("uncivil-travel", "vagrancy"))


def test_a_group_is_confirmed_only_after_every_measure(engine: duban.Engine, photo: Path) -> None:
    group = engine.start("task", by=OFFICE, event="open_group", data={"task_group": "traffic-order"})
    handler = "law-enforcement-handler"
    engine.fire(group.ref, "begin", by=handler, data={"in_charge": handler})
    engine.fire(group.ref, "report_done", by=handler, data={"result": "已完成"})
    measures = tasks(engine, group, "measure")
    for key in ("traffic-order-1", "traffic-order-2", "traffic-order-3"):
        with pytest.raises(duban.GuardRefused, match="waits for"):
            engine.fire(group.ref, "confirm", by=OFFICE)
        confirmed(engine, measures[key], photo)
    assert engine.fire(group.ref, "confirm", by=OFFICE).case.state == "confirmed"


def test_only_a_lead_unit_works_on_a_task_and_only_its_leader_sends_it_back(engine: duban.Engine, photo: Path) -> None:
    group = engine.start("task", by=OFFICE, event="open_group", data={"task_group": "city-order"})
    with pytest.raises(duban.GuardRefused, match="only a lead unit"):
        engine.fire(group.ref, "begin", by="safety-handler", data={"in_charge": "safety-handler"})
    second = "planning-construction-handler"
    engine.fire(group.ref, "begin", by=second, data={"in_charge": second})
    engine.fire(group.ref, "report_done", by=second, data={"result": "已完成"})
    with pytest.raises(duban.GuardRefused, match="responsible leader"):
        engine.fire(group.ref, "send_back", by="deputy-director-1", data={"reason": "资料不全"})
    again = engine.fire(group.ref, "send_back", by="deputy-director-3", data={"reason": "资料不全"})
    assert again.case.state == "in_progress"


def test_a_measure_is_reported_done_only_with_material(engine: duban.Engine, photo: Path) -> None:
    group = engine.start("task", by=OFFICE, event="open_group", data={"task_group": "traffic-order"})
    measure, handler = tasks(engine, group, "measure")["traffic-order-1"], "law-enforcement-handler"
    engine.fire(measure.ref, "begin", by=handler, data={"in_charge": handler})
    with pytest.raises(duban.GuardRefused, match="material"):
        engine.fire(measure.ref, "report_done", by=handler, data={"result": "已完成"})
    progress = {"progress": "过半", "percent": 50}
    engine.fire(measure.ref, "report_progress", by=handler, data=progress, evidence={"material": photo})
    assert engine.fire(measure.ref, "report_done", by=handler, data={"result": "已完成"}).case.state == "reported_done"


# --- S6: the phases --------------------------------------------------------------------------------------------------


def test_rectification_is_entered_on_its_day_when_mobilisation_is_complete(
    engine: duban.Engine, clock: FrozenClock, campaign: Case
) -> None:
    clock.move_to("2020-11-20T23:59:59+08:00")
    with pytest.raises(duban.GuardRefused) as refused:
        engine.fire(campaign.ref, "enter_rectification", by=LEADER)
    assert [told.text("zh") for told in refused.value.data["reasons"]] == [
        "未到整改提升阶段开始日期", "工作方案尚未印发", "专题工作会尚未召开",
    ]  # fmt: skip
    prepared(engine, campaign)
    clock.move_to("2020-11-21T00:00:00+08:00")
    assert engine.fire(campaign.ref, "enter_rectification", by=LEADER).case.state == "rectification"


def test_the_scheduler_enters_the_phases_by_date(
    engine: duban.Engine, clock: FrozenClock, campaign: Case, photo: Path
) -> None:
    prepared(engine, campaign)
    clock.move_to("2020-11-23T10:00:00+08:00")
    engine.sweep()
    assert engine.get(campaign.ref, by=OFFICE).state == "rectification"
    for register in ("measure", "action_measure", "group", "action"):
        for task in tasks(engine, campaign, register).values():
            confirmed(engine, task, photo)
    clock.move_to("2021-02-10T10:00:00+08:00")
    engine.sweep()
    assert engine.get(campaign.ref, by=OFFICE).state == "inspection"
    assert engine.verify() == []


def test_the_tenth_of_february_belongs_to_inspection_which_a_leader_may_enter_with_open_tasks(
    engine: duban.Engine, clock: FrozenClock, campaign: Case
) -> None:
    prepared(engine, campaign)
    clock.move_to("2020-11-23T09:30:00+08:00")
    engine.fire(campaign.ref, "enter_rectification", by=LEADER)
    clock.move_to("2021-02-09T23:59:59+08:00")
    with pytest.raises(duban.GuardRefused, match="has not begun"):
        engine.fire(campaign.ref, "decide_inspection", by=LEADER, data={"reason": "按期迎检"})
    clock.move_to("2021-02-10T00:00:00+08:00")
    with pytest.raises(duban.GuardRefused, match="waits for 21 cases"):
        engine.fire(campaign.ref, "enter_inspection", by=LEADER)
    engine.fire(campaign.ref, "decide_inspection", by=LEADER, data={"reason": "按期迎检"})
    back = {"reason": "点位不达标", "rectification_ends_on": "2021-02-08"}
    with pytest.raises(duban.GuardRefused, match="lies in the past"):
        engine.fire(campaign.ref, "pre_check_failed", by="discipline-secretary", data=back)
    back["rectification_ends_on"] = "2021-02-26"
    returned = engine.fire(campaign.ref, "pre_check_failed", by="discipline-secretary", data=back).case
    assert (returned.state, returned.due_at.isoformat() if returned.due_at else None) == (
        "rectification", "2021-02-26T10:00:00+00:00",
    )  # fmt: skip
    unremedied = "what the pre-check found has not been put right"
    with pytest.raises(duban.GuardRefused, match=unremedied):
        engine.fire(campaign.ref, "enter_inspection", by=LEADER)
    engine.fire(campaign.ref, "remedy", by=OFFICE, data={"finding": "已整改到位"})
    with pytest.raises(duban.GuardRefused, match="waits for 21 cases") as refused:
        engine.fire(campaign.ref, "enter_inspection", by=LEADER)
    assert unremedied not in str(refused.value)


def test_the_review_ends_inspection_without_a_date_and_the_archive_asks_for_what_lasts(
    engine: duban.Engine, clock: FrozenClock, campaign: Case
) -> None:
    prepared(engine, campaign)
    clock.move_to("2021-02-10T09:30:00+08:00")
    engine.fire(campaign.ref, "enter_rectification", by=LEADER)
    engine.fire(campaign.ref, "decide_inspection", by="commander", data={"reason": "按期迎检"})
    assert engine.get(campaign.ref, by=OFFICE).due_at is None
    engine.fire(campaign.ref, "review_concluded", by=LEADER, data={"review_result": "not_announced"})
    with pytest.raises(duban.GuardRefused) as refused:
        engine.fire(campaign.ref, "archive", by=OFFICE)
    reasons = refused.value.data["reasons"]
    assert len(reasons) == 4
    assert all(told.text("en") != told.text("zh") for told in reasons)
