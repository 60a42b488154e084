"""Engines on the sample pack and on packs that a test writes, with a clock that stands still."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from tests.engine.runtime.shelf import pack
from tests.engine.runtime.street import MONDAY, SAMPLE
from tests.postgres import new_database, running_server

import duban
import duban.testing
from duban.persistence.store import SqlStore
from duban.persistence.tables import metadata

Make = Callable[..., duban.Engine]


@pytest.fixture(scope="session")
def runtime_postgres() -> Iterator[str]:
    """A database with duban's tables on a PostgreSQL server of the session; its URL."""
    with running_server() as server, new_database(server) as url:
        store = SqlStore(url)
        store.migrate()
        store.close()
        yield url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with duban's tables, to be copied."""
    file = tmp_path_factory.mktemp("runtime") / "migrated.db"
    store = SqlStore(f"sqlite:///{file}")
    store.migrate()
    store.close()
    return file


@pytest.fixture
def kind() -> str:
    """Which store is used; files whose promises rest on the database take both."""
    return "sqlite"


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store with its tables."""
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "street.db")
        return f"sqlite:///{tmp_path / 'street.db'}"
    url: str = request.getfixturevalue("runtime_postgres")
    with psycopg.connect(url) as connection:
        connection.execute(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY")
    return url


@pytest.fixture
def clock() -> duban.testing.FrozenClock:
    """A clock that stands at half past nine of a working Monday in Shanghai."""
    return duban.testing.FrozenClock(MONDAY)


@pytest.fixture
def make(url: str, clock: duban.testing.FrozenClock, tmp_path: Path) -> Iterator[Make]:
    """Makes engines on the test's store, by default on the sample pack; all are closed in the end."""
    with ExitStack() as stack:

        def made(pack: Path = SAMPLE) -> duban.Engine:
            return stack.enter_context(duban.Engine(url, pack=pack, clock=clock, evidence=tmp_path / "evidence"))

        yield made


@pytest.fixture
def engine(make: Make) -> duban.Engine:
    """An engine on the sample pack."""
    return make()


@pytest.fixture
def notes(make: Make, tmp_path: Path) -> duban.Engine:
    """An engine on notes that leave the store after thirty days."""
    return make(pack(tmp_path / "pack"))


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """The folder of its archives."""
    return tmp_path / "evidence.archives"
