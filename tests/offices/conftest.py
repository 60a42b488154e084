"""Two offices of one deployment, in SQLite files and in schemas of one PostgreSQL database."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.offices.district import MARK, NORTH, SOUTH, District, forget_roles, founded, lived, stores_in
from tests.postgres import new_database, running_server
from tests.security.twins import MORNING

from duban.testing import FrozenClock


@pytest.fixture(scope="session")
def offices_server() -> Iterator[str]:
    """A PostgreSQL server; its URL."""
    with running_server() as url:
        yield url


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The folders of two offices in SQLite files, to be copied: one in which nothing has happened, one lived in."""
    folders = tmp_path_factory.mktemp("bare"), tmp_path_factory.mktemp("lived")
    founded(folders[0], "sqlite")
    populated(founded(folders[1], "sqlite"))
    return folders


def populated(district: District) -> District:
    """Let the same happen in both offices, but that the texts of the south carry the mark."""
    for name, word in ((NORTH, "plain"), (SOUTH, MARK)):
        with district.opened(FrozenClock(MORNING)) as offices:
            lived(offices[name], word)
    return district


@pytest.fixture
def kind() -> str:
    """Which stores are used; files whose promises rest on the database take both."""
    return "sqlite"


@pytest.fixture
def bare(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[District]:
    """Two offices in which nothing has happened yet."""
    if kind == "sqlite":
        folder = shutil.copytree(request.getfixturevalue("made")[0], tmp_path / "district")
        yield District(folder, stores_in(folder))
        return
    server = request.getfixturevalue("offices_server")
    with new_database(server) as url:
        found = founded(tmp_path, kind, url)
        yield found
    forget_roles(server, found)


@pytest.fixture
def district(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> District:
    """Two offices that were lived in."""
    if kind == "sqlite":
        folder = shutil.copytree(request.getfixturevalue("made")[1], tmp_path / "district")
        return District(folder, stores_in(folder))
    return populated(request.getfixturevalue("bare"))
