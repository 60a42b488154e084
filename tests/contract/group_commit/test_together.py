"""Threads share a commit: each answer is durable when it is given, and what fails is undone alone."""

import signal
import sqlite3
import sys
import threading
from contextlib import closing, suppress
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.contract.group_commit.together import THREADS, begins, kept, written
from tests.contract.samples import a_case, stored

from duban.persistence import group_commit
from duban.persistence.sqlite_writing import SqliteWriting
from duban.persistence.store import SqlStore
from duban.persistence.writer import SqlWriter


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


def test_what_the_work_of_one_raises_ends_no_other(store: SqlStore, file: Path) -> None:
    def work(number: int) -> str:
        def write(writer: SqlWriter) -> str:
            if number == 5:
                raise SystemExit
            return stored(writer, a_case(f"ISS-{number}")).ref

        return store.transact(write)

    answers = written(store, file, [partial(work, number) for number in range(THREADS)])
    assert [number for number, one in enumerate(answers) if isinstance(one.exception(), SystemExit)] == [5]
    assert kept(file) == {f"ISS-{number}" for number in range(THREADS) if number != 5}


def test_the_main_thread_which_signals_interrupt_does_the_work_of_nobody_else(store: SqlStore) -> None:
    turns = store._database._group  # type: ignore[attr-defined]
    done_by: list[threading.Thread] = []

    def work(_writer: SqlWriter) -> None:
        done_by.append(threading.current_thread())

    other = threading.Thread(target=store.transact, args=[work])

    def own(writer: SqlWriter) -> None:
        work(writer)
        other.start()
        while not turns._queue:
            threading.Event().wait(0.001)

    store.transact(own)
    other.join()
    assert done_by == [threading.main_thread(), other]


def test_who_is_interrupted_while_it_waits_for_the_file_leaves_it_to_others(store: SqlStore, file: Path) -> None:
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
            other.execute("BEGIN IMMEDIATE")
            threading.Timer(0.5, other.execute, ["ROLLBACK"]).start()
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            with pytest.raises(KeyboardInterrupt):
                begins(store, 1)
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
    finally:
        signal.signal(signal.SIGALRM, before)
    assert kept(file) == set()
    assert begins(store, 2) in kept(file)


def test_who_is_interrupted_after_the_commit_has_committed_once(
    store: SqlStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = SqliteWriting.commit

    def interrupted(self: SqliteWriting) -> None:
        commit(self)
        raise KeyboardInterrupt

    monkeypatch.setattr(SqliteWriting, "commit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        begins(store, 1)
    monkeypatch.undo()
    assert kept(file) == {"ISS-1"}
    assert begins(store, 2) in kept(file)


@pytest.mark.parametrize("place", range(1, 14))
def test_wherever_a_thread_is_interrupted_the_next_one_writes(url: str, file: Path, place: int) -> None:
    left = place

    def trace(frame: Any, event: str, _arg: Any) -> None:
        """Interrupt as a signal does: where a function begins."""
        nonlocal left
        code = frame.f_code
        if event == "call" and code.co_filename.endswith(("group_commit.py", "sqlite_writing.py")):
            left -= code.co_name.isidentifier()
            if left == 0 and code.co_name.isidentifier():
                raise KeyboardInterrupt

    with closing(SqlStore(url, busy_seconds=2)) as store:
        begins(store, 1)
        sys.settrace(trace)
        try:
            with suppress(KeyboardInterrupt):
                begins(store, 2)
        finally:
            sys.settrace(None)
        with closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        assert begins(store, 3) in kept(file)


def test_no_group_has_more_works_than_it_may(
    store: SqlStore, file: Path, ends: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "MOST", 3)
    for one in written(store, file, [partial(begins, store, number) for number in range(THREADS)]):
        one.result()
    assert max(ends) == 3
    assert sum(ends) == THREADS
