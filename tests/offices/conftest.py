"""Two offices of one deployment, in SQLite files and in schemas of one PostgreSQL database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import loaded_once
from tests.offices.district import MARK, NORTH, SOUTH, District, founded, lived
from tests.postgres import new_database, running_server
from tests.security.twins import MORNING

from duban.testing import FrozenClock

__all__ = ["loaded_once"]


@pytest.fixture(scope="session")
def offices_server() -> Iterator[str]:
    """A PostgreSQL server; its URL."""
    with running_server() as url:
        yield url


@pytest.fixture
def kind() -> str:
    """Which stores are used; files whose promises rest on the database take both."""
    return "sqlite"


@pytest.fixture
def bare(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[District]:
    """Two offices in which nothing has happened yet."""
    if kind == "sqlite":
        yield founded(tmp_path, kind)
        return
    with new_database(request.getfixturevalue("offices_server")) as url:
        yield founded(tmp_path, kind, url)


@pytest.fixture
def district(bare: District) -> District:
    """Two offices that were lived in: the same in both, but that the texts of the south carry the mark."""
    for name, word in ((NORTH, "plain"), (SOUTH, MARK)):
        with bare.opened(FrozenClock(MORNING)) as offices:
            lived(offices[name], word)
    return bare
