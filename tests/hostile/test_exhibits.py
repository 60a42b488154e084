"""Hostile evidence: taken under a harmless name, or refused in words; within bounds, and nothing else is touched."""

import unicodedata

import pytest
from tests.hostile.confined import Outcome, confined
from tests.hostile.exhibits import MADE, NAMES, cases

CASES = {case["name"]: case for case in cases()}
INVISIBLE = ("Cc", "Cs", "Zl", "Zp")


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    return confined("exhibits", CASES.values(), seconds=120)


def test_there_are_sixty_of_them_and_more() -> None:
    assert len(set(NAMES.values())) + len({kind for _, kind, _ in MADE}) >= 60


@pytest.mark.parametrize("name", CASES)
def test_hostile_evidence_is_taken_under_a_harmless_name_or_refused_in_words(
    outcomes: dict[str, Outcome], name: str
) -> None:
    outcome = outcomes[name]
    if outcome.kind == "refused":
        assert not CASES[name]["taken"] or "given" in CASES[name], outcome
        assert (outcome.error, outcome.data["code"]) == ("InvalidEvidence", "invalid-evidence")
        assert outcome.message.count("photo_after") >= 2
        return
    assert outcome.kind == "accepted", outcome
    assert CASES[name]["taken"]
    kept = outcome.data["kept"]
    assert outcome.data["exported"]
    assert kept.strip() not in ("", ".", "..")
    assert not set(kept) & set("/\\")
    assert not any(unicodedata.category(sign) in INVISIBLE for sign in kept)
    assert len(kept) <= 120


@pytest.mark.parametrize("name", CASES)
def test_hostile_evidence_has_bounds_and_touches_nothing_else(outcomes: dict[str, Outcome], name: str) -> None:
    outcome = outcomes[name]
    assert outcome.seen == []
    assert outcome.seconds < 5.0
    assert outcome.grown < 250


def test_a_photograph_is_taken_under_every_name_that_ends_as_one(outcomes: dict[str, Outcome]) -> None:
    ordinary = [name for name, given in NAMES.items() if given.endswith(".jpg")]
    assert {outcomes[f"a name: {name}"].kind for name in ordinary} == {"accepted"}
