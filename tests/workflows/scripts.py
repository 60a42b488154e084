"""For every workflow: who fires each event on a walk, with which data, and what must have been done before."""

from collections.abc import Callable

from tests.workflows.accountability import ACCOUNTABILITY
from tests.workflows.issues import ISSUE, REQUEST, part_done, without_parts
from tests.workflows.script import LEADER, OFFICE, Script, always, handler
from tests.workflows.scripts_assessment import ASSESSMENT
from tests.workflows.scripts_matters import MATTERS
from tests.workflows.scripts_public import PUBLIC
from tests.workflows.scripts_routine import ROUTINE
from tests.workflows.scripts_surveys import OF_SURVEYS
from tests.workflows.stage import Stage, Step

from duban.engine.model.case import Case

HANDLER = "planning-construction-handler"


# --- part ------------------------------------------------------------------------------------------------------------


def _part(stage: Stage) -> Case:
    data = {"title": "一处问题", "category": "random-hanging", "place": "某处"}
    parent = stage.start("issue", Step("patrol-member", data), "report")
    stage.case = stage.fire(parent, "assign", Step(OFFICE, {"joint_units": ["planning-construction"]}))
    return stage.children("part")[0]


def _part_of_task(stage: Stage) -> Case:
    stage.case = stage.start("task", Step(OFFICE, {"task_group": "traffic-order"}), "open_group")
    measure = next(task for task in stage.children("task") if task.data["joint_units"])
    began = Step(f"{measure.unit}-handler", {"in_charge": f"{measure.unit}-handler"})
    stage.case = stage.fire(measure, "begin", began)
    return stage.children("part")[0]


PART = Script(
    openings={"open": _part},
    for_ladder={"due": {"open": _part_of_task}},
    steps={
        "start_work": always(HANDLER),
        "complete": always(HANDLER, "material", contribution="已配合"),
        "decline": always("planning-construction-head", reason="不属本单位职责"),
        "insist": always("deputy-director-3", reason="共同整改"),
        "withdraw": always(OFFICE, reason="无需配合"),
    },
)

# --- task ------------------------------------------------------------------------------------------------------------

GROUP, ACTION = {"task_group": "traffic-order"}, {"special_action": "civil-service"}


def _measure(opening: str, data: dict[str, str], number: int) -> Callable[[Stage], Case]:
    def start(stage: Stage) -> Case:
        stage.case = stage.start("task", Step(OFFICE, data), opening)
        return stage.children("task")[number - 1]

    return start


def _without_measures(by: str, **data: str) -> Callable[[Stage], Step]:
    def step(stage: Stage) -> Step:
        for child in stage.children("task", open=True):
            stage.fire(child, "cancel", Step(LEADER, {"reason": "不再需要"}))
        return without_parts(by, **data)(stage)

    return step


def _done(stage: Stage) -> Step:
    while stage.children("part", open=True):
        part_done(stage)
    return Step(handler(stage), {"result": "已完成"}, ["material"])


TASK = Script(
    openings={
        "open_group": lambda stage: stage.start("task", Step(OFFICE, GROUP), "open_group"),
        "open_measure": _measure("open_group", GROUP, 3),
        "open_action": lambda stage: stage.start("task", Step(OFFICE, ACTION), "open_action"),
        "open_action_measure": _measure("open_action", ACTION, 3),
    },
    steps={
        "begin": lambda stage: Step(handler(stage), {"in_charge": handler(stage), "plan": "逐日巡查"}),
        "report_progress": lambda stage: Step(handler(stage), {"progress": "过半", "percent": 60}, ["material"]),
        "report_done": _done,
        "part_done": part_done,
        "confirm": _without_measures(OFFICE),
        "send_back": always(LEADER, reason="资料不全"),
        "cancel": _without_measures(LEADER, reason="不再需要"),
        "reopen": always(OFFICE, reason="问题反弹", due_on="2021-03-31"),
    },
    fits=lambda events: "part_done" not in events or events[0] == "open_measure",
)

# --- campaign --------------------------------------------------------------------------------------------------------


def _launch(stage: Stage) -> Case:
    stage.clock.move_to("2020-11-19T09:30:00+08:00")
    return stage.start("campaign", Step(OFFICE, {"title": "三个月整改提升行动"}), "launch")


def _prepared(stage: Stage) -> Step:
    fired = {row.event for row in stage.engine.history(stage.case.ref, by=OFFICE)}
    if not {"issue_plan", "hold_meeting"} & fired:
        stage.fire(stage.case, "issue_plan", Step(OFFICE, {"plan_number": "大街工委发〔2020〕30号"}))
        stage.fire(stage.case, "hold_meeting", Step(OFFICE, {"meeting_on": "2020-11-20"}))
    stage.clock.move_to("2020-11-21T00:00:00+08:00")
    return Step(LEADER)


def _inspect(step: Callable[[Stage], Step]) -> Callable[[Stage], Step]:
    def wait(stage: Stage) -> Step:
        stage.clock.move_to("2021-02-10T00:00:00+08:00")
        return step(stage)

    return wait


def _without_tasks(by: str, **data: str) -> Callable[[Stage], Step]:
    def step(stage: Stage) -> Step:
        for group in stage.children("task", open=True):
            for child in stage.engine.find("task", by=OFFICE, parent=group.ref, open=True, limit=100):
                stage.fire(child, "cancel", Step(LEADER, {"reason": "不再需要"}))
            stage.fire(group, "cancel", Step(LEADER, {"reason": "不再需要"}))
        return Step(by, data)

    return step


def _concluded(stage: Stage) -> Step:
    return Step(LEADER, {"review_result": "passed"})


def _archived(stage: Stage) -> Step:
    stage.fire(stage.case, "summarize", Step(OFFICE, {"summary": "经验"}))
    stage.fire(stage.case, "establish_mechanism", Step(OFFICE, {"mechanism": "常态巡查"}))
    return _without_tasks(OFFICE)(stage)


CAMPAIGN = Script(
    openings={"launch": _launch},
    steps={
        "issue_plan": always(OFFICE, "plan", plan_number="大街工委发〔2020〕30号"),
        "hold_meeting": always(OFFICE, "minutes", meeting_on="2020-11-20"),
        "enter_rectification": _prepared,
        "remedy": always(OFFICE, "material", finding="已整改到位"),
        "enter_inspection": _inspect(_without_tasks(OFFICE)),
        "decide_inspection": _inspect(always("commander", reason="按期迎检")),
        "remobilize": always(LEADER, finding="再动员"),
        "pre_check_passed": always("discipline-secretary", finding="符合要求"),
        "pre_check_failed": always("discipline-secretary", reason="点位不达标", rectification_ends_on="2021-02-26"),
        "review_concluded": _concluded,
        "announce_result": always(OFFICE, review_result="passed"),
        "summarize": always(OFFICE, "material", summary="经验"),
        "establish_mechanism": always(OFFICE, "material", mechanism="常态巡查"),
        "archive": _archived,
        "call_off": _without_tasks(LEADER, reason="误启动"),
    },
)

SCRIPTS = {"issue": ISSUE, "request": REQUEST, "part": PART, "task": TASK, "campaign": CAMPAIGN}
SCRIPTS |= {**ACCOUNTABILITY, **ASSESSMENT, **MATTERS, **ROUTINE, **PUBLIC, **OF_SURVEYS}
