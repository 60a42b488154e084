"""Hostile packs: each is refused with its place, or loads the same twice; in bounds, and touches nothing else."""

from typing import Any

import pytest
from tests.hostile.confined import Outcome, confined
from tests.hostile.pack_files import FILES
from tests.hostile.pack_names import NAMES
from tests.hostile.pack_others import OTHERS
from tests.hostile.pack_sizes import SIZES
from tests.hostile.pack_texts import BYTES, SYNTAX
from tests.hostile.pack_values import VALUES

CASES: dict[str, dict[str, Any]] = {
    case["name"]: case for case in (*SYNTAX, *BYTES, *NAMES, *VALUES, *SIZES, *OTHERS, *FILES)
}
SECONDS = 10.0
"""What a processor may take, with a busy neighbour; most take a hundredth."""
MEBIBYTES = 200


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    return confined("packs", CASES.values(), seconds=300)


def test_there_are_two_hundred_of_them_and_no_two_the_same() -> None:
    assert len(CASES) >= 200
    content = [(str(case.get("put")), str(case.get("make"))) for case in CASES.values()]
    assert len(set(content)) == len(content)


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_pack_is_refused_with_its_place_or_is_harmless(outcomes: dict[str, Outcome], name: str) -> None:
    outcome, says = outcomes[name], CASES[name]["says"]
    if says is None:
        assert (outcome.kind, outcome.data) == ("accepted", {"same": True}), outcome
        return
    assert (outcome.kind, outcome.error) == ("refused", "DefinitionError"), outcome
    assert says in outcome.message
    assert outcome.data["line"] >= 1
    assert outcome.data["column"] >= 1
    assert outcome.data["problems"] <= 305
    assert outcome.data["longest"] <= 700


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_pack_has_bounds_and_touches_nothing_else(outcomes: dict[str, Outcome], name: str) -> None:
    outcome = outcomes[name]
    assert outcome.seen == []
    assert outcome.seconds < SECONDS
    assert outcome.grown < MEBIBYTES
