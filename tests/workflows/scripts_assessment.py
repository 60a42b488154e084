"""Scripts of the assessment system: a review, its indicators, their inspection points."""

from collections.abc import Callable
from typing import Any

from tests.workflows.script import LEADER, OFFICE, SUPERVISOR, Script, always
from tests.workflows.stage import Stage, Step

from duban.engine.model.case import Case

LEAD, HEAD, SECRETARY = "civil-affairs-handler", "civil-affairs-head", "discipline-secretary"

REVIEW_DATA: dict[str, Any] = {
    "title": "测评（合成）", "table": "SYN-2020", "majors": 1, "subs": 1, "minors": 1, "indicators": 1, "points": 1,
    "households": 0, "due_on": "2020-12-04",
}  # fmt: skip
ITEM: dict[str, Any] = {
    "item_code": "1.1.1.1", "item_title": "楼道照明（合成）", "item_number": 1, "item_link": "field",
    "item_unit": "civil-affairs", "item_major": "1", "item_major_title": "大项一", "item_sub": "1.1",
    "item_sub_title": "子项一", "item_minor": "1.1.1", "item_minor_title": "小项一",
}  # fmt: skip
POINT = {"point_code": "1.1.1.1.1", "point_title": "一号楼楼道", "point_place": "一号楼", "point_community": "renhejie"}
FAULT = {"finding": "二层灯不亮", "category": "stairwell-light"}

# --- review ----------------------------------------------------------------------------------------------------------


def _review(stage: Stage) -> Case:
    return stage.start("review", Step(OFFICE, REVIEW_DATA), "load")


def _begun(stage: Stage) -> Step:
    if not stage.children("indicator"):
        stage.fire(stage.case, "add_indicator", Step(OFFICE, ITEM))
    return Step(OFFICE)


def _without_indicators(by: str, **data: str) -> Callable[[Stage], Step]:
    def step(stage: Stage) -> Step:
        for child in stage.children("indicator", open=True):
            stage.fire(child, "withdraw", Step(OFFICE, {"reason": "本年不测"}))
        return Step(by, data)

    return step


REVIEW = Script(
    openings={"load": _review},
    steps={
        "add_indicator": always(OFFICE, **ITEM),
        "begin": _begun,
        "start_pre_check": always(SECRETARY),
        "pre_check_failed": always(LEADER, reason="点位不达标"),
        "pre_check_passed": _without_indicators(LEADER, finding="符合要求"),
        "conclude": always(OFFICE, result="passed"),
        "call_off": always(OFFICE, reason="误导入"),
    },
)

# --- indicator -------------------------------------------------------------------------------------------------------


def _indicator(stage: Stage) -> Case:
    stage.case = _review(stage)
    stage.fire(stage.case, "add_indicator", Step(OFFICE, ITEM))
    return stage.children("indicator")[0]


def _without_issues(step: Callable[[Stage], Step]) -> Callable[[Stage], Step]:
    """A step before which the issues that were opened are gone."""

    def after(stage: Stage) -> Step:
        for issue in stage.children("issue", open=True):
            stage.fire(issue, "reject", Step(OFFICE, {"reason": "已随指标整改"}))
        return step(stage)

    return after


INDICATOR = Script(
    openings={"add": _indicator},
    steps={
        "add_point": always(OFFICE, **POINT),
        "gather": always(LEAD, "material", statement="已归集"),
        "prepare": always(LEAD, "material", statement="材料齐备"),
        "self_check": always(HEAD, finding="对照标准，符合"),
        "verify": always(SUPERVISOR, finding="现场核实"),
        "pass": always(OFFICE),
        "send_back": always(SUPERVISOR, reason="材料不全"),
        "fail": always(SUPERVISOR, **FAULT),
        "rectify": _without_issues(always(LEAD, "material", measures="已更换灯具")),
        "revise": always(OFFICE, unit="planning-construction", reason="牵头单位调整"),
        "withdraw": always(OFFICE, reason="本年不测"),
        "lapse": always("system"),
    },
)

# --- inspection_point ------------------------------------------------------------------------------------------------


def _point(stage: Stage) -> Case:
    stage.case = _indicator(stage)
    stage.fire(stage.case, "add_point", Step(OFFICE, POINT))
    return stage.children("inspection_point")[0]


INSPECTION_POINT = Script(
    openings={"add": _point},
    steps={
        "pass": always("renhejie-1-worker", "photo", finding="完好"),
        "fail": always("renhejie-1-worker", "photo", **FAULT),
        "rectify": _without_issues(always(LEAD, "photo_after", measures="已更换灯具")),
        "reinspect_pass": always(SUPERVISOR, "photo", finding="已修好"),
        "reinspect_fail": always(SUPERVISOR, "photo", **FAULT),
        "follow": always("system", unit="planning-construction"),
        "withdraw": always(OFFICE, reason="点位重复"),
        "lapse": always("system"),
    },
)

ASSESSMENT = {"review": REVIEW, "indicator": INDICATOR, "inspection_point": INSPECTION_POINT}
