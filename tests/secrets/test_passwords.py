"""The password of a database comes from the environment or ~/.pgpass, so that no list of processes shows it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.cli.conftest import PACK
from tests.postgres import Server

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
