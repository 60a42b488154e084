"""Many processes use the rights of one account, over and over; from the moment it is suspended none does any more."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults import errands, hands
from tests.faults.running import Running

import duban
from duban.testing import FrozenClock

PROCESSES = 8
ROUNDS = 25 if errands.FULL else 3


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


@pytest.fixture
def noting(url: str, kind: str) -> Iterator[str]:
    """The store, noting every row that comes after its actor was suspended."""
    hands.changed(url, kind, "CREATE TABLE late (actor TEXT, seq INTEGER)", *hands.NOTING[kind])
    yield url
    hands.changed(url, kind, *hands.UNDONE[kind])


def test_no_process_commits_anything_with_a_right_that_was_withdrawn_before(
    noting: str, kind: str, tmp_path: Path
) -> None:
    pack = hands.pack(tmp_path / "hands", ROUNDS)
    with duban.Engine(noting, pack=pack, clock=FrozenClock(hands.BEGUN)) as engine:
        engine.migrate()
        shared = engine.start("tally", by="chief").ref
        own = [engine.start("tally", by="chief").ref for _ in range(PROCESSES)]
        cases = [shared if number % 2 else ref for number, ref in enumerate(own)]
        with Running("firing", noting, str(pack), hands.BEGUN, *cases) as firing:
            for number in range(ROUNDS):
                who = f"hand-{number}"
                firing.says(who)
                for _ in cases:
                    firing.until("fires")
                engine.suspend(who, by="chief", reason="停用")
                fired = sum(firing.until("refused")["fired"] for _ in cases)
                rows = [row for ref in {shared, *own} for row in engine.history(ref, by="chief") if row.actor == who]
                assert len(rows) == fired >= PROCESSES
        assert hands.late(noting, kind) == []
        assert engine.verify() == []
        codes = {row.code for row in engine.refusals(by="chief", limit=ROUNDS * PROCESSES)}
        assert codes == {"actor-suspended"}
