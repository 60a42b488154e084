"""The checker itself: whatever is spoiled by hand is found."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.faults.soundness import sound

import duban

SPOILED = {
    "a lost message": "DELETE FROM duban_outbox WHERE number = 1",
    "a message that nothing declares": "UPDATE duban_outbox SET key = key || ':1' WHERE number = 1",
    "a lost row": "DELETE FROM duban_history WHERE seq = 2",
    "a moved case": "UPDATE duban_cases SET state = 'taken'",
    "a level that no row tells": "UPDATE duban_cases SET level = 3",
    "a changed row": "UPDATE duban_history SET actor = 'chief' WHERE seq = 2",
}


@pytest.fixture
def stamped(office: duban.Engine) -> duban.Engine:
    """A parcel with a stamp."""
    ref = office.start("parcel", by="clerk", key="start").ref
    office.fire(ref, "stamp", by="clerk", key="stamp")
    return office


def test_what_is_sound_passes_and_its_events_are_counted(stamped: duban.Engine) -> None:
    told = [("start", "PAR-000001", 1), ("stamp", "PAR-000001", 2)]
    assert sound(stamped, told) == {"receive": 1, "stamp": 1}


@pytest.mark.parametrize("told", [("stamp", "PAR-000001", 3), ("another", "PAR-000001", 2)])
def test_an_acknowledged_row_that_is_not_there_is_found(stamped: duban.Engine, told: tuple[str, str, int]) -> None:
    with pytest.raises(AssertionError, match="acknowledged"):
        sound(stamped, [told])


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED.keys())
def test_what_is_spoiled_is_found(stamped: duban.Engine, tmp_path: Path, spoil: str) -> None:
    with closing(sqlite3.connect(tmp_path / "street.db")) as connection, connection:
        assert connection.execute(spoil).rowcount == 1
    with pytest.raises(AssertionError):
        sound(stamped)
