"""Rates: counted as declared, weighted as documented, and never told of a few sheets."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.surveys.plans import SOUND, a_plan, piles

from duban.engine.model.survey import RateValue, SurveyPlan, SurveyResults
from duban.engine.surveys.comparison import changes_of
from duban.engine.surveys.results import values_of
from duban.engine.surveys.wilson import interval

NO = {"knows": "no", "helped": "no", "gave": "nothing"}
HELPED = {**NO, "helped": "yes"}
PLAN = a_plan(households=300)


def told(plan: SurveyPlan, *counts: tuple[str, int, dict[str, str]]) -> dict[tuple[str, str | None, bool], RateValue]:
    """What sheets come to, by rate, community and whether it is weighted."""
    return {(one.rate, one.community, one.weighted): one for one in values_of(plan, piles(plan, *counts))}


EVEN = (
    ("north", 30, dict(SOUND)),
    ("north", 10, NO),
    ("middle", 5, dict(SOUND)),
    ("middle", 15, NO),
    ("south", 10, HELPED),
)


def test_a_rate_is_its_positive_sheets_among_all() -> None:
    found = told(PLAN, *EVEN)
    north = found["awareness", "north", False]
    assert (north.n, north.positive, north.share) == (40, 30, Fraction(3, 4))
    assert (north.low, north.high) == interval(Fraction(3, 4), Fraction(40))
    assert found["awareness", None, False].share == Fraction(35, 70)


def test_any_of_its_questions_is_enough_where_the_rate_says_so() -> None:
    found = told(PLAN, *EVEN)
    assert found["involved", "south", False].share == 1  # helped, gave nothing
    assert found["involved", "north", False].share == Fraction(30, 40)  # gave time
    stricter = replace(PLAN, rates={**PLAN.rates, "involved": replace(PLAN.rates["involved"], counts="all")})
    assert told(stricter, *EVEN)["involved", "south", False].share == 0


def test_the_weighted_rate_counts_communities_by_their_households() -> None:
    weighted = told(PLAN, *EVEN)["awareness", None, True]
    assert weighted.share == (700 * Fraction(3, 4) + 200 * Fraction(1, 4) + 101 * 0) / 1001
    effective = 1 / sum(Fraction(size, 1001) ** 2 / n for size, n in ((700, 40), (200, 20), (101, 10)))
    assert (weighted.low, weighted.high) == interval(weighted.share, effective)
    assert (weighted.n, weighted.positive) == (70, None)


def test_a_sheet_with_an_open_question_of_a_rate_is_left_out_of_that_rate_only() -> None:
    asked = PLAN.questionnaire
    opened = tuple(replace(one, optional=True) if one.name == "knows" else one for one in asked.questions)
    plan = replace(PLAN, questionnaire=replace(asked, questions=opened))
    silent = {"helped": "yes", "gave": "nothing"}
    found = told(plan, ("north", 10, dict(SOUND)), ("north", 10, silent))
    assert found["awareness", "north", False].n == 10
    assert found["involved", "north", False].n == 20


def test_nothing_is_told_of_fewer_sheets_than_the_minimum_nor_of_what_it_could_be_worked_out_from() -> None:
    found = told(PLAN, ("north", 40, dict(SOUND)), ("middle", 20, NO), ("south", 4, NO))
    assert found["awareness", "south", False] == RateValue("awareness", "south", untold="few")
    assert found["awareness", "middle", False] == RateValue("awareness", "middle", untold="protecting")
    assert found["awareness", "north", False].share == 1
    assert found["awareness", None, False].share == Fraction(40, 64)
    assert found["awareness", None, True] == RateValue("awareness", None, True, untold="incomplete")


def test_a_community_without_sheets_needs_no_protection() -> None:
    found = told(PLAN, ("north", 40, dict(SOUND)), ("middle", 20, NO))
    assert found["awareness", "south", False].untold == "few"
    assert found["awareness", "middle", False].share == 0
    assert found["awareness", None, True].untold == "incomplete"


def test_of_fewer_sheets_than_the_minimum_in_all_nothing_is_told_at_all() -> None:
    found = told(PLAN, ("north", 2, dict(SOUND)), ("middle", 2, NO))
    assert all(one.share is None and one.n is None and one.low is None for one in found.values())


@given(st.tuples(*[st.integers(0, 12)] * 3))
def test_what_is_left_out_cannot_be_worked_out_from_what_is_told(counts: tuple[int, int, int]) -> None:
    sheets = dict(zip(PLAN.allocated, counts, strict=True))
    found = told(PLAN, *((name, count, dict(SOUND)) for name, count in sheets.items()))
    hidden = [count for name, count in sheets.items() if found["awareness", name, False].untold]
    filled = [count for count in hidden if count]
    if found["awareness", None, False].share is not None and filled:
        assert len(filled) > 1
        assert sum(filled) >= PLAN.minimum
    assert found["awareness", None, True].untold is None or hidden


def results(ref: str, *counts: tuple[str, int, dict[str, str]], plan: SurveyPlan = PLAN) -> SurveyResults:
    """Results of a survey."""
    return SurveyResults(ref, plan, 0, 0, 0, values_of(plan, piles(plan, *counts)))


def test_a_change_is_shown_where_the_intervals_do_not_overlap() -> None:
    before, after = results("POL-000001", ("north", 100, NO)), results("POL-000002", ("north", 100, dict(SOUND)))
    change = next(one for one in changes_of(before, after) if (one.rate, one.community) == ("awareness", "north"))
    assert (change.before, change.difference, change.overlap, change.comparable) == ("POL-000001", 1, False, True)


def test_a_change_within_overlapping_intervals_is_told_as_not_shown() -> None:
    before = results("POL-000001", ("north", 10, NO), ("north", 10, dict(SOUND)))
    after = results("POL-000002", ("north", 8, NO), ("north", 12, dict(SOUND)))
    change = next(one for one in changes_of(before, after) if (one.rate, one.community) == ("awareness", None))
    assert (change.difference, change.overlap) == (Fraction(1, 10), True)


@pytest.mark.parametrize("part", ["label", "positive"])
def test_rates_that_were_asked_or_counted_differently_are_not_compared(part: str) -> None:
    asked = PLAN.questionnaire
    changed = {"label": {"label": asked.questions[1].label}, "positive": {"positive": ("no",)}}[part]
    questions = (replace(asked.questions[0], **changed), *asked.questions[1:])
    other = replace(PLAN, questionnaire=replace(asked, questions=questions))
    before, after = results("POL-000001", ("north", 9, NO)), results("POL-000002", ("north", 9, NO), plan=other)
    assert {one.rate: one.comparable for one in changes_of(before, after)} == {"awareness": False, "involved": True}
