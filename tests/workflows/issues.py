"""Scripts of issues and of the requests that are made for them."""

from collections.abc import Callable
from typing import Any

from tests.workflows.script import OFFICE, SUPERVISOR, Script, always, handler
from tests.workflows.scripts_assessment import FAULT, INDICATOR
from tests.workflows.scripts_routine import FINDING, ONE_SITE, POINT, WALKER
from tests.workflows.stage import Stage, Step

from duban.engine.model.case import Case

DEPUTY, OTHER = "deputy-director-3", "emergency"
ISSUE_DATA = {"title": "一处问题", "category": "random-hanging", "place": "某处"}
ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "ask_extension": ("request_extension", {"days": 2, "grounds": "需协调产权单位"}),
    "ask_return": ("request_return", {"grounds": "不属本单位职责", "hand_to": OTHER}),
    "ask_suspension": ("request_suspension", {"grounds": "待产权确认", "review_on": "2020-12-03"}),
    "ask_void": ("request_void", {"grounds": "重复上报"}),
}
"""Of each way to open a request: the event of the issue, and what is given with it."""


def _issue(by: str, **more: str) -> Callable[[Stage], Case]:
    def start(stage: Stage) -> Case:
        event = stage.events[0]
        category = "vagrancy-help" if "assist" in stage.events else "random-hanging"
        severity = {"severity": "minor"} if "handle_on_site" in stage.events and event == "report" else {}
        return stage.start("issue", Step(by, {"title": "一处问题", "category": category, **more, **severity}), event)

    return start


def _found_on_a_round(stage: Stage) -> Case:
    planned = stage.start("round", Step(OFFICE, ONE_SITE), "plan_site")
    if "assist" in stage.events:
        stage.case = stage.fire(planned, "refer_help", Step(WALKER, {"site": POINT, "place": "市场东侧桥下"}))
    else:
        severity = {"severity": "minor"} if "handle_on_site" in stage.events else {}
        found = {**FINDING, "category": "random-hanging", "site": POINT, "result": "reported", **severity}
        stage.case = stage.fire(planned, "check", Step(WALKER, found, ["photo"]))
    return stage.children("issue")[0]


def _found_by_the_assessment(stage: Stage) -> Case:
    category = "vagrancy-help" if "assist" in stage.events else "random-hanging"
    severity = {"severity": "minor"} if "handle_on_site" in stage.events else {}
    stage.case = INDICATOR.openings["add"](stage)
    prepared = stage.fire(stage.case, "prepare", Step(OFFICE, {"statement": "材料齐备"}))
    stage.fire(prepared, "fail", Step(SUPERVISOR, {**FAULT, "category": category, **severity}))
    return stage.children("issue")[0]


def _assign(stage: Stage) -> Step:
    parts = {"joint_units": ["planning-construction"]} if "part_done" in stage.events else {}
    elsewhere = {"unit": OTHER} if stage.now().data.get("returned_by") else {}
    return Step(OFFICE, {**parts, **elsewhere})


def part_done(stage: Stage) -> None:
    """The first open part of the walked case is done."""
    part = stage.children("part", open=True)[0]
    stage.fire(part, "complete", Step(f"{part.unit}-handler", {"contribution": "已配合"}))


def without_parts(by: str, **data: Any) -> Callable[[Stage], Step]:
    """A step before which every open part is withdrawn."""

    def step(stage: Stage) -> Step:
        for part in [*stage.children("part", open=True), *stage.children("persuasion", open=True)]:
            stage.fire(part, "withdraw", Step(OFFICE, {"reason": "无需配合"}))
        return Step(by, data)

    return step


def _ended(by: str, **data: str) -> Callable[[Stage], Step]:
    def step(stage: Stage) -> Step:
        answer = {"answer": "已处理，谢谢"} if "report_by_resident" in stage.events else {}
        return without_parts(by, **data, **answer)(stage)

    return step


def _asked(stage: Stage, opening: str) -> Case:
    """The open request of a kind for the walked issue; asked for now, if it was not."""
    event, data = ASKED[opening]
    kind = opening.removeprefix("ask_")
    found = [request for request in stage.children("request", open=True) if request.data["kind"] == kind]
    if not found:
        stage.fire(stage.case, event, Step(handler(stage), data))
        found = [request for request in stage.children("request", open=True) if request.data["kind"] == kind]
    return found[0]


def _extended(stage: Stage) -> None:
    stage.fire(_asked(stage, "ask_extension"), "grant_extension", Step(OFFICE))


def _returned(stage: Stage) -> None:
    stage.fire(_asked(stage, "ask_return"), "grant_return", Step(OFFICE))


def _settled(stage: Stage) -> None:
    accepted = stage.now().state == "accepted"
    _returned(stage)
    stage.fire(stage.case, "assign", Step(OFFICE, {"unit": OTHER}))
    if accepted:
        stage.fire(stage.case, "accept", Step(f"{OTHER}-handler"))
    settled = {"hand_to": "planning-construction", "decision": "由规建办承办"}
    stage.fire(_asked(stage, "ask_return"), "settle", Step(DEPUTY, settled))


def _upheld(stage: Stage) -> None:
    accepted = stage.now().state == "accepted"
    _returned(stage)
    stage.fire(stage.case, "assign", Step(OFFICE, {"unit": OTHER}))
    if accepted:
        stage.fire(stage.case, "accept", Step(f"{OTHER}-handler"))
    stage.fire(_asked(stage, "ask_return"), "uphold", Step(DEPUTY, {"decision": "仍由该单位承办"}))


def _another(stage: Stage) -> Case:
    return stage.start("issue", Step("patrol-member", ISSUE_DATA), "report")


def _merge(stage: Stage) -> Step:
    return without_parts(OFFICE, master=_another(stage).ref)(stage)


def _taken_in(stage: Stage) -> None:
    stage.fire(_another(stage), "merge", Step(OFFICE, {"master": stage.case.ref}))


def _given_back(stage: Stage) -> None:
    other = _another(stage)
    stage.fire(other, "merge", Step(OFFICE, {"master": stage.case.ref}))
    stage.fire(other, "unmerge", Step(OFFICE, {"reason": "并非同一问题"}))


def _master(stage: Stage) -> Case:
    return stage.engine.get(stage.now().data["master"], by=OFFICE)


def _released(stage: Stage) -> None:
    stage.fire(_master(stage), "reject", Step(OFFICE, {"reason": "不属本辖区"}))


def _closed_with_master(stage: Stage) -> None:
    master = _master(stage)
    unit = f"{master.unit}-handler"
    stage.fire(master, "assign", Step(OFFICE))
    stage.fire(master, "rectify", Step(unit, {"measures": "已规范"}, ["photo_after"]))
    stage.fire(master, "verify", Step(SUPERVISOR))
    stage.fire(master, "close", Step(OFFICE, {"answer": "已处理，谢谢"}))


def _issue_fits(events: tuple[str, ...]) -> bool:
    if "part_done" in events and "assign" not in events[: events.index("part_done")]:
        return False
    if "handle_on_site" in events and ("assist" in events or events[0] == "report_by_resident"):
        return False  # what a resident reports is prominent until the office grades it
    return not {"assist", "rectify"} <= set(events)


ISSUE = Script(
    openings={
        "report": _issue("renhejie-1-worker", grid="renhejie-1", place="某处"),
        "report_by_resident": _issue("resident", community="renhejie"),
        "report_from_round": _found_on_a_round,
        "report_from_assessment": _found_by_the_assessment,
    },
    steps={
        "grade": always("discipline-secretary", severity="serious", reason="影响较大"),
        "assign": _assign,
        "persuade": always(OFFICE),
        "reassign": always(OFFICE, unit=OTHER, reason="职责所在"),
        "accept": lambda stage: Step(handler(stage)),
        "rectify": lambda stage: Step(handler(stage), {"measures": "已规范"}, ["photo_after"]),
        "assist": lambda stage: Step(handler(stage), {"measures": "已提供救助"}),
        "handle_on_site": always("patrol-member", "photo_before", "photo_after", measures="当场清理"),
        "verify": always(SUPERVISOR, finding="符合要求"),
        "rework": always(SUPERVISOR, reason="仍有残留"),
        "suspend": always(DEPUTY, reason="待产权确认", review_on="2020-12-03"),
        "resume": always(DEPUTY),
        "request_extension": lambda stage: Step(handler(stage), ASKED["ask_extension"][1]),
        "extend": _extended,
        "request_return": lambda stage: Step(handler(stage), ASKED["ask_return"][1]),
        "return_dispatch": _returned,
        "settle_dispatch": _settled,
        "uphold_dispatch": _upheld,
        "request_suspension": lambda stage: Step(handler(stage), ASKED["ask_suspension"][1]),
        "request_void": lambda stage: Step(handler(stage), ASKED["ask_void"][1]),
        "merge": _merge,
        "take_in": _taken_in,
        "unmerge": always(OFFICE, reason="并非同一问题"),
        "give_back": _given_back,
        "release": _released,
        "close_with_master": _closed_with_master,
        "list_in_bulletin": always(OFFICE),
        "bulletined": always("scheduler"),
        "part_done": part_done,
        "close": _ended(OFFICE),
        "reject": _ended(OFFICE, reason="不属本辖区"),
        "void": _ended(OFFICE, reason="重复上报"),
        "reopen": always(OFFICE, reason="问题反弹"),
    },
    fits=_issue_fits,
)


def _request(opening: str) -> Callable[[Stage], Case]:
    def start(stage: Stage) -> Case:
        stage.case = stage.start("issue", Step("patrol-member", ISSUE_DATA), "report")
        stage.fire(stage.case, "assign", Step(OFFICE))
        if {"settle", "uphold"} & set(stage.events):
            _returned(stage)
            stage.fire(stage.case, "assign", Step(OFFICE, {"unit": OTHER}))
        return _asked(stage, opening)

    return start


def _decider(stage: Stage) -> str:
    return DEPUTY if stage.now().data["kind"] == "suspension" else OFFICE


def _lapsed(stage: Stage) -> None:
    request = stage.now()
    assert request.parent is not None
    issue = stage.engine.get(request.parent, by=OFFICE)
    stage.fire(issue, "rectify", Step(f"{issue.unit}-handler", {"measures": "已规范"}, ["photo_after"]))


_GRANTS = {
    "grant_extension": "ask_extension", "grant_return": "ask_return", "settle": "ask_return", "uphold": "ask_return",
    "grant_suspension": "ask_suspension", "grant_void": "ask_void",
}  # fmt: skip

REQUEST = Script(
    openings={opening: _request(opening) for opening in ASKED},
    steps={
        "grant_extension": always(OFFICE, decision="同意"),
        "grant_return": always(OFFICE, decision="同意"),
        "settle": always(DEPUTY, hand_to="planning-construction", decision="由规建办承办"),
        "uphold": always(DEPUTY, decision="仍由该单位承办"),
        "grant_suspension": always(DEPUTY, decision="同意"),
        "grant_void": always(OFFICE, decision="同意"),
        "refuse": lambda stage: Step(_decider(stage), {"decision": "理由不充分"}),
        "withdraw": lambda stage: Step(handler(stage)),
        "lapse": _lapsed,
    },
    fits=lambda events: all(_GRANTS.get(event, events[0]) == events[0] for event in events[1:]),
)
