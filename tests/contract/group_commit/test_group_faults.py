"""What goes wrong with the database in a group is told to each member, and nothing of the group is kept."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection
from tests.contract.group_commit.together import THREADS, begins, gathered, kept, written
from tests.contract.samples import a_case, started, stored

from duban.engine.errors import StoreBusy, StoreError
from duban.persistence.sqlite_writing import SqliteWriting
from duban.persistence.store import SqlStore
from duban.persistence.writer import SqlWriter

LARGE = "x" * 200_000
"""More than the room that is left where ``crowded`` leaves some."""


@contextmanager
def crowded(store: SqlStore) -> Iterator[None]:
    """The file may not grow by much while the block lasts, as on a disk that is nearly full."""
    driver = store._database._group._writing._driver  # type: ignore[attr-defined]
    (pages,) = driver.execute("PRAGMA page_count").fetchone()
    driver.execute(f"PRAGMA max_page_count = {pages + 20}")
    try:
        yield
    finally:
        driver.execute("PRAGMA max_page_count = 1000000")


def fills(store: SqlStore, number: int) -> None:
    """A case, and more than there is room for: SQLite undoes the whole transaction then."""

    def work(writer: SqlWriter) -> None:
        stored(writer, a_case(f"ISS-{number}"))
        writer.put_setting("large", LARGE)

    store.transact(work)


def test_a_disk_that_fills_up_in_a_group_fails_all_of_it_and_nothing_of_it_is_kept(store: SqlStore, file: Path) -> None:
    started(store, "before")
    with crowded(store):
        answers = written(
            store, file, [partial(fills if number == 7 else begins, store, number) for number in range(THREADS)]
        )
        found = kept(file)
    faults = [one.exception() for one in answers]
    # Whoever was told of no fault is in the file, and nobody else: those who came after the full disk were a new group.
    assert found == {"before"} | {f"ISS-{number}" for number, fault in enumerate(faults) if fault is None}
    assert "the disk is full" in str(faults.pop(7))
    told = [fault for fault in faults if fault is not None]
    assert [type(fault) for fault in told] == [StoreError] * len(told)
    assert all("together with others" in str(fault) for fault in told)
    assert started(store, "after").ref in kept(file)


def test_a_commit_that_fails_is_told_to_each_member(
    store: SqlStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        """A driver whose disk is full at the commit."""

        def __init__(self, driver: sqlite3.Connection) -> None:
            self._driver = driver

        def __getattr__(self, name: str) -> object:
            return getattr(self._driver, name)

        def commit(self) -> None:
            fault = sqlite3.OperationalError("database or disk is full")
            fault.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise fault

    begin = SqliteWriting.begin

    def full(self: SqliteWriting) -> Connection:
        connection = begin(self)
        self._driver = Full(self._driver)
        return connection

    monkeypatch.setattr(SqliteWriting, "begin", full)
    answers = written(store, file, [partial(begins, store, number) for number in range(THREADS)])
    assert ["the disk is full" in str(one.exception()) for one in answers] == [True] * THREADS
    assert kept(file) == set()
    monkeypatch.undo()
    writing = store._database._group._writing  # type: ignore[attr-defined]
    writing._driver = writing._driver._driver
    assert started(store, "after").ref in kept(file)


def goes_on(store: SqlStore) -> None:
    """Catch the full disk and write another part, which would be on its own now."""

    def work(writer: SqlWriter) -> None:
        stored(writer, a_case("first"))
        with pytest.raises(StoreError, match="the disk is full"), writer.part():
            writer.put_setting("large", LARGE)
        with pytest.raises(StoreError, match="together with others"), writer.part():
            stored(writer, a_case("third"))

    store.transact(work)


def ends_there(store: SqlStore) -> None:
    """Catch the full disk and come to the end, as if the first part were kept."""

    def work(writer: SqlWriter) -> None:
        stored(writer, a_case("first"))
        with pytest.raises(StoreError, match="the disk is full"):
            writer.put_setting("large", LARGE)

    store.transact(work)


@pytest.mark.parametrize("work", [goes_on, ends_there])
def test_who_catches_a_full_disk_commits_nothing_in_part_and_is_told(
    store: SqlStore, file: Path, work: Callable[[SqlStore], None]
) -> None:
    started(store, "before")
    with crowded(store), pytest.raises(StoreError, match="together with others"):
        work(store)
    assert kept(file) == {"before"}
    assert started(store, "after").ref in kept(file)


def test_a_lock_of_another_process_is_told_to_all_who_wait_and_the_next_ones_write(url: str, file: Path) -> None:
    with closing(SqlStore(url, busy_seconds=0.2)) as store:
        works = [partial(begins, store, number) for number in range(THREADS)]
        with gathered(file), ThreadPoolExecutor(THREADS) as pool:
            faults = [future.exception() for future in [pool.submit(work) for work in works]]
        assert [type(fault) for fault in faults] == [StoreBusy] * THREADS
        assert kept(file) == set()
    with closing(SqlStore(url, busy_seconds=30)) as store:
        answers = written(store, file, [partial(begins, store, number) for number in range(THREADS)])
        assert {future.result() for future in answers} == kept(file)
