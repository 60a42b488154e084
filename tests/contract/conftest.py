"""One suite for every store: what asks for ``store`` runs on SQLite in a file, in memory, and on PostgreSQL.

With ``DUBAN_SOAK=1`` on PostgreSQL a second time, in a schema of its own beside the tables of another store.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg
import pytest
from tests.postgres import new_database, running_server

from duban.persistence.store import SqlStore
from duban.persistence.tables import metadata

# One worker of pytest-xdist runs all that needs the server, so that there is one.
POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))
SCHEMA = pytest.param("schema", marks=pytest.mark.xdist_group("postgresql"))
SERVED = [POSTGRESQL, SCHEMA] if os.environ.get("DUBAN_SOAK") == "1" else [POSTGRESQL]
KINDS = ["sqlite", "memory", *SERVED]
SHARED_KINDS = ["sqlite", *SERVED]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server; its URL."""
    with running_server() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> Iterator[str]:
    """A database of the session with duban's tables; its URL."""
    with new_database(postgres_server) as url:
        with closing(SqlStore(url)) as store:
            store.migrate()
        yield url


@pytest.fixture(scope="session")
def migrated_schema(migrated_postgres: str) -> str:
    """The same database, in which a second store lives in a schema of its own; its URL."""
    url = f"{migrated_postgres}&schema=beside"
    with closing(SqlStore(url)) as store:
        store.migrate()
    return url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with duban's tables, to be copied."""
    file = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    with closing(SqlStore(f"sqlite:///{file}")) as store:
        store.migrate()
    return file


@pytest.fixture
def url_of(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Makes an empty store of a kind, with its tables, and tells its URL."""

    def made(kind: str) -> str:
        if kind == "memory":
            return "sqlite:///:memory:"
        if kind == "sqlite":
            copied = shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "duban.db")
            return f"sqlite:///{copied}"
        url: str = request.getfixturevalue("migrated_schema" if kind == "schema" else "migrated_postgres")
        within = "beside." if kind == "schema" else ""
        with psycopg.connect(url.partition("&schema=")[0]) as connection:
            tables = ", ".join(f"{within}{name}" for name in metadata.tables)
            connection.execute(f"TRUNCATE {tables} RESTART IDENTITY")
        return url

    return made


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, url_of: Callable[[str], str], tmp_path: Path) -> Iterator[SqlStore]:
    """An empty store of each kind."""
    with closing(SqlStore(url_of(request.param), archives=tmp_path / "archives")) as made:
        if request.param == "memory":
            made.migrate()
        yield made


@pytest.fixture(params=SHARED_KINDS)
def shared_url(request: pytest.FixtureRequest, url_of: Callable[[str], str]) -> str:
    """The URL of an empty store that several connections and processes can share."""
    return url_of(request.param)


@pytest.fixture
def shared_store(shared_url: str, tmp_path: Path) -> Iterator[SqlStore]:
    """The store of ``shared_url``."""
    with closing(SqlStore(shared_url, archives=tmp_path / "archives")) as made:
        yield made


@pytest.fixture(params=SHARED_KINDS)
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any tables (SQLite: without a file)."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            yield f"sqlite:///{tmp_path / 'bare.db'}"
        else:
            url = stack.enter_context(new_database(request.getfixturevalue("postgres_server")))
            if request.param == "schema":
                with psycopg.connect(url) as connection:
                    connection.execute("CREATE SCHEMA bare")
                url += "&schema=bare"
            yield url
