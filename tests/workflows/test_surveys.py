"""S18 on the pack `civility`: 300 households by community, visited by people from elsewhere, voluntarily."""

from collections import Counter

import pytest

import duban
from duban.engine.model.case import Case
from duban.engine.model.survey import Sheet
from duban.testing import FrozenClock

ASKER, LEADER = "office-questionnaires-1", "executive-leader"


def running(engine: duban.Engine, **data: object) -> str:
    """A survey of nine households that runs; its reference."""
    given = {"title": "入户问卷调查", "closes_on": "2020-12-18", "households": 9, **data}
    ref = engine.start("survey", by=ASKER, data=given).ref
    engine.fire(ref, "approve", by=LEADER)
    engine.sample_survey(ref, by=ASKER, seed="2020-11-19")
    return ref


def household(engine: duban.Engine, survey: str, community: str = "renhejie") -> Case:
    """A household of the survey."""
    found = engine.find("household", by=ASKER, parent=survey, limit=1_000)
    return next(one for one in found if one.data["community"] == community and one.state == "sampled")


def test_three_hundred_households_are_drawn_from_the_nine_communities(engine: duban.Engine, clock: FrozenClock) -> None:
    ref = engine.start("survey", by=ASKER, data={"title": "x", "closes_on": "2020-12-18"}).ref
    engine.fire(ref, "approve", by=LEADER)
    draw = engine.sample_survey(ref, by=ASKER, seed="x")
    cases = [engine.get(one, by=ASKER) for one in draw.drawn]
    assert Counter(one.data["community"] for one in cases) == {
        "renhejie": 40, "huafuxiang": 32, "shuangganglu": 38, "zhangjiahuayuan": 36, "shenglilu": 33, "jianshelu": 27,
        "luojiayuan": 30, "renmincun": 35, "hongqiuba": 29,
    }  # fmt: skip
    assert engine.get(ref, by=ASKER).data["sampled"] == 300


def test_who_drafted_a_survey_does_not_approve_it(engine: duban.Engine, clock: FrozenClock) -> None:
    ref = engine.start("survey", by="publicity-member", data={"title": "x", "closes_on": "2020-12-18"}).ref
    with pytest.raises(duban.GuardRefused, match="drafted it"):
        engine.fire(ref, "approve", by="publicity-member")


def test_of_a_household_nothing_is_kept_but_its_community_and_a_number(
    engine: duban.Engine, clock: FrozenClock
) -> None:
    fields = engine.pack.workflows["household"].workflow.fields
    assert {name: field.kind for name, field in fields.items()} == {
        "unit": "unit", "survey": "case", "community": "choice", "number": "number", "replaces": "case",
    }  # fmt: skip


def test_nobody_asks_in_their_own_community(engine: duban.Engine, clock: FrozenClock) -> None:
    ref = household(engine, running(engine)).ref
    for unit in ("renhejie", "renhejie-1"):
        with pytest.raises(duban.GuardRefused, match="own community"):
            engine.fire(ref, "hand_over", by=ASKER, data={"unit": unit})
    engine.fire(ref, "hand_over", by=ASKER, data={"unit": "hongqiuba"})
    for who in ("renhejie-handler", "safety-handler"):
        with pytest.raises(duban.GuardRefused):
            engine.fire(ref, "visit", by=who)
    engine.fire(ref, "visit", by="hongqiuba-handler")
    assert engine.fire(ref, "interview", by="hongqiuba-handler").case.state == "interviewed"


@pytest.mark.parametrize("before", [(), ("visit",), ("visit", "not_at_home")])
def test_declining_is_always_possible_and_asks_no_reason(
    engine: duban.Engine, clock: FrozenClock, before: tuple[str, ...]
) -> None:
    ref = household(engine, running(engine)).ref
    for event in before:
        engine.fire(ref, event, by=ASKER)
    (choice,) = [one for one in engine.explain(ref, by=ASKER) if one.event == "decline"]
    assert (choice.allowed, choice.needs, choice.takes) == (True, (), ())
    assert engine.fire(ref, "decline", by=ASKER).case.state == "declined"


def test_a_household_is_visited_three_times_before_another_takes_its_place(
    engine: duban.Engine, clock: FrozenClock
) -> None:
    survey = running(engine)
    ref = household(engine, survey).ref
    for _ in range(3):
        assert engine.sample_survey(survey, by=ASKER).replaced == {}
        engine.fire(ref, "visit", by=ASKER)
        engine.fire(ref, "not_at_home", by=ASKER)
    with pytest.raises(duban.GuardRefused, match="three visits"):
        engine.fire(ref, "visit", by=ASKER)
    (new,) = engine.sample_survey(survey, by=ASKER).drawn
    assert engine.get(new, by=ASKER).data["community"] == "renhejie"
    assert engine.get(ref, by=ASKER).state == "replaced"


def test_the_three_rates_are_told_of_the_whole_area(engine: duban.Engine, clock: FrozenClock) -> None:
    survey = running(engine)
    while waiting := len(engine.find("household", by=ASKER, parent=survey, state="sampled")):
        case = engine.find("household", by=ASKER, parent=survey, state="sampled")[0]
        engine.fire(case.ref, "visit", by=ASKER)
        engine.fire(case.ref, "interview", by=ASKER)
        answers = {"knows": "yes", "took_part": "no", "volunteered": "yes" if waiting > 3 else "no", "overall": "4"}
        assert engine.answer_survey(survey, [Sheet(case.data["community"], answers)], by=ASKER).taken == 1
    engine.fire(survey, "close", by=ASKER)
    found = {
        one.rate: (one.positive, one.n)
        for one in engine.survey_results(survey, by=LEADER).values
        if one.share is not None
    }
    assert found == {"awareness": (9, 9), "participation": (6, 9), "satisfaction": (9, 9)}


def test_a_survey_that_is_not_closed_in_time_is_noticed(engine: duban.Engine, clock: FrozenClock) -> None:
    survey = running(engine)
    clock.move_to("2020-12-22T18:30:00+08:00")
    engine.sweep()
    assert engine.get(survey, by=ASKER).level == 2
