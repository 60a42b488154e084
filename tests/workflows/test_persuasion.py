"""Persuasion first, enforcement after (S16): the ladder on the matter itself, apart from the one on the staff."""

from typing import Any

import pytest
from tests.workflows.machines import read

import duban
from duban.engine.model.case import Case
from duban.testing import FrozenClock

CATEGORIES = read("catalogue.yaml")["categories"]
ENFORCERS = {
    "gambling": "police-station",  # actions 2(3)2
    "not-yielding": "traffic-police",  # actions 2(1)4
    "random-hanging": "law-enforcement",  # actions 2(4)4
    "balcony-piling": "law-enforcement",  # actions 2(4)4
    "small-ads": "law-enforcement",  # actions 2(4)2
    "street-trading": "law-enforcement",  # plan 4(2)1(2)4
    "market-perimeter": "law-enforcement",  # plan 4(2)2(2)1
    "small-shops": "market-supervision",  # default
    "illegal-parking": "traffic-police",  # default
}
OFFICE, PERSUADER = "office-coordination-1", "renhejie-handler"
TRIED = {"measures": "上门劝导"}
DECISION = {"decision": "责令改正", "basis": "市容环境卫生管理条例"}


def opened(engine: duban.Engine, category: str = "random-hanging", unit: str = "renhejie") -> Case:
    """A matter that a unit is to persuade about."""
    return engine.start("persuasion", by=OFFICE, data={"title": "一处行为", "category": category, "unit": unit})


def tried(engine: duban.Engine, case: Case, by: str = PERSUADER) -> Case:
    """The matter after an attempt."""
    return engine.fire(case.ref, "attempt", by=by, data=TRIED).case


def handed_over(engine: duban.Engine, clock: FrozenClock, **matter: Any) -> Case:
    """A matter that nobody heeded, handed over by the scheduler."""
    case = opened(engine, **matter)
    tried(engine, case, f"{case.unit}-handler")
    clock.advance("3 working days")
    engine.sweep()
    return engine.get(case.ref, by=OFFICE)


def events(engine: duban.Engine, case: Case) -> list[str]:
    """What happened to a case, without the steps of its ladders."""
    return [row.event for row in engine.history(case.ref, by=OFFICE) if "@" not in row.event]


def test_the_notice_gives_the_power_to_enforce_to_these_units_and_to_no_other() -> None:
    declared = {name: entry["enforcer"] for name, entry in CATEGORIES.items() if "enforcer" in entry}
    assert declared == ENFORCERS


@pytest.mark.parametrize("category", CATEGORIES)
def test_conduct_and_what_can_be_enforced_is_persuaded_and_help_never_is(engine: duban.Engine, category: str) -> None:
    kind = CATEGORIES[category]["kind"]
    if kind == "conduct" or category in ENFORCERS:
        case = opened(engine, category)
        assert (case.state, case.data.get("enforcer")) == ("opened", ENFORCERS.get(category))
    else:
        with pytest.raises(duban.GuardRefused) as refused:
            opened(engine, category)
        wanted = "help" if kind == "assistance" else "only conduct is persuaded"
        assert [wanted in reason for reason in refused.value.reasons] == [True]


def test_what_is_heeded_is_never_enforced(engine: duban.Engine, clock: FrozenClock) -> None:
    case = tried(engine, opened(engine))
    assert engine.fire(case.ref, "heed", by=PERSUADER, data={"finding": "已自行清理"}).case.state == "heeded"
    clock.advance("10 working days")
    engine.sweep()
    assert events(engine, case) == ["open", "attempt", "heed"]


def test_nothing_is_handed_over_before_somebody_tried(engine: duban.Engine, clock: FrozenClock) -> None:
    case = opened(engine)
    for by in (PERSUADER, OFFICE):
        with pytest.raises(duban.TransitionNotAllowed):
            engine.fire(case.ref, "hand_over", by=by, data={"reason": "不听劝导"})
    clock.advance("10 working days")
    engine.sweep()
    assert engine.get(case.ref, by=OFFICE).state == "opened"
    engine.deliver()
    for post in (PERSUADER, "renhejie-secretary"):
        told = [notice for notice in engine.inbox(by=post, limit=1000) if notice.ref == case.ref]
        assert any("nobody" in notice.text.en for notice in told), post


def test_the_scheduler_hands_over_a_working_day_after_the_time_to_heed(
    engine: duban.Engine, clock: FrozenClock
) -> None:
    case = tried(engine, opened(engine))
    clock.advance("2 working days")
    engine.sweep()
    engine.deliver()
    assert any(notice.ref == case.ref for notice in engine.inbox(by=PERSUADER, limit=1000))
    clock.advance("6 working hours 59 working minutes")
    engine.sweep()
    assert engine.get(case.ref, by=OFFICE).state == "persuading"
    clock.advance("1 working minute")
    engine.sweep()
    engine.deliver()
    now = engine.get(case.ref, by=OFFICE)
    assert (now.state, now.unit, now.data["persuading_unit"]) == ("handed_over", "law-enforcement", "renhejie")
    assert any(notice.ref == case.ref for notice in engine.inbox(by="law-enforcement-head", limit=1000))


def test_each_attempt_gives_the_time_to_heed_anew(engine: duban.Engine, clock: FrozenClock) -> None:
    case = tried(engine, opened(engine))
    clock.advance("2 working days")
    engine.sweep()
    again = tried(engine, case, "persuader")
    assert (again.data["attempts"], again.data["persuaded_as"]) == (2, [PERSUADER, "persuader"])
    clock.advance("2 working days")
    engine.sweep()
    engine.deliver()
    assert engine.get(case.ref, by=OFFICE).state == "persuading"
    assert case.ref in [notice.ref for notice in engine.inbox(by="persuader", limit=1000)]
    clock.advance("1 working day")
    engine.sweep()
    assert engine.get(case.ref, by=OFFICE).state == "handed_over"


def test_where_nobody_has_the_power_the_matter_ends_as_explained(engine: duban.Engine, clock: FrozenClock) -> None:
    case = tried(engine, opened(engine, "spitting"))
    with pytest.raises(duban.GuardRefused, match="nobody has the power"):
        engine.fire(case.ref, "hand_over", by=PERSUADER, data={"reason": "不听劝导"})
    clock.advance("4 working days")
    engine.sweep()
    assert engine.get(case.ref, by=OFFICE).state == "explained"
    assert events(engine, case) == ["open", "attempt", "end_explained"]
    other = tried(engine, opened(engine))
    with pytest.raises(duban.GuardRefused, match="somebody has the power"):
        engine.fire(other.ref, "end_explained", by=PERSUADER)


def test_only_the_unit_with_the_power_decides_and_names_the_measure_and_its_basis(
    engine: duban.Engine, clock: FrozenClock
) -> None:
    case = handed_over(engine, clock, category="gambling", unit="safety")
    for stranger in ("safety-head", "law-enforcement-head"):
        for event, data in (("enforce", DECISION), ("find_no_ground", {"finding": "无违法事实"})):
            with pytest.raises(duban.GuardRefused, match="only the unit with the power"):
                engine.fire(case.ref, event, by=stranger, data=data)
    for data in ({"decision": "责令改正"}, {"basis": "治安管理处罚法"}):
        with pytest.raises(duban.InvalidData):
            engine.fire(case.ref, "enforce", by="police-station-head", data=data)
    assert engine.fire(case.ref, "enforce", by="police-station-head", data=DECISION).case.state == "enforced"


def test_the_enforcer_may_find_no_ground(engine: duban.Engine, clock: FrozenClock) -> None:
    case = handed_over(engine, clock)
    ended = engine.fire(case.ref, "find_no_ground", by="law-enforcement-handler", data={"finding": "属自有场地"}).case
    assert ended.state == "no_ground"


def test_whoever_persuaded_does_not_decide_on_enforcement(engine: duban.Engine, clock: FrozenClock) -> None:
    own = {"category": "street-trading", "unit": "law-enforcement"}
    case = opened(engine, **own)
    tried(engine, case, "law-enforcement-handler")
    tried(engine, case, "patrol-member")
    clock.advance("3 working days")
    engine.sweep()
    for event, data in (("enforce", DECISION), ("find_no_ground", {"finding": "无违法事实"})):
        with pytest.raises(duban.GuardRefused, match="whoever persuaded"):
            engine.fire(case.ref, event, by="law-enforcement-handler", data=data)
    assert engine.fire(case.ref, "enforce", by="law-enforcement-head", data=DECISION).case.state == "enforced"


def test_people_hand_over_early_with_a_reason_and_only_for_their_own_unit(engine: duban.Engine) -> None:
    case = tried(engine, opened(engine))
    with pytest.raises(duban.GuardRefused, match="say why"):
        engine.fire(case.ref, "hand_over", by=PERSUADER)
    with pytest.raises(duban.GuardRefused, match="only the unit that persuades"):
        engine.fire(case.ref, "hand_over", by="huafuxiang-handler", data={"reason": "不听劝导"})
    assert engine.fire(case.ref, "hand_over", by=PERSUADER, data={"reason": "不听劝导"}).case.state == "handed_over"


def test_persuaders_patrols_and_grid_workers_persuade_anywhere_and_units_only_where_they_are_asked_to(
    engine: duban.Engine,
) -> None:
    for by in ("persuader", "patrol-member", "huafuxiang-1-worker", PERSUADER, "renhejie-secretary"):
        case = tried(engine, opened(engine), by)
        assert case.state == "persuading"
        assert engine.preview(case.ref, "heed", by=by, data={"finding": "已自行清理"}).case.state == "heeded"
    with pytest.raises(duban.GuardRefused, match="only the unit that persuades"):
        tried(engine, opened(engine), "huafuxiang-handler")
    with pytest.raises(duban.GuardRefused, match="only the unit that persuades"):
        engine.fire(case.ref, "heed", by="huafuxiang-handler", data={"finding": "已自行清理"})
    explained = tried(engine, opened(engine, "spitting"))
    with pytest.raises(duban.GuardRefused, match="only the unit that persuades"):
        engine.fire(explained.ref, "end_explained", by="huafuxiang-handler")
    assert engine.fire(explained.ref, "end_explained", by=PERSUADER).case.state == "explained"


def test_an_enforcer_that_does_nothing_climbs_the_ladder_and_whoever_persuaded_never_does(
    engine: duban.Engine, clock: FrozenClock
) -> None:
    case = handed_over(engine, clock)
    levels = [case.level]
    for wait in ("3 working days", "1 working day"):
        clock.advance(wait)
        engine.sweep()
        levels.append(engine.get(case.ref, by=OFFICE).level)
    assert levels == [0, 1, 2]


@pytest.mark.parametrize(
    "event", ["open", "attempt", "heed", "hand_over", "end_explained", "enforce", "find_no_ground", "withdraw"]
)
def test_no_step_keeps_a_number_of_a_person(engine: duban.Engine, event: str) -> None:
    number = "当事人电话 13800000000"
    if event == "open":
        with pytest.raises(duban.GuardRefused, match="nothing about a person"):
            engine.start("persuasion", by=OFFICE, data={"title": number, "category": "gambling", "unit": "safety"})
        return
    case = opened(engine, "spitting" if event == "end_explained" else "random-hanging")
    if event != "attempt":
        case = tried(engine, case)
    if event in ("enforce", "find_no_ground"):
        case = engine.fire(case.ref, "hand_over", by=PERSUADER, data={"reason": "不听劝导"}).case
    by, data = {
        "attempt": (PERSUADER, {"measures": number}),
        "heed": (PERSUADER, {"finding": number}),
        "hand_over": (PERSUADER, {"reason": number}),
        "end_explained": (PERSUADER, {"finding": number}),
        "enforce": ("law-enforcement-head", {**DECISION, "decision": number}),
        "find_no_ground": ("law-enforcement-head", {"finding": number}),
        "withdraw": (OFFICE, {"reason": number}),
    }[event]
    with pytest.raises(duban.GuardRefused, match="nothing about a person"):
        engine.fire(case.ref, event, by=by, data=data)


def test_a_persuasion_holds_no_file() -> None:
    assert [name for name, field in read("persuasion.yaml")["fields"].items() if field["type"] == "evidence"] == []
