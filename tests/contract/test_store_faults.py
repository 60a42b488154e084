"""What goes wrong outside: told in duban's words, with what was found and what to do, and never with a password."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError
from tests.contract.conftest import POSTGRESQL
from tests.contract.samples import EVERYTHING, started
from tests.postgres import named

from duban.engine.errors import DubanError, StoreBusy, StoreError, StoreNotReady, StoreUnreachable
from duban.persistence.addresses import parsed, told
from duban.persistence.evidence import FolderEvidence, default_evidence_folder
from duban.persistence.faults import Faults
from duban.persistence.store import SqlStore


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("street.db", "not a database URL"),
        ("", "not a database URL"),
        ("postgresql://user:s3cret@host:port/name", "not a database URL"),
        ("mysql://user:s3cret@host/name", "SQLite or PostgreSQL"),
        ("sqlite:///file:street.db?mode=ro&uri=true", "plain path"),
        ("sqlite://user:s3cret@host/street.db", "plain path"),
    ],
)
def test_an_address_that_is_not_understood_is_told_without_its_password(url: str, why: str) -> None:
    with pytest.raises(StoreError, match=why) as caught:
        SqlStore(url)
    assert "s3cret" not in str(caught.value) + str(caught.value.data) + caught.value.message("zh")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:s3cret@host/name",
        "postgres://u:s3cret@host/name",
        "postgresql://u@host/name?password=s3cret",
        "postgresql+psycopg://u:s3cret@host/name?sslpassword=s3cret",
    ],
)
def test_a_password_is_never_shown(url: str) -> None:
    shown = told(parsed(url))
    assert shown == "postgresql://u@host/name"
    with closing(SqlStore(url)) as store:
        assert store.url == shown


def test_a_path_is_told_as_it_is_read_and_can_be_typed_again(tmp_path: Path) -> None:
    folder = tmp_path / "人和街道"
    folder.mkdir()
    url = f"sqlite:///{folder}/台账.db"
    with closing(SqlStore(url)) as store:
        assert store.url == url
        with pytest.raises(StoreNotReady, match="人和街道"), store.read():
            pass
        store.migrate()
    with closing(SqlStore(url)) as store, store.read() as reader:
        assert reader.setting("pack") is None
    assert (folder / "台账.db").is_file()
    assert told(parsed("sqlite:///:memory:")) == "sqlite:///:memory:"
    # What would not be read as one name, or means something in an address, stays as it was written.
    assert told(parsed("sqlite:///a%E2%80%AEb%3Fc.db")) == "sqlite:///a%E2%80%AEb%3Fc.db"
    assert told(parsed("postgresql://u%2Fs@h/%E8%A1%97")) == "postgresql://u%2Fs@h/街"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with closing(SqlStore(f"sqlite:///{tmp_path}/nowhere/street.db")) as store:
        with pytest.raises(StoreError, match="folder exists"):
            store.migrate()
        with pytest.raises(StoreNotReady, match="no file in this place yet"), store.read():
            raise AssertionError("there was something to read")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no plain file"), closing(SqlStore(f"sqlite:///{tmp_path}")) as store:
        store.migrate()


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "letter.docx"
    file.write_bytes(b"PK\x03\x04" + b"no database " * 200)
    before = file.read_bytes()
    with closing(SqlStore(f"sqlite:///{file}")) as store:
        with pytest.raises(StoreError, match="not an SQLite database"), store.read():
            raise AssertionError("there was something to read")
        with pytest.raises(StoreError, match="not an SQLite database"):
            store.migrate()
    assert file.read_bytes() == before


def test_a_damaged_file_is_told(url_of: Callable[[str], str], tmp_path: Path) -> None:
    with closing(SqlStore(url_of("sqlite"))) as store:
        for number in range(40):
            started(store, f"ISS-{number}", data={"text": "x" * 500})
    file = tmp_path / "duban.db"
    content = bytearray(file.read_bytes())
    content[8192:] = os.urandom(len(content) - 8192)
    file.write_bytes(content)
    with closing(SqlStore(f"sqlite:///{file}")) as store:
        with pytest.raises(StoreError, match="damaged") as caught, store.read() as reader:
            list(reader.all_cases())
        assert "备份" in caught.value.message("zh")


def test_a_writer_elsewhere_that_never_ends_is_told_as_busy(url_of: Callable[[str], str], tmp_path: Path) -> None:
    url = url_of("sqlite")
    with closing(sqlite3.connect(tmp_path / "duban.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with closing(SqlStore(url, busy_seconds=0.05)) as store:
            with pytest.raises(StoreBusy, match=r"stayed busy for 0\.05 s"), store.write():
                raise AssertionError("a second writer came in")
            with pytest.raises(StoreBusy):
                store.migrate()
            with store.read() as reader:
                assert reader.case("ISS-000001", EVERYTHING) is None
            other.execute("ROLLBACK")
            started(store)


def test_a_full_disk_is_told_and_nothing_is_written(url_of: Callable[[str], str], tmp_path: Path) -> None:
    with closing(SqlStore(url_of("sqlite"))) as store:
        started(store, "before")
        with store.write() as writer:
            pages = writer._connection.exec_driver_sql("PRAGMA page_count").scalar()
            writer._connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreError, match="disk is full"):
            started(store, "after", data={"text": "x" * 100_000})
        with store.read() as reader:
            assert [case.ref for case in reader.all_cases()] == ["before"]


def test_no_server_is_told() -> None:
    with closing(SqlStore("postgresql://u:s3cret@127.0.0.1:1/none")) as store:
        with pytest.raises(StoreError, match="no server answers") as caught, store.read():
            raise AssertionError("there was something to read")
        assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("kind", [POSTGRESQL])
def test_a_database_that_the_server_does_not_have_is_told(kind: str, postgres_server: str) -> None:
    store = SqlStore(named(postgres_server, "nowhere"))
    with pytest.raises(StoreError, match="nowhere"), store.read():
        raise AssertionError("there was something to read")
    store.close()


@pytest.mark.parametrize("kind", [POSTGRESQL])
def test_a_connection_that_breaks_is_told_and_the_next_one_works(kind: str, url_of: Callable[[str], str]) -> None:
    url = url_of(kind)
    with closing(SqlStore(url)) as store:

        def broken() -> None:
            with store.write() as writer:
                backend = writer._connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
                with psycopg.connect(url, autocommit=True) as other:
                    other.execute("SELECT pg_terminate_backend(%s)", [backend])
                writer.put_setting("written", "yes")

        with pytest.raises(StoreError, match=r"do it again|repeat it with the same key"):
            broken()
        with store.read() as reader:
            assert reader.setting("written") is None


def test_every_error_of_the_store_speaks_both_languages(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/nowhere/street.db")
    faults = store._faults
    errors: list[DubanError] = [faults.busy(), faults.not_ready("x"), faults.unusable("x")]
    for error in errors:
        assert str(tmp_path) in error.message("en")
        assert str(tmp_path) in error.message("zh")
        assert error.message("en") != error.message("zh")


def test_a_forked_child_uses_connections_of_its_own(url_of: Callable[[str], str], tmp_path: Path) -> None:
    program = """
import os, sys
from duban.persistence.store import SqlStore
from tests.contract.samples import started
store = SqlStore(sys.argv[1])
started(store, "parent")
with store.write():
    child = os.fork()
    if child:
        pass
    else:
        os._exit(0)
os.waitpid(child, 0)
child = os.fork()
if not child:
    started(store, "child")
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
started(store, "after")
store.close()
"""
    url = url_of("sqlite")
    path = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])
    subprocess.run([sys.executable, "-c", program, url], check=True, env={**os.environ, "PYTHONPATH": path})
    with closing(SqlStore(url)) as store, store.read() as reader:
        assert [case.ref for case in reader.all_cases()] == ["parent", "child", "after"]


def test_evidence_lies_beside_a_file_and_elsewhere_where_there_is_none(tmp_path: Path) -> None:
    assert default_evidence_folder(f"sqlite:///{tmp_path}/street.db") == tmp_path / "street.db.evidence"
    assert default_evidence_folder("postgresql://host/name") == Path("duban-evidence")


def test_evidence_of_a_store_in_memory_has_a_folder_from_its_first_file_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    first, second = default_evidence_folder("sqlite:///:memory:"), default_evidence_folder("sqlite:///:memory:")
    assert first != second
    assert list(tmp_path.iterdir()) == []
    FolderEvidence(first).put(b"a file", max_bytes=10)
    assert list(tmp_path.iterdir()) == [first]
    assert first.stat().st_mode & 0o777 == 0o700


@pytest.mark.xdist_group("postgresql")
def test_what_a_server_does_not_have_is_told_in_both_languages(postgres_server: str) -> None:
    somebody = parsed(postgres_server).set(username="no-such-user", password=None)
    for url, en, zh in (
        (named(postgres_server, "no-such-database"), "has no database of this name", "没有该名称的数据库"),
        (somebody.render_as_string(hide_password=False), "has no user of this name", "没有该名称的用户"),
    ):
        with closing(SqlStore(url)) as store, pytest.raises(StoreError) as caught, store.read():
            pass
        assert en in caught.value.message("en")
        assert zh in caught.value.message("zh")


@pytest.mark.parametrize(
    ("words", "zh"),
    [
        ('FATAL:  password authentication failed for user "duban"', "服务器不接受该用户名和密码"),
        ("fe_sendauth: no password supplied", "服务器要求密码"),
    ],
)
def test_a_server_that_refuses_a_connection_is_told_in_both_languages(words: str, zh: str) -> None:
    error = DBAPIError.instance("", None, psycopg.OperationalError(words), psycopg.Error)
    told_of = Faults("postgresql://h/db", 5).of(error)
    assert type(told_of) is StoreError
    assert zh in told_of.message("zh")
    assert "duban" not in told_of.message("en")


def test_a_host_that_is_not_known_may_be_known_later() -> None:
    words = "failed to resolve host 'db': [Errno -2] Name or service not known"
    error = DBAPIError.instance("", None, psycopg.OperationalError(words), psycopg.Error)
    told_of = Faults("postgresql://h/db", 5).of(error)
    assert type(told_of) is StoreUnreachable
    assert "找不到该主机" in told_of.message("zh")
