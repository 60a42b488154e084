"""Sheets: checked by question, piled without an order, sealed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.surveys.plans import SOUND, a_plan

from duban.engine.model.survey import Pile, Sheet
from duban.engine.surveys.sheets import document_of, pile_of, problems_of, put_on, seal_of

PLAN = a_plan()
SHEETS = st.lists(
    st.builds(
        Sheet,
        st.sampled_from(["north", "middle", "south"]),
        st.fixed_dictionaries(
            {"knows": st.sampled_from(["yes", "no"]), "gave": st.sampled_from(["money", "time", "nothing"])},
            optional={"grade": st.sampled_from(["1", "5"])},
        ),
    )
)


def test_a_sheet_that_fits_has_no_problems() -> None:
    assert problems_of(PLAN, Sheet("north", SOUND)) == {}
    assert problems_of(PLAN, Sheet("north", {**SOUND, "grade": "5"})) == {}


@pytest.mark.parametrize(
    ("community", "answers", "expected"),
    [
        ("north", {**SOUND, "knows": "maybe"}, {"knows": "choice"}),
        ("north", {**SOUND, "grade": "6"}, {"grade": "choice"}),
        ("north", {**SOUND, "phone": "13800000000"}, {"phone": "sheet-question"}),
        ("north", {"knows": "yes"}, {"helped": "sheet-open", "gave": "sheet-open"}),
        ("nowhere", SOUND, {"community": "choice"}),
        ("", {}, {"community": "choice", "knows": "sheet-open", "helped": "sheet-open", "gave": "sheet-open"}),
    ],
)
def test_every_question_that_is_wrong_is_named(
    community: str, answers: dict[str, str], expected: dict[str, str]
) -> None:
    assert {name: key for name, (key, _) in problems_of(PLAN, Sheet(community, answers)).items()} == expected


def test_a_community_without_a_sample_takes_no_sheets() -> None:
    plan = replace(PLAN, allocated={**PLAN.allocated, "south": 0})
    assert list(problems_of(plan, Sheet("south", SOUND))) == ["community"]


@given(SHEETS, st.randoms(use_true_random=False))
def test_piles_are_the_same_in_whatever_order_the_sheets_came(sheets: list[Sheet], random: object) -> None:
    at_once = put_on([], sheets)
    shuffled = list(sheets)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one_by_one: dict[str, Pile] = {}
    for sheet in shuffled:
        one_by_one = put_on(one_by_one.values(), [sheet])
    documents = [{name: document_of(pile) for name, pile in piles.items()} for piles in (at_once, one_by_one)]
    assert documents[0] == documents[1]
    assert seal_of(PLAN, at_once.values()) == seal_of(PLAN, list(one_by_one.values())[::-1])
    assert sum(pile.count for pile in at_once.values()) == len(sheets)
    assert all(pile_of(name, document_of(pile)) == pile for name, pile in at_once.items())


@given(SHEETS, st.sampled_from(["north", "south"]))
def test_the_seal_changes_with_every_sheet(sheets: list[Sheet], community: str) -> None:
    before = put_on([], sheets)
    after = put_on(before.values(), [Sheet(community, {"knows": "yes", "gave": "time"})])
    assert seal_of(PLAN, before.values())[1] != seal_of(PLAN, after.values())[1]


def test_the_seal_is_salted() -> None:
    held = put_on([], [Sheet("north", SOUND)]).values()
    assert seal_of(PLAN, held)[1] != seal_of(replace(PLAN, salt="cd"), held)[1]
