"""The pack `civility` on an engine in memory, for tests of whole systems.

One engine serves a module, since loading the pack takes longer than most of what is tested on it. So every test asks
about its own cases only.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.workflows.machines import PACK

import duban
from duban.testing import FrozenClock, photograph

MORNING = "2020-11-19T09:30:00+08:00"


@pytest.fixture(scope="module")
def frozen() -> FrozenClock:
    """The clock of the module's engine."""
    return FrozenClock(MORNING)


@pytest.fixture
def clock(frozen: FrozenClock) -> FrozenClock:
    """The clock, at the morning on which the notice was issued."""
    frozen.move_to(MORNING)
    return frozen


@pytest.fixture(scope="module")
def house(frozen: FrozenClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duban.Engine]:
    """The engine of the module."""
    evidence = tmp_path_factory.mktemp("evidence")
    with duban.Engine("sqlite://", pack=PACK, clock=frozen, evidence=evidence) as made:
        made.migrate()
        yield made


@pytest.fixture
def engine(house: duban.Engine, clock: FrozenClock) -> duban.Engine:
    """The engine, with its clock at the beginning and nothing left to deliver."""
    house.deliver()
    return house


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photograph."""
    file = tmp_path / "photo.jpg"
    file.write_bytes(photograph())
    return file
