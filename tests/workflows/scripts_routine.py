"""Scripts of the workflows that come again by the calendar: rounds, weekly reports, bulletins."""

from tests.workflows.script import LEADER, OFFICE, SUPERVISOR, Script, always, handler
from tests.workflows.stage import Stage, Step

from duban.engine.model.case import Case

SECRETARY, WALKER, HEAD = "discipline-secretary", "law-enforcement-handler", "law-enforcement-head"
ROUND = {"day": "2020-11-23", "unit": "law-enforcement", "site": "market-perimeter"}
FINDING = {"finding_title": "占道经营", "finding_category": "street-trading", "finding_place": "市场东门"}

# --- round -----------------------------------------------------------------------------------------------------------


def _the_day_after(stage: Stage) -> Step:
    stage.clock.move_to("2020-11-24T00:00:00+08:00")
    return Step("scheduler")


ROUNDS = Script(
    openings={"plan": lambda stage: stage.start("round", Step(OFFICE, ROUND), "plan")},
    steps={
        "begin": always(WALKER),
        "report_finding": always(WALKER, **FINDING),
        "submit": always(WALKER, "photo_route", route="市场东门至西门", result="clear", points_checked=12),
        "send_back": always(SUPERVISOR, reason="照片看不出路线"),
        "lock": always(SUPERVISOR),
        "mark_missed": _the_day_after,
        "cancel": always(OFFICE, reason="暴雨预警"),
    },
)

# --- report ----------------------------------------------------------------------------------------------------------

OWED = {"unit": "safety", "week_ending": "2020-11-27", "due_on": "2020-11-25"}


def _filed(stage: Stage) -> None:
    """The outbox fires it, with what it compiled."""
    stage.engine.deliver()


REPORT = Script(
    openings={"owe": lambda stage: stage.start("report", Step(OFFICE, OWED), "owe")},
    steps={
        "compile": lambda stage: Step(handler(stage)),
        "file_snapshot": _filed,
        "submit": lambda stage: Step(handler(stage), {"summary": "开展巡查五次", "problems_found": 3}, ["material"]),
        "accept": always(OFFICE),
        "send_back": always(OFFICE, reason="未附照片"),
        "waive": always(OFFICE, reason="当周放假"),
    },
)

# --- bulletin --------------------------------------------------------------------------------------------------------

TO_ISSUE = ("draft", "circulate", "close_objections", "review", "sign", "issue")


def _bulletin(stage: Stage) -> Case:
    return stage.start("bulletin", Step(OFFICE, {"week_ending": "2020-11-27"}), "open")


def _drafted(stage: Stage) -> Step:
    stage.engine.deliver()
    return Step(OFFICE, {"overall": "总体平稳", "demands": "限期整改"})


def _issued(stage: Stage, case: Case) -> Case:
    """A bulletin that is cut off, brought to its issue."""
    for event in TO_ISSUE:
        step = BULLETIN.steps[event](stage)
        assert step is not None
        case = stage.fire(case, event, step)
    return case


def _correction(stage: Stage) -> Case:
    first = stage.fire(_bulletin(stage), "cut_off", Step(OFFICE))
    stage.case = stage.fire(_issued(stage, first), "correct", Step(OFFICE, {"correction": "数据有误"}))
    return stage.children("bulletin")[0]


def _superseded(stage: Stage) -> None:
    stage.fire(stage.case, "correct", Step(OFFICE, {"correction": "数据有误"}))
    _issued(stage, stage.children("bulletin")[0])


BULLETIN = Script(
    openings={"open": _bulletin, "open_correction": _correction},
    steps={
        "cut_off": always(OFFICE),
        "file_snapshot": _filed,
        "draft": _drafted,
        "circulate": always(OFFICE),
        "object": always(HEAD, objection="该问题不属本单位"),
        "close_objections": always("scheduler"),
        "review": always(SECRETARY, review="情况属实"),
        "redraft": always(SECRETARY, reason="数据有误"),
        "sign": always(LEADER),
        "issue": always(OFFICE, number=7),
        "respond": always(HEAD, unit_response="已全部整改"),
        "conclude_responses": always(OFFICE, response="各单位均已整改"),
        "archive": always(OFFICE),
        "correct": always(OFFICE, correction="数据有误"),
        "supersede": _superseded,
        "call_off": always(LEADER, reason="误启动"),
    },
)

ROUTINE = {"round": ROUNDS, "report": REPORT, "bulletin": BULLETIN}
