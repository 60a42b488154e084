"""Samples: as many as were asked for, the same with the same seed, and to be worked out again by anybody."""

import hashlib
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.surveys.plans import RULES, a_plan

from duban.engine.surveys.allocation import each, proportional
from duban.engine.surveys.drawing import drawn, reserve_of
from duban.engine.surveys.plan import digest_of, document_of, plan_of

FRAMES = st.dictionaries(st.text("abcdefg-", min_size=1, max_size=6), st.integers(1, 9_000), min_size=1, max_size=12)


@given(FRAMES, st.data())
def test_an_allocation_adds_up_and_lies_within_one_of_the_quota(frame: dict[str, int], data: st.DataObject) -> None:
    every = sum(frame.values())
    households = data.draw(st.integers(1, every))
    found = proportional(frame, households)
    assert sum(found.values()) == households
    for name, size in frame.items():
        assert abs(found[name] - Fraction(households * size, every)) < 1
        assert 0 <= found[name] <= size


@given(FRAMES, st.randoms(use_true_random=False), st.data())
def test_the_order_of_communities_is_of_no_matter(frame: dict[str, int], random: Any, data: st.DataObject) -> None:
    households = data.draw(st.integers(1, sum(frame.values())))
    items = list(frame.items())
    random.shuffle(items)
    assert proportional(dict(items), households) == proportional(frame, households)


def test_three_hundred_are_allocated_as_worked_out_by_hand() -> None:
    # 300/20,800 of each: 40.385 31.731 37.5 36.058 33.173 27.404 30.288 34.615 28.846. The whole parts add up to 296;
    # the four largest remainders are those of i (.846), b (.731), h (.615) and c (.5).
    sizes = [2800, 2200, 2600, 2500, 2300, 1900, 2100, 2400, 2000]
    frame = dict(zip("abcdefghi", sizes, strict=True))
    assert list(proportional(frame, 300).values()) == [40, 32, 38, 36, 33, 27, 30, 35, 29]


def test_equal_remainders_go_to_the_larger_community_then_by_name() -> None:
    assert proportional({"b": 1, "a": 1, "c": 2}, 2) == {"b": 0, "a": 1, "c": 1}
    assert proportional({"b": 1, "a": 3}, 2) == {"b": 0, "a": 2}


@pytest.mark.parametrize("households", [0, -1, 1_002])
def test_more_than_there_are_cannot_be_drawn(households: int) -> None:
    with pytest.raises(ValueError, match="households"):
        proportional(RULES.frame, households)


def test_a_number_for_each_community_is_drawn_in_each() -> None:
    assert each(RULES.frame, 50) == {"north": 50, "middle": 50, "south": 50}
    with pytest.raises(ValueError, match="101"):
        each(RULES.frame, 102)


def test_the_sample_is_the_one_that_the_documentation_describes() -> None:
    plan = a_plan(households=300)
    for community, size in RULES.frame.items():
        hashed = {
            number: hashlib.sha256(b"duban-sample/1\nPOL-000001\ns\n%s\n%d" % (community.encode(), number)).digest()
            for number in range(1, size + 1)
        }
        expected = sorted(hashed, key=lambda number: hashed[number])
        assert drawn(plan, community) == expected[: plan.allocated[community] + reserve_of(plan, community)]


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_the_same_seed_draws_the_same_and_another_seed_another(one: str, other: str) -> None:
    first, again = a_plan(seed=one, households=300), a_plan(seed=one, households=300)
    assert drawn(first, "north") == drawn(again, "north")
    assert (drawn(a_plan(seed=other, households=300), "north") == drawn(first, "north")) == (one == other)


def test_nobody_is_drawn_twice_and_everybody_exists() -> None:
    plan = a_plan(households=1_000)
    for community, size in RULES.frame.items():
        numbers = drawn(plan, community)
        assert len(set(numbers)) == len(numbers) <= size
        assert all(1 <= number <= size for number in numbers)


def test_the_reserve_is_its_per_cent_rounded_up_while_there_are_any() -> None:
    assert [reserve_of(a_plan(households=20), name) for name in RULES.frame] == [3, 1, 1]
    assert reserve_of(a_plan(households=1_001), "north") == 0
    assert reserve_of(replace(a_plan(households=20), reserve=0), "north") == 0


def test_a_plan_is_read_back_as_it_was_kept() -> None:
    plan = a_plan()
    assert plan_of(document_of(plan)) == plan
    assert list(plan_of(document_of(plan)).allocated) == list(RULES.frame)
    assert digest_of(plan) != digest_of(replace(plan, minimum=6))
