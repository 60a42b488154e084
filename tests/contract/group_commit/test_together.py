"""Threads share a commit: each answer is durable when it is given, and what fails is undone alone."""

import threading
from contextvars import ContextVar
from functools import partial
from pathlib import Path

import pytest
from tests.contract.group_commit.together import THREADS, begins, kept, written
from tests.contract.samples import a_case, started, stored

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
