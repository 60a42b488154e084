"""Two hundred random tamperings, each found and located with a checkpoint; two hundred clean runs without an alarm."""

import os
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.forging import FORGERIES
from tests.engine.runtime.street import assigned, closed, rectified, reported
from tests.engine.runtime.tampering import TAMPERINGS

import duban
import duban.testing

RUNS = 200 if os.environ.get("DUBAN_SOAK") else 42
KEY = b"a key that the database never saw"


@pytest.fixture
def lived(make: Make, clock: duban.testing.FrozenClock) -> duban.Engine:
    """A store with cases in several states, with steps, evidence and keys."""
    engine = make()
    engine.migrate()
    reported(engine, key="req-1")
    running = assigned(engine)
    for severity in ("minor", "prominent"):
        closed(engine, assigned(engine, severity=severity))
    rectified(engine, assigned(engine))
    clock.advance("1 working day")
    engine.sweep()
    engine.fire(running.ref, "suspend", by="leader", data={"reason": "rain"}, key="req-2")
    reported(engine)
    assigned(engine)
    return engine


@pytest.fixture
def kind() -> str:
    """Whoever forges opens a file."""
    return "sqlite"


@pytest.mark.parametrize("seed", range(RUNS))
@pytest.mark.asvs("7.3.3")
def test_a_forgery_that_fits_within_the_database_is_found_and_located_by_a_checkpoint(
    lived: duban.Engine, tmp_path: Path, seed: int
) -> None:
    published = lived.checkpoint()
    chance = random.Random(seed)
    with closing(sqlite3.connect(tmp_path / "street.db")) as connection, connection:
        ref = FORGERIES[seed % len(FORGERIES)](lived, connection, chance)
    connection.close()

    assert ref in {broken.ref for broken in lived.verify(published=published)}


@pytest.mark.parametrize("forge", FORGERIES[:4], ids=lambda forge: forge.__name__)
def test_without_a_checkpoint_a_forgery_shows_nothing(lived: duban.Engine, tmp_path: Path, forge) -> None:  # type: ignore[no-untyped-def]
    """What the checkpoint is for: these tests would prove nothing if the chain alone found the forgery."""
    with closing(sqlite3.connect(tmp_path / "street.db")) as connection, connection:
        forge(lived, connection, random.Random(7))
    connection.close()

    assert lived.verify() == []


@pytest.mark.parametrize("seed", range(RUNS))
def test_a_clumsy_tampering_is_found_with_a_checkpoint_and_without(
    lived: duban.Engine, tmp_path: Path, seed: int
) -> None:
    published = lived.checkpoint()
    with closing(sqlite3.connect(tmp_path / "street.db")) as connection, connection:
        chance = random.Random(seed)
        chance.choice(TAMPERINGS)(connection, chance)
    connection.close()

    assert lived.verify(published=published) != []
    assert lived.verify() != []


@pytest.mark.parametrize("seed", range(RUNS))
def test_a_store_that_goes_on_after_its_checkpoint_raises_no_alarm(
    lived: duban.Engine, clock: duban.testing.FrozenClock, seed: int
) -> None:
    chance, published = random.Random(seed), lived.checkpoint()
    for _ in range(6):
        match chance.choice(["report", "close", "sweep", "deliver"]):
            case "report":
                reported(lived)
            case "close":
                closed(lived, assigned(lived))
            case "sweep":
                clock.advance(f"{chance.randint(1, 20)} working hours")
                lived.sweep()
            case "deliver":
                lived.deliver()

    assert lived.verify(published=published) == []
    assert lived.verify(published=lived.checkpoint()) == []
