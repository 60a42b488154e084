"""The password of a database comes from the environment or ~/.pgpass, so that no list of processes shows it."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from tests.cli.conftest import PACK
from tests.postgres import Server

from duban.engine.errors import StoreError, StoreUnreachable
from duban.persistence.store import SqlStore

PASSWORD = "plant-scram-5150"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server that asks the user ``seeing`` for a password; its URL for that user, without it."""
    with Server() as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE seeing LOGIN PASSWORD '{PASSWORD}'")
            connection.execute("CREATE DATABASE street OWNER seeing")
            row = connection.execute("SHOW hba_file").fetchone()
            assert row is not None
            file = Path(row[0])
            file.write_text("local all seeing scram-sha-256\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
            connection.execute("SELECT pg_reload_conf()")
        yield server.url.replace("postgres@/postgres", "seeing@/street")


@pytest.fixture(scope="module")
def listening() -> Iterator[int]:
    """The port of a server on 127.0.0.1 that asks everybody but its owner for a password."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    with Server(port=port) as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE seeing LOGIN PASSWORD '{PASSWORD}'")
            connection.execute("CREATE DATABASE street OWNER seeing")
            row = connection.execute("SHOW hba_file").fetchone()
            assert row is not None
            file = Path(row[0])
            asked = "host all seeing 127.0.0.1/32 scram-sha-256\n"
            file.write_text(asked + file.read_text(encoding="utf-8"), encoding="utf-8")
            connection.execute("SELECT pg_reload_conf()")
        yield port


def initialised(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """``duban init`` in a process of its own, in whose environment there is nothing else of a database."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PG", "DUBAN")) or name == "DUBAN_CACHE"
    }
    clean |= {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "HOME": str(folder), "DUBAN_LANG": "en"}
    command = [sys.executable, "-m", "duban", *words, "init", "--pack", str(PACK)]
    return subprocess.run(command, env={**clean, **env}, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.xdist_group("postgresql")
def test_without_its_password_the_database_refuses(server: str, tmp_path: Path) -> None:
    done = initialised(tmp_path, "--db", server)
    assert done.returncode == 1
    assert "password" in done.stderr


@pytest.mark.xdist_group("postgresql")
@pytest.mark.parametrize("way", ["PGPASSWORD", "pgpass", "DUBAN_DB"])
def test_a_password_is_taken_from_where_nobody_else_reads_it(server: str, tmp_path: Path, way: str) -> None:
    if way == "PGPASSWORD":
        done = initialised(tmp_path, "--db", server, PGPASSWORD=PASSWORD)
    elif way == "pgpass":
        passes = tmp_path / ".pgpass"
        passes.write_text(f"*:*:street:seeing:{PASSWORD}\n", encoding="utf-8")
        passes.chmod(0o600)
        done = initialised(tmp_path, "--db", server)
    else:
        done = initialised(tmp_path, DUBAN_DB=server.replace("seeing@", f"seeing:{PASSWORD}@"))
    assert done.returncode == 0, done.stderr
    assert PASSWORD not in done.stdout + done.stderr


@pytest.mark.xdist_group("postgresql")
def test_a_wrong_password_is_not_repeated(server: str, tmp_path: Path) -> None:
    done = initialised(tmp_path, "--verbose", DUBAN_DB=server.replace("seeing@", "seeing:plant-wrong-9@"))
    assert done.returncode == 1
    assert "plant-wrong" not in done.stdout + done.stderr


@pytest.mark.xdist_group("postgresql")
@pytest.mark.parametrize("order", ["{dead},{live}", "{live},{dead}", "{live}"])
@pytest.mark.parametrize(
    ("user", "database", "more", "says"),
    [
        ("seeing:plant-wrong-9", "street", "", "does not take this user with this password"),
        ("seeing", "street", "", "asks for a password"),
        (f"seeing:{PASSWORD}", "nowhere", "", "has no database of this name"),
        ("nobody-here", "street", "", "has no user of this name"),
        (f"seeing:{PASSWORD}", "street", "?target_session_attrs=read-only", "leave target_session_attrs out"),
        (f"seeing:{PASSWORD}", "street", "?target_session_attrs=standby", "leave target_session_attrs out"),
    ],
)
def test_what_a_server_says_that_answers_goes_before_one_of_the_others_that_does_not(
    listening: int, monkeypatch: pytest.MonkeyPatch, order: str, user: str, database: str, more: str, says: str
) -> None:
    monkeypatch.delenv("PGPASSWORD", raising=False)
    monkeypatch.setenv("PGPASSFILE", os.devnull)
    hosts = order.format(dead="127.0.0.1:1", live=f"127.0.0.1:{listening}")
    url = f"postgresql://{user}@{hosts}/{database}{more}"
    with closing(SqlStore(url)) as store, pytest.raises(StoreError, match=says) as caught, store.read():
        raise AssertionError("there was something to read")
    assert not isinstance(caught.value, StoreUnreachable)
    assert "plant-" not in str(caught.value)


@pytest.mark.xdist_group("postgresql")
def test_that_no_server_answers_is_told_where_none_does(listening: int) -> None:
    url = "postgresql://seeing@127.0.0.1:1,127.0.0.1:2/street"
    with closing(SqlStore(url)) as store, pytest.raises(StoreUnreachable, match="no server answers"), store.read():
        raise AssertionError(listening)
