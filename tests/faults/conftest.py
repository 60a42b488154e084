"""Engines for tests of faults: the fixtures of the runtime's tests, and stores with errands."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engine.runtime.conftest import clock, kind, make, migrated_file, runtime_postgres, url
from tests.faults import errands, parcels

import duban
import duban.testing

__all__ = ["clock", "kind", "make", "migrated_file", "runtime_postgres", "url"]


@pytest.fixture
def errand_pack(tmp_path: Path) -> Path:
    """The pack of errands."""
    return errands.pack(tmp_path / "errands")


@pytest.fixture
def street(url: str, errand_pack: Path) -> Iterator[duban.Engine]:
    """An engine on errands, on the morning when they begin."""
    with duban.Engine(url, pack=errand_pack, clock=duban.testing.FrozenClock(errands.BEGUN)) as engine:
        engine.migrate()
        yield engine


@pytest.fixture
def parcel_pack(tmp_path: Path) -> Path:
    """The pack of parcels."""
    return parcels.pack(tmp_path / "parcels")


@pytest.fixture
def office(url: str, parcel_pack: Path) -> Iterator[duban.Engine]:
    """An engine on parcels, in the morning."""
    clock = duban.testing.FrozenClock(parcels.MORNING)
    with duban.Engine(url, pack=parcel_pack, clock=clock, evidence=parcel_pack / "evidence") as engine:
        yield engine
