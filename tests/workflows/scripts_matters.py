"""Scripts of the workflows on matters themselves: persuasion, lists, and the lines of a list."""

from collections.abc import Callable

from tests.workflows.script import OFFICE, SUPERVISOR, Script, always, handler
from tests.workflows.stage import Stage, Step

from duban.engine.model.case import Case

PERSUADER, ENFORCER = "renhejie-handler", "law-enforcement-handler"


# --- persuasion ------------------------------------------------------------------------------------------------------


def _persuasion(stage: Stage) -> Case:
    category = "spitting" if "end_explained" in stage.events else "random-hanging"
    return stage.start(
        "persuasion", Step(OFFICE, {"title": "一处行为", "category": category, "unit": "renhejie"}), "open"
    )


PERSUASION = Script(
    openings={"open": _persuasion},
    steps={
        "attempt": always(PERSUADER, measures="上门劝导"),
        "heed": always(PERSUADER, finding="已自行清理"),
        "hand_over": always(PERSUADER, reason="两次劝导无效"),
        "end_explained": always(PERSUADER, finding="已当面宣教"),
        "enforce": always(ENFORCER, decision="责令改正", basis="市容环境卫生管理条例"),
        "find_no_ground": always(ENFORCER, finding="属自有场地"),
        "withdraw": always(OFFICE, reason="重复交办"),
    },
)

# --- matter_list -----------------------------------------------------------------------------------------------------

LIST = {"title": "十一月关键小事", "kind": "key_small_matters"}
LINE = {
    "line_title": "楼道无灯",
    "line_unit": "planning-construction",
    "line_source": "社区走访",
    "line_called_since": "2020-05-01",
}


def _compiled(stage: Stage) -> Case:
    return stage.start("matter_list", Step(OFFICE, LIST), "compile")


def _with_a_line(stage: Stage) -> Step:
    stage.fire(stage.case, "add_line", Step(OFFICE, LINE))
    return Step(OFFICE)


def _without_lines(by: str, **data: str) -> Callable[[Stage], Step]:
    def step(stage: Stage) -> Step:
        for line in stage.children("matter", open=True):
            stage.fire(line, "withdraw", Step(OFFICE, {"reason": "重复列入"}))
        return Step(by, data)

    return step


MATTER_LIST = Script(
    openings={"compile": _compiled},
    steps={
        "add_line": always(OFFICE, **LINE),
        "publish": _with_a_line,
        "clear": _without_lines(OFFICE),
        "void": _without_lines(OFFICE, reason="重复编制"),
    },
)

# --- matter ----------------------------------------------------------------------------------------------------------


def _line(stage: Stage) -> Case:
    stage.case = _compiled(stage)
    stage.fire(stage.case, "add_line", Step(OFFICE, LINE))
    return stage.children("matter")[0]


MATTER = Script(
    openings={"enter": _line},
    steps={
        "take_in_hand": lambda stage: Step(handler(stage)),
        "reassign": always(OFFICE, unit="civil-affairs", reason="职责所在"),
        "resolve": lambda stage: Step(handler(stage), {"measures": "已更换灯具"}, ["material"]),
        "verify": always(SUPERVISOR, finding="符合要求"),
        "rework": always(SUPERVISOR, reason="仍有一层未亮"),
        "answer": lambda stage: Step(handler(stage), {"answer": "已修好", "channel": "visit"}),
        "sign_off": always(OFFICE),
        "withdraw": always(OFFICE, reason="重复列入"),
    },
)

MATTERS = {"persuasion": PERSUASION, "matter_list": MATTER_LIST, "matter": MATTER}
