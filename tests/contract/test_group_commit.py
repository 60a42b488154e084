"""Group commit: threads share a commit, each answer is durable when it is given, and each member learns of a fault."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from tests.contract.samples import a_case, started, stored

from duban.engine.errors import StoreBusy, StoreError
from duban.persistence import group_commit
from duban.persistence.group_commit import GroupCommit
from duban.persistence.sqlite_writing import SqliteWriting
from duban.persistence.store import SqlStore
from duban.persistence.writer import SqlWriter

THREADS = 16
LARGE = "x" * 200_000
"""More than the room that is left where ``crowded`` leaves some."""


@pytest.fixture
def url(url_of: Callable[[str], str]) -> str:
    """A file with its tables: only SQLite shares commits."""
    return url_of("sqlite")


@pytest.fixture
def file(url: str) -> Path:
    """The file of the store."""
    return Path(url.removeprefix("sqlite:///"))


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    """A store that waits long enough for all threads to come."""
    with closing(SqlStore(url, busy_seconds=30)) as made:
        yield made


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many works each group had that came to its end."""
    found: list[int] = []
    gather = GroupCommit._gather

    def counted(self: GroupCommit, own: Any, done: list[Any], connection: Connection) -> None:
        try:
            gather(self, own, done, connection)
        finally:
            found.append(len(done))

    monkeypatch.setattr(GroupCommit, "_gather", counted)
    return found


@contextmanager
def gathered(file: Path) -> Iterator[None]:
    """Another process writes while the block lasts, so that all threads come to wait and write as one group."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def written(store: SqlStore, file: Path, works: list[Callable[[], object]]) -> list[Future[object]]:
    """What works of as many threads came to, all of one group."""
    turns = store._database._group  # type: ignore[attr-defined]
    with ThreadPoolExecutor(len(works)) as pool:
        with gathered(file):
            futures = [pool.submit(work) for work in works]
            while len(turns._queue) < len(works) - 1 and not any(one.done() for one in futures):
                threading.Event().wait(0.001)
        return futures


def kept(file: Path) -> set[str]:
    """The references that are in the file, seen through a connection of its own."""
    with closing(sqlite3.connect(file)) as other:
        return {ref for (ref,) in other.execute("SELECT ref FROM duban_cases")}


def begins(store: SqlStore, number: int) -> str:
    """A case of a thread."""
    return started(store, f"ISS-{number}").ref


def test_each_answer_of_sixteen_threads_is_in_the_file_when_it_is_given(
    store: SqlStore, file: Path, ends: list[int]
) -> None:
    def work(number: int) -> set[str]:
        return {ref for ref in (begins(store, 100 * number + turn) for turn in range(10)) if ref not in kept(file)}

    answers = written(store, file, [partial(work, number) for number in range(THREADS)])
    assert [one.result() for one in answers] == [set()] * THREADS
    assert sum(ends) == len(kept(file)) == THREADS * 10
    assert max(ends) >= THREADS


def test_no_answer_is_given_before_the_commit(store: SqlStore, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answered: list[str] = []
    before: list[list[str]] = []
    commit = SqliteWriting.commit

    def watched(self: SqliteWriting) -> None:
        before.append(list(answered))
        commit(self)

    monkeypatch.setattr(SqliteWriting, "commit", watched)
    written(store, file, [lambda number=number: answered.append(begins(store, number)) for number in range(THREADS)])
    assert before == [[]]
    assert set(answered) == kept(file)


def test_a_member_that_fails_is_undone_alone(store: SqlStore, file: Path, ends: list[int]) -> None:
    def fails(number: int, writer: SqlWriter) -> None:
        stored(writer, a_case(f"ISS-{number}"))
        raise LookupError

    works = [
        partial(store.transact, partial(fails, number)) if number % 4 else partial(begins, store, number)
        for number in range(16)
    ]
    answers = written(store, file, works)
    assert [type(one.exception()) for one in answers] == [type(None), LookupError, LookupError, LookupError] * 4
    assert kept(file) == {f"ISS-{number}" for number in range(0, 16, 4)}
    assert sum(ends) == 4


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


def test_who_wants_the_connection_for_itself_shares_it_with_nobody(
    store: SqlStore, file: Path, ends: list[int]
) -> None:
    def alone(number: int) -> None:
        with store.write() as writer:
            stored(writer, a_case(f"ISS-{number}"))
            assert kept(file).isdisjoint({f"ISS-{number}"})

    works = [partial(alone, number) if number == 5 else partial(begins, store, number) for number in range(THREADS)]
    for one in written(store, file, works):
        one.result()
    assert kept(file) == {f"ISS-{number}" for number in range(THREADS)}
    assert sum(ends) == THREADS - 1
    assert len(ends) > 1


def test_work_is_done_in_the_context_of_the_thread_that_asks(store: SqlStore, file: Path) -> None:
    asking: ContextVar[int] = ContextVar("asking")

    def work(number: int) -> int:
        asking.set(number)
        return store.transact(lambda _writer: asking.get())

    answers = written(store, file, [partial(work, number) for number in range(THREADS)])
    assert [one.result() for one in answers] == list(range(THREADS))


class Stopped(BaseException):
    """The thread is told to end, as by Ctrl-C."""


def test_a_thread_that_is_stopped_at_the_work_of_others_leaves_it_to_them(store: SqlStore, file: Path) -> None:
    stopped: list[int] = []

    def work(number: int) -> str:
        own = threading.get_ident()

        def write(writer: SqlWriter) -> str:
            if threading.get_ident() != own and not stopped:
                stopped.append(threading.get_ident())
                raise Stopped
            return stored(writer, a_case(f"ISS-{number}")).ref

        return store.transact(write)

    answers = written(store, file, [partial(work, number) for number in range(THREADS)])
    faults = [type(one.exception()) for one in answers]
    assert (faults.count(Stopped), faults.count(type(None))) == (1, THREADS - 1)
    assert kept(file) == {one.result() for one in answers if one.exception() is None}
    assert started(store, "after").ref in kept(file)


def test_no_group_has_more_works_than_it_may(
    store: SqlStore, file: Path, ends: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "MOST", 3)
    for one in written(store, file, [partial(begins, store, number) for number in range(THREADS)]):
        one.result()
    assert max(ends) == 3
    assert sum(ends) == THREADS
