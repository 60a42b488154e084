"""Hostile addresses: refused in words before anything is opened, looked up or connected to."""

import pytest
from tests.hostile.addresses import CHANNELS, MAILS, STORES, cases
from tests.hostile.confined import Outcome, confined

CASES = {case["name"]: case for case in cases()}


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    return confined("addresses", CASES.values(), seconds=60)


def test_there_are_more_than_seventy_of_them() -> None:
    assert len(STORES) + len(set(CHANNELS)) + len(set(MAILS)) > 70
    assert len(CASES) == len(STORES) + len(CHANNELS) + len(MAILS)


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_address_is_refused_and_nothing_is_opened_or_looked_up(
    outcomes: dict[str, Outcome], name: str
) -> None:
    outcome, expected = outcomes[name], "StoreError" if CASES[name]["kind"] == "store" else "ChannelError"
    assert (outcome.kind, outcome.error) == ("refused", expected), outcome
    assert CASES[name]["says"] in outcome.message
    assert outcome.seen == []
    assert outcome.seconds < 2.0
    assert "hunter2" not in outcome.message
    assert not set(outcome.message) & set("\0\r\x1b")
