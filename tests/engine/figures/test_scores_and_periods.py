"""Scores with their ranks, periods by name, and numbers as people read them."""

from datetime import date
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.figures.histories import ZONE, at, pack, period

from duban.engine.figures.periods import before, named, of_day
from duban.engine.figures.scores import scored, weights
from duban.engine.figures.telling import decimal, percent
from duban.engine.model.figure import Figure, FigureValue, PeriodKind, Score
from duban.engine.model.label import Label

WORDS = Label("", "")
FIGURES = {
    "good": Figure("good", 1, WORDS, WORDS, "issue", "share", "share", "true", "true"),
    "bad": Figure("bad", 1, WORDS, WORDS, "issue", "share", "share", "true", "true", better="lower"),
}
SCORE = Score("score", 4, WORDS, "unit", (("good", 75), ("bad", 25)))


def value(figure: str, subject: str, numerator: int, n: int) -> FigureValue:
    cases = tuple(f"{subject}-{number}" for number in range(n))
    return FigureValue(figure, 1, "unit", subject, n, numerator, n, None, cases, cases[:numerator])


def scores(**found: tuple[tuple[int, int], tuple[int, int]]):
    values = {
        figure: [value(figure, subject, *parts[index]) for subject, parts in found.items()]
        for index, figure in enumerate(("good", "bad"))
    }
    return scored(SCORE, FIGURES, values, list(found))


def test_points_are_exact_and_what_is_better_when_lower_counts_by_what_is_missing() -> None:
    (one,) = scores(a=((1, 3), (1, 6)))
    # 75 · 1/3 + 25 · 5/6 = 25 + 125/6 = 275/6
    assert one.points == (275, 6)
    assert (one.rank, one.n, one.version) == (1, 6, 4)


def test_equal_points_share_a_rank_and_the_next_one_is_passed_over() -> None:
    found = scores(a=((1, 2), (0, 1)), b=((2, 2), (0, 1)), c=((2, 2), (0, 3)), d=((0, 0), (0, 0)), e=((0, 1), (1, 1)))
    assert [(one.subject, one.rank) for one in found] == [("b", 1), ("c", 1), ("a", 3), ("e", 4), ("d", None)]


def test_a_part_without_a_case_does_not_weigh_and_the_others_make_the_whole() -> None:
    (one,) = scores(a=((1, 2), (0, 0)))
    assert one.points == (50, 1)
    assert weights(SCORE, one) == {"good": Fraction(1)}
    (both,) = scores(a=((1, 2), (0, 1)))
    assert weights(SCORE, both) == {"good": Fraction(3, 4), "bad": Fraction(1, 4)}


def test_nobody_is_ranked_without_a_case() -> None:
    (one,) = scores(a=((0, 0), (0, 0)))
    assert (one.points, one.rank, one.n) == (None, None, 0)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 5)), min_size=1, max_size=8))
def test_ranks_follow_the_points_whoever_is_told_first(parts: list[tuple[int, int]]) -> None:
    given_parts = {f"u{index}": ((min(a, b), b), (0, 0)) for index, (a, b) in enumerate(parts)}
    found = scores(**given_parts)
    for one in found:
        better = sum(Fraction(*other.points) > Fraction(*one.points) for other in found)
        assert one.rank == better + 1
    backwards = scores(**dict(reversed(given_parts.items())))
    assert {one.subject: one.rank for one in found} == {one.subject: one.rank for one in backwards}


def test_the_packs_scores_say_that_their_weights_are_defaults_and_make_a_hundred() -> None:
    for one in pack().figures.scores.values():
        assert one.default
        assert sum(weight for _, weight in one.parts) == 100
    assert {one.dimension for one in pack().figures.scores.values()} == {"unit", "community", "grid", "agency"}


def test_there_are_the_subjects_that_the_notice_names() -> None:
    counts = {name: len(one.subjects) for name, one in pack().figures.dimensions.items()}
    assert (counts["unit"], counts["community"], counts["grid"], counts["agency"]) == (22, 9, 27, 3)


@pytest.mark.parametrize(("name", "kind", "first", "after"), [
    ("2020-12-09", "day", "12-09 00:00", "12-10 00:00"),
    ("2020-W50", "week", "12-07 00:00", "12-14 00:00"),
    ("2020-W53", "week", "12-28 00:00", "2021-01-04 00:00"),
    ("2020-12", "month", "12-01 00:00", "2021-01-01 00:00"),
    ("2020-Q4", "quarter", "10-01 00:00", "2021-01-01 00:00"),
    ("2020", "year", "01-01 00:00", "2021-01-01 00:00"),
    ("2020-12-01..2020-12-05", "span", "12-01 00:00", "12-06 00:00"),
])  # fmt: skip
def test_a_period_has_a_name_and_begins_and_ends_at_midnight_of_the_street(
    name: str, kind: str, first: str, after: str
) -> None:
    found = period(name)
    assert (found.kind, found.name, found.start, found.end) == (kind, name, at(first), at(after))
    assert found.holds(at(first))
    assert not found.holds(at(after))


NO_PERIODS = ["", "2020-W54", "2020-W00", "2020-13", "2020-Q5", "2020-02-30", "W50", "50", "0000", "x..y"]


@pytest.mark.parametrize("name", [*NO_PERIODS, "2020-12-05..2020-12-01"])
def test_what_is_no_period_is_none(name: str) -> None:
    assert named(name, ZONE) is None


@given(st.dates(date(1950, 1, 1), date(2200, 1, 1)), st.sampled_from(["day", "week", "month", "quarter", "year"]),
       st.sampled_from(["Asia/Shanghai", "UTC", "America/New_York", "Africa/Cairo"]))  # fmt: skip
def test_periods_follow_one_another_without_gap_or_overlap_and_are_found_by_name(
    day: date, kind: PeriodKind, zone_name: str
) -> None:
    zone = ZoneInfo(zone_name)
    found = of_day(kind, day, zone)
    assert named(found.name, zone, kind) == found
    assert before(found, zone).end == found.start
    assert found.start <= of_day("day", day, zone).start < found.end


def test_percentages_have_one_decimal_rounded_half_to_even() -> None:
    assert [percent(1, 3), percent(2, 3), percent(1, 8), percent(1, 1), percent(0, 5)] == [
        "33.3%", "66.7%", "12.5%", "100.0%", "0.0%",
    ]  # fmt: skip
    assert [decimal(Fraction(1225, 100)), decimal(Fraction(1235, 100)), decimal(Fraction(-1, 4))] == [
        "12.2",
        "12.4",
        "-0.2",
    ]
    assert percent(0, 0) is None
