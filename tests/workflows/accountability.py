"""Scripts of the workflows that hold units and posts to account: supervision orders, referrals, appeals."""

from tests.workflows.script import OFFICE, SUPERVISOR, Script, always
from tests.workflows.stage import Stage, Step

from duban.engine.model.case import Case

SECRETARY, PARTY, STAFF = "discipline-secretary", "party-secretary", "discipline-staff-1"


def _late(stage: Stage, wait: str, workflow: str) -> Case:
    """A child that the ladder of an overdue issue started."""
    data = {"title": "一处问题", "category": "random-hanging", "place": "某处"}
    parent = stage.start("issue", Step("patrol-member", data), "report")
    stage.case = stage.fire(parent, "assign", Step(OFFICE))
    stage.clock.advance(wait)
    stage.engine.sweep()
    return stage.children(workflow)[0]


ORDER = Script(
    openings={"issue_order": lambda stage: _late(stage, "4 working days", "supervision_order")},
    steps={
        "reply": always("law-enforcement-head", "material", reply="人手不足，明日完成"),
        "accept": always(SUPERVISOR, finding="同意"),
        "insufficient": always("discipline-secretary", reason="未说明完成时间"),
        "withdraw": always(OFFICE, reason="已另行处理"),
    },
)

# --- referral --------------------------------------------------------------------------------------------------------


def _granted(stage: Stage) -> None:
    stage.fire(stage.case, "appeal", Step(STAFF, {"appeal_grounds": "情况有出入"}))
    appeal = stage.children("appeal")[0]
    stage.fire(appeal, "admit", Step(STAFF))
    stage.fire(appeal, "grant", Step(PARTY, {"opinion": "重新处置"}))


REFERRAL = Script(
    openings={"propose": lambda stage: _late(stage, "8 working days", "referral")},
    steps={
        "approve": always(SECRETARY, opinion="同意移送"),
        "decline": always(PARTY, reason="情节轻微"),
        "transfer": always(SECRETARY, "material"),
        "send_back": always(STAFF, reason="材料不全"),
        "register": always(STAFF),
        "hear": always(STAFF, concerned="law-enforcement-head", statement="已说明情况"),
        "open_interview": always(SECRETARY, opinion="谈话"),
        "open_review": always(SECRETARY, opinion="核实"),
        "hold": always(SECRETARY, opinion="暂存"),
        "dismiss": always(SECRETARY, opinion="了结"),
        "conclude": always(STAFF, conclusion="已提醒谈话"),
        "feed_back": always(STAFF, feedback="已办结"),
        "appeal": always(STAFF, appeal_grounds="情况有出入"),
        "reopen": _granted,
        "archive": always(STAFF),
    },
)

# --- appeal ----------------------------------------------------------------------------------------------------------


def _against_order(stage: Stage) -> Case:
    order = _late(stage, "4 working days", "supervision_order")
    data = {"title": "督办单申诉", "grounds": "不属本单位职责", "order": order.ref}
    stage.start("appeal", Step("law-enforcement-head", data), "lodge")
    return stage.engine.find("appeal", by=STAFF, data={"order": order.ref})[0]


def _against_disposition(stage: Stage) -> Case:
    case = _late(stage, "8 working days", "referral")
    for event in ("approve", "transfer", "register", "hear", "dismiss", "conclude", "appeal"):
        step = REFERRAL.steps[event](stage)
        assert step is not None
        case = stage.fire(case, event, step)
    stage.case = case
    return stage.children("appeal")[0]


def _admitted(stage: Stage) -> Step:
    return Step(STAFF, {"decided_as": ["supervision-member-1"]} if "lodge" in stage.events else {})


APPEAL = Script(
    openings={"lodge": _against_order, "lodge_disposition": _against_disposition},
    steps={
        "admit": _admitted,
        "refuse": always(PARTY, reason="逾期提出"),
        "uphold": always(PARTY, opinion="原决定适当"),
        "grant": always(PARTY, opinion="申诉成立"),
        "answer": always(STAFF, answer="已书面答复"),
    },
)

# --- fact_appeal -----------------------------------------------------------------------------------------------------


def _against_lateness(stage: Stage) -> Case:
    order = _late(stage, "4 working days", "supervision_order")
    assert order.parent is not None
    data = {"title": "整改时限申诉", "about": order.parent, "fact": "late_rectification", "grounds": "停电期间无法施工"}
    return stage.start("fact_appeal", Step("law-enforcement-head", data), "lodge")


FACT_APPEAL = Script(
    openings={"lodge": _against_lateness},
    steps={
        "grant": always(SECRETARY, opinion="情况属实"),
        "dismiss": always(SECRETARY, opinion="理由不足"),
        "withdraw": always("law-enforcement-head"),
    },
)

ACCOUNTABILITY = {"supervision_order": ORDER, "referral": REFERRAL, "appeal": APPEAL, "fact_appeal": FACT_APPEAL}
