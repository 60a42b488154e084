"""Scripts of what is shown to the public: appraisals of property companies, their list, and publications."""

from tests.workflows.script import LEADER, OFFICE, Script, always
from tests.workflows.stage import Stage, Step

from duban.engine.model.case import Case

DEPUTY, OTHER, COMMUNITY = "deputy-director-2", "office-submission-1", "renhejie-handler"

# --- appraisal_list --------------------------------------------------------------------------------------------------

LIST = {"period": "2020-Q4", "closes_on": "2020-11-23"}
COUNT = {
    "batch_sheets": 20, "batch_cleanliness": 90, "batch_repairs": 90, "batch_order": 90, "batch_response": 90,
}  # fmt: skip
TOTAL = {"sheets": 21, "sum_cleanliness": 60, "sum_repairs": 60, "sum_order": 60, "sum_response": 60}


def _list(stage: Stage) -> Case:
    return stage.start("appraisal_list", Step(OFFICE, LIST), "open")


def _settle(stage: Stage, case: Case) -> None:
    """Bring an appraisal from its opening to the end of the reply."""
    stage.fire(case, "gather", Step(OFFICE, COUNT, ["tally"]))
    stage.fire(case, "score", Step(OFFICE))
    stage.fire(case, "record_reply", Step(OFFICE, {"reply": "已整改"}))
    stage.fire(case, "end_reply", Step(OFFICE))


def _compiled(stage: Stage) -> Step:
    for case in stage.children("appraisal", open=True):
        if case.state == "gathering":
            _settle(stage, case)
    return Step(OFFICE)


def _scored(stage: Stage) -> None:
    """An appraisal tells its list that it is scored."""
    case = next(one for one in stage.children("appraisal") if one.state == "gathering")
    stage.fire(case, "gather", Step(OFFICE, COUNT, ["tally"]))
    stage.fire(case, "score", Step(OFFICE))


def _too_few(stage: Stage) -> None:
    case = next(one for one in stage.children("appraisal") if one.state == "gathering")
    stage.fire(case, "find_too_few", Step(OFFICE))


def _objected(stage: Stage) -> None:
    stage.fire(stage.children("appraisal")[0], "object", Step(OFFICE, {"objection": "合计有误"}))


def _decided(stage: Stage) -> None:
    case = stage.children("appraisal")[0]
    if case.state != "objected":
        stage.fire(case, "object", Step(OFFICE, {"objection": "合计有误"}))
    stage.fire(case, "dismiss", Step(DEPUTY, {"reason": "经复核无误"}))


def _later(stage: Stage) -> Step:
    stage.clock.move_to("2021-01-04T09:30:00+08:00")
    return Step(OFFICE)


APPRAISAL_LIST = Script(
    openings={"open": _list},
    steps={
        "entry_scored": _scored,
        "entry_settled": _too_few,
        "compile": _compiled,
        "send_back": always(DEPUTY, reason="请复核分项"),
        "approve": always(DEPUTY),
        "publish": always(OFFICE),
        "entry_objected": _objected,
        "entry_decided": _decided,
        "archive": _later,
        "call_off": always(LEADER, reason="重新组织"),
    },
)

# --- appraisal -------------------------------------------------------------------------------------------------------


def _appraisal(stage: Stage) -> Case:
    stage.case = _list(stage)
    return next(case for case in stage.children("appraisal") if case.data["company"] == "sample-a")


def _enough(stage: Stage) -> Step:
    if not stage.now().data["sheets"]:
        stage.fire(stage.case, "gather", Step(OFFICE, COUNT, ["tally"]))
    return Step(OFFICE)


def _replied(stage: Stage) -> Step:
    stage.fire(stage.case, "record_reply", Step(OFFICE, {"reply": "已整改楼道照明"}))
    return Step(OFFICE)


def _with_its_list(stage: Stage) -> None:
    """The list publishes it, once every other company is settled."""
    parent = stage.engine.get(stage.now().parent or "", by=OFFICE)
    for case in stage.engine.find("appraisal", by=OFFICE, parent=parent.ref, state="gathering", limit=100):
        _settle(stage, case)
    for event, by in (("compile", OFFICE), ("approve", DEPUTY), ("publish", OFFICE)):
        stage.fire(parent, event, Step(by))


def _archived(stage: Stage) -> None:
    stage.clock.move_to("2021-01-04T09:30:00+08:00")
    stage.fire(stage.engine.get(stage.now().parent or "", by=OFFICE), "archive", Step(OFFICE))


def _called_off(stage: Stage) -> None:
    parent = stage.engine.get(stage.now().parent or "", by=OFFICE)
    stage.fire(parent, "call_off", Step(LEADER, {"reason": "重新组织"}))


APPRAISAL = Script(
    openings={"open": _appraisal},
    steps={
        "gather": always(COMMUNITY, "tally", **COUNT),
        "score": _enough,
        "find_too_few": always(OFFICE),
        "record_reply": always(COMMUNITY, reply="已整改楼道照明"),
        "recount": always(OFFICE, reason="漏计", **TOTAL),
        "end_reply": _replied,
        "publish": _with_its_list,
        "object": always(COMMUNITY, objection="合计有误"),
        "correct": always(DEPUTY, reason="漏计", **TOTAL),
        "withdraw": always(DEPUTY, reason="程序有误"),
        "dismiss": always(DEPUTY, reason="经复核无误"),
        "archive": _archived,
        "drop": _called_off,
    },
)

# --- publication -----------------------------------------------------------------------------------------------------

EXPOSED = {"title": "楼前乱扔垃圾", "text": "一处楼前多次发现垃圾。", "category": "litter", "community": "renhejie"}
DEED = {"title": "热心居民清扫台阶", "text": "一位居民连续三周清扫门前台阶。", "consent": True}
REVISED = {"title": "楼前垃圾", "text": "一处楼前三次发现垃圾。"}

PUBLICATION = Script(
    openings={
        "draft": lambda stage: stage.start("publication", Step(COMMUNITY, EXPOSED), "draft"),
        "nominate": lambda stage: stage.start("publication", Step("renhejie-1-worker", DEED), "nominate"),
    },
    steps={
        "revise": always(OTHER, **REVISED),
        "review": always(OFFICE, names_nobody=True),
        "select": always(OFFICE, names_nobody=True),
        "reject": always(OFFICE, reason="事实不清"),
        "end_notice": always("scheduler"),
        "publish": always(OFFICE),
        "object": always(COMMUNITY, objection="所述有误"),
        "object_to_notice": always(COMMUNITY, objection="事迹不实"),
        "dismiss": always(DEPUTY, decision="经复核属实"),
        "dismiss_for_notice": always(DEPUTY, decision="经复核属实"),
        "uphold": always(DEPUTY, decision="所述有误，撤下"),
        "lapse": always("scheduler"),
        "withdraw": always(OFFICE, reason="情况有变"),
        "expire": always("scheduler"),
    },
)

PUBLIC = {"appraisal_list": APPRAISAL_LIST, "appraisal": APPRAISAL, "publication": PUBLICATION}
