"""Stores that were lived in, for tests of backups."""

from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make, clock, kind, make, migrated_file, runtime_postgres, url
from tests.engine.runtime.street import assigned, closed, rectified, reported

import duban
import duban.testing

__all__ = ["clock", "kind", "make", "migrated_file", "runtime_postgres", "url"]


@pytest.fixture
def lived(make: Make, clock: duban.testing.FrozenClock) -> duban.Engine:
    """An engine with cases in several states, with steps, evidence, keys and messages."""
    engine = make()
    engine.migrate()
    reported(engine, key="req-1", title="乱堆放 · stairs")
    closed(engine, assigned(engine, severity="minor"))
    rectified(engine, assigned(engine))
    clock.advance("1 working day")
    engine.sweep()
    engine.deliver()
    return engine


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """Where the evidence of a restored store goes."""
    return tmp_path / "restored.evidence"
