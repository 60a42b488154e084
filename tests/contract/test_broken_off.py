"""A statement that is broken off in the midst of its rows keeps nothing: whoever comes next writes."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.contract.samples import EVERYTHING, Undone, a_case, started, stored

from duban.engine.errors import StoreError
from duban.persistence.sqlite_writing import SqliteWriting
from duban.persistence.store import SqlStore


@pytest.fixture
def file(migrated_file: Path, tmp_path: Path) -> Path:
    """A store's file, empty."""
    copied = tmp_path / "duban.db"
    copied.write_bytes(migrated_file.read_bytes())
    return copied


@pytest.fixture
def files_store(file: Path) -> Iterator[SqlStore]:
    """The store in it, with a case."""
    with closing(SqlStore(f"sqlite:///{file}", busy_seconds=1)) as store:
        started(store, "ISS-1")
        yield store


def written_elsewhere(file: Path, change: str) -> None:
    """Another process writes."""
    with closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as other:
        other.execute(change)


def test_who_is_interrupted_between_a_statement_and_its_rows_hinders_no_later_step(
    files_store: SqlStore, file: Path
) -> None:
    def interrupt(_frame: Any, event: str, what: Any) -> None:
        if (
            event == "c_return"
            and getattr(what, "__name__", "") == "execute"
            and isinstance(what.__self__, sqlite3.Cursor)
        ):
            sys.setprofile(None)
            raise KeyboardInterrupt

    def asks(writer: Any) -> None:
        sys.setprofile(interrupt)
        writer.standing("ISS-1", EVERYTHING, None, "office")

    try:
        with pytest.raises(KeyboardInterrupt):
            files_store.transact(asks)
    finally:
        sys.setprofile(None)
    written_elsewhere(file, "UPDATE duban_cases SET level = 3")

    assert started(files_store, "ISS-2").id == 2


def test_who_is_interrupted_as_it_undoes_what_failed_hinders_no_later_step(files_store: SqlStore, file: Path) -> None:
    def interrupt(frame: Any, event: str, _what: Any) -> None:
        if event == "call" and frame.f_code is SqliteWriting.undo.__code__:
            sys.settrace(None)
            raise KeyboardInterrupt

    def fails(writer: Any) -> None:
        stored(writer, a_case("undone"))
        sys.settrace(interrupt)
        raise Undone

    try:
        with pytest.raises(KeyboardInterrupt):
            files_store.transact(fails)
    finally:
        sys.settrace(None)

    written_elsewhere(file, "UPDATE duban_cases SET level = 3")
    started(files_store, "ISS-2")
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT ref FROM duban_cases ORDER BY id").fetchall() == [("ISS-1",), ("ISS-2",)]


def test_a_value_that_cannot_be_read_hinders_no_later_step(files_store: SqlStore, file: Path) -> None:
    written_elsewhere(file, "UPDATE duban_cases SET unit = CAST(X'ff' AS TEXT)")
    with pytest.raises(StoreError, match="UTF-8"):
        files_store.transact(lambda writer: writer.standing("ISS-1", EVERYTHING, None, "office"))
    written_elsewhere(file, "UPDATE duban_cases SET level = 3")

    assert started(files_store, "ISS-2").id == 2
