"""A store in memory with the small table loaded."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.assessment.stage import MORNING, Assessment

import duban
from duban.testing import FrozenClock


@pytest.fixture
def assessment(tmp_path: Path) -> Iterator[Assessment]:
    clock = FrozenClock(MORNING)
    with duban.Engine("sqlite://", pack="civility", clock=clock, evidence=tmp_path / "evidence") as engine:
        engine.migrate()
        made = Assessment(engine, clock, tmp_path)
        made.load()
        yield made
