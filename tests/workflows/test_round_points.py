"""The points of a daily round (S7, S12): each told of by itself, with its photograph and its issue."""

from pathlib import Path

import pytest
from tests.workflows.rounds import (
    CATALOGUE,
    CIRCUITS,
    FOUND,
    MARKET,
    OFFICE,
    ROUTE,
    SITES,
    TODAY,
    WALKER,
    checked,
    circuit,
    planned,
)

import duban
from duban.testing import FrozenClock


def test_a_point_is_checked_with_a_photograph_or_not_at_all(engine: duban.Engine) -> None:
    with pytest.raises(duban.InvalidData):
        engine.fire(planned(engine).ref, "check", by=WALKER, data={"site": MARKET, "result": "clear"})


def test_the_circuits_walk_every_key_site_once_and_open_early_where_there_are_peak_hours() -> None:
    walked = [site for one in CIRCUITS.values() for site in one["sites"]]
    assert sorted(walked) == sorted(SITES)
    early = {name for name, one in CIRCUITS.items() if any(SITES[site]["peak_hours"] for site in one["sites"])}
    assert early == {name for name, one in CIRCUITS.items() if one["opens"] == "early"}
    for site in SITES.values():
        actions = [CATALOGUE["special-actions"][key] for key in site["for"] if key in CATALOGUE["special-actions"]]
        assert site["peak_hours"] == [hour for action in actions for hour in action["peak_hours"]]


@pytest.mark.parametrize(("at", "in_peak"), [("06:59", False), ("07:00", True), ("08:59", True), ("09:00", False)])
def test_it_is_kept_whether_a_point_was_looked_at_in_its_peak_hours(
    engine: duban.Engine, clock: FrozenClock, photo: Path, at: str, in_peak: bool
) -> None:
    clock.move_to(f"2020-11-20T{at}:00+08:00")
    case = circuit(engine, "conduct", day="2020-11-20")
    done = checked(engine, case, photo, "schools", by="party-government-handler")
    assert done.data["in_peak"] is in_peak


def test_a_round_is_not_submitted_while_a_point_was_neither_checked_nor_excused(
    engine: duban.Engine, photo: Path
) -> None:
    case, files = circuit(engine), {"photo_route": photo}
    for site in CIRCUITS["street-order"]["sites"][:-1]:
        case = checked(engine, case, photo, site)
    with pytest.raises(duban.GuardRefused, match="neither checked nor excused"):
        engine.fire(case.ref, "submit", by=WALKER, data=ROUTE, evidence=files)
    engine.fire(case.ref, "excuse", by=WALKER, data={"site": "main-road-balconies", "reason": "临时封路"})
    done = engine.fire(case.ref, "submit", by=WALKER, data=ROUTE, evidence=files).case
    assert (done.data["points_due"], done.data["points_checked"], done.data["unseen"]) == (
        7, 6, ["main-road-balconies"],
    )  # fmt: skip


def test_a_round_on_which_everything_was_excused_is_none(engine: duban.Engine, photo: Path) -> None:
    case = planned(engine)
    engine.fire(case.ref, "excuse", by=WALKER, data={"site": MARKET, "reason": "市场闭市"})
    with pytest.raises(duban.GuardRefused, match="no point was looked at"):
        engine.fire(case.ref, "submit", by=WALKER, data=ROUTE, evidence={"photo_route": photo})


def test_a_record_tells_every_point_with_its_own_result_photograph_and_issue(engine: duban.Engine, photo: Path) -> None:
    case = circuit(engine, "cleanliness")
    by = "planning-construction-handler"
    checked(engine, case, photo, "restaurants", by=by)
    checked(engine, case, photo, "main-roads", by=by, result="put_right", what="清理垃圾一处")
    checked(engine, case, photo, "back-lanes", by=by, result="reported", what="积存垃圾", category="exposed-garbage")
    (issue,) = engine.find("issue", by=OFFICE, parent=case.ref)
    lines = engine.records(case.ref, by=OFFICE)["points"]
    assert [(line.value, line.data["result"], len(line.data["photo"] or ()), line.cases) for line in lines] == [
        ("restaurants", "clear", 1, ()),
        ("main-roads", "put_right", 1, ()),
        ("back-lanes", "reported", 1, (issue.ref,)),
        ("old-compounds", None, 0, ()),
    ]
    assert lines[0].data["peak_hours"] == SITES["restaurants"]["peak_hours"]
    assert [line.row.seq if line.row else None for line in lines] == [2, 3, 4, None]


def test_peak_hours_are_told_before_a_point_is_checked(engine: duban.Engine) -> None:
    lines = engine.records(circuit(engine, "conduct").ref, by=OFFICE)["points"]
    assert [(line.row, line.data["peak_hours"]) for line in lines] == [
        (None, SITES[line.value]["peak_hours"]) for line in lines
    ]


def test_a_point_that_is_checked_again_tells_the_last_result(engine: duban.Engine, photo: Path) -> None:
    case = checked(engine, planned(engine), photo, **FOUND)
    assert case.data["found"] == [MARKET]
    case = checked(engine, case, photo)
    (line,) = engine.records(case.ref, by=OFFICE)["points"]
    assert (line.data["result"], case.data["found"], case.data["points_checked"]) == ("clear", [], 1)


def test_a_finding_becomes_an_issue_with_its_photograph_in_one_step(engine: duban.Engine, photo: Path) -> None:
    case = planned(engine, community="renhejie")
    done = engine.fire(
        case.ref, "check", by=WALKER, data={"site": MARKET, **FOUND, "severity": "serious"}, evidence={"photo": photo}
    )
    (issue,) = engine.find("issue", by=OFFICE, parent=case.ref)
    assert done.started == (issue.ref,)
    assert {name: issue.data[name] for name in ("title", "category", "site", "place", "community", "channel")} == {
        "title": "占道经营", "category": "street-trading", "site": MARKET, "place": "市场东门",
        "community": "renhejie", "channel": "round",
    }  # fmt: skip
    assert issue.data["photo_before"] == done.case.data["photo"]
    assert (issue.state, issue.unit, issue.data["severity"]) == ("reported", "law-enforcement", "serious")
    assert engine.fire(issue.ref, "assign", by=OFFICE).case.state == "assigned"
    assert engine.verify() == []


def test_what_lies_between_the_points_is_reported_as_well(engine: duban.Engine, photo: Path) -> None:
    case = checked(engine, planned(engine), photo)
    data = {"what": "乱停车", "category": "illegal-parking", "place": "市场西侧路口"}
    engine.fire(case.ref, "report_finding", by=WALKER, data=data, evidence={"photo": photo})
    (issue,) = engine.find("issue", by=OFFICE, parent=case.ref)
    assert (issue.data.get("site"), issue.data["place"]) == (None, "市场西侧路口")
    done = engine.fire(case.ref, "submit", by=WALKER, data=ROUTE, evidence={"photo_route": photo}).case
    assert done.data["outcome"] == "findings"


def test_nothing_of_one_finding_is_told_of_the_next(engine: duban.Engine, photo: Path) -> None:
    case = checked(engine, circuit(engine), photo, **FOUND, severity="minor")
    second = {"result": "reported", "what": "乱停车", "category": "illegal-parking"}
    case = checked(engine, case, photo, "renmin-road", **second)
    newest, first = engine.find("issue", by=OFFICE, parent=case.ref)
    assert [issue.data["severity"] for issue in (first, newest)] == ["minor", "prominent"]
    assert [issue.data.get("place") for issue in (first, newest)] == ["市场东门", None]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"result": "reported", "category": "street-trading"}, "say what was found"),
        ({"result": "put_right"}, "say what was found"),
        ({"result": "reported", "what": "占道经营"}, "which category"),
        ({"result": "clear", "what": "占道经营"}, "put_right or reported"),
        ({"result": "excused"}, "use excuse"),
        ({"result": "clear", "site": "bashu-school"}, "no point of this round"),
        ({"result": "reported", "what": "摊主 13800000000", "category": "street-trading"}, "nothing about a person"),
        ({"result": "reported", "what": "有人露宿", "category": "vagrancy-help"}, "photographed"),
    ],
)
def test_a_point_is_told_of_whole_and_without_anything_about_a_person(
    engine: duban.Engine, photo: Path, data: dict[str, str], why: str
) -> None:
    with pytest.raises(duban.GuardRefused, match=why):
        checked(engine, planned(engine), photo, **data)


def test_somebody_who_needs_help_is_passed_on_without_a_photograph(engine: duban.Engine) -> None:
    data = {"day": TODAY, "unit": "civil-affairs", "circuit": "assistance"}
    case = engine.start("round", by=OFFICE, event="plan", data=data)
    told = {"site": "underpasses", "place": "三号通道"}
    case = engine.fire(case.ref, "refer_help", by="civil-affairs-handler", data=told).case
    (issue,) = engine.find("issue", by=OFFICE, parent=case.ref)
    assert (issue.data["kind"], issue.unit, issue.data.get("photo_before")) == ("assistance", "civil-affairs", None)
    assert case.data["checked"] == ["underpasses"]
