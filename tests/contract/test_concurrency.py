"""Many at once, in threads and in processes: nothing is lost, nothing happens twice."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pytest
from tests.contract.racer import NOW, ROUNDS
from tests.contract.samples import EVERYTHING, HOUR, T0, a_case, a_row, advanced, started, stored

from duban.engine.errors import StoreBusy, VersionConflict
from duban.engine.model.case import Case
from duban.engine.ports.records import NewMessage
from duban.persistence.store import SqlStore
from duban.persistence.tables import SCHEMA
from duban.persistence.writer import SqlWriter

THREADS = 8


def _in_threads(work: Callable[[int], Any]) -> list[Any]:
    start = Barrier(THREADS)

    def together(number: int) -> Any:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(together, range(THREADS)))


def _in_processes(url: str, work: str, count: int = 4) -> list[list[int]]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])}
    command = [sys.executable, str(Path(__file__).with_name("racer.py")), url, work]
    racers = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(count)
    ]
    told = [racer.communicate(timeout=120) for racer in racers]
    assert [racer.returncode for racer in racers] == [0] * count, "\n".join(error for _, error in told)
    return [json.loads(answer) for answer, _ in told]


@pytest.mark.asvs("1.11.2")
def test_of_many_threads_that_saw_the_same_version_exactly_one_advances_it(store: SqlStore) -> None:
    case = started(store)
    for _round in range(5):
        with store.read() as reader:
            seen = reader.case(case.ref, EVERYTHING)
        assert seen is not None

        def advance(number: int, seen: Any = seen) -> bool:
            try:
                with store.write() as writer:
                    won = writer.advance_case(advanced(seen, state=f"by-{number}"), seen)
                    if won:
                        writer.add_row(seen.id, a_row(seen, seen.version + 1, event=f"by-{number}"))
            except VersionConflict:
                return False
            return won

        assert _in_threads(advance).count(True) == 1
    with store.read() as reader:
        after = reader.case(case.ref, EVERYTHING)
        assert after is not None
        rows = reader.history(after)
    assert (after.version, [row.seq for row in rows]) == (6, [1, 2, 3, 4, 5, 6])
    assert rows[-1].event == after.state


def test_a_locked_case_is_changed_by_one_thread_after_the_other_and_no_change_is_lost(store: SqlStore) -> None:
    case = started(store, data={"count": 0})

    def count(_number: int) -> None:
        for _ in range(4):
            with store.write() as writer:
                seen = writer.lock_case_by_id(case.id)
                assert seen is not None
                assert writer.advance_case(advanced(seen, data={"count": seen.data["count"] + 1}), seen)

    _in_threads(count)
    with store.read() as reader:
        after = reader.case_by_id(case.id)
    assert after is not None
    assert (after.version, after.data) == (33, {"count": 32})


def test_numbers_taken_by_threads_have_neither_gaps_nor_doubles(store: SqlStore) -> None:
    def take(_number: int) -> list[int]:
        taken = []
        for _ in range(4):
            with store.write() as writer:
                taken.append(writer.next_number("ISS"))
        return taken

    taken = [number for numbers in _in_threads(take) for number in numbers]
    assert sorted(taken) == list(range(1, 33))


def test_of_many_threads_with_one_key_exactly_one_writes_it(store: SqlStore) -> None:
    def start(number: int) -> bool:
        try:
            with store.write() as writer:
                stored(writer, a_case(f"ISS-{number}"), key="req-1")
        except VersionConflict as conflict:
            assert conflict.data["key"] == "req-1"
            return False
        return True

    assert _in_threads(start).count(True) == 1
    with store.read() as reader:
        assert len(list(reader.all_cases())) == 1


def test_no_two_threads_hold_the_same_message_and_each_case_keeps_its_order(store: SqlStore) -> None:
    for ref in "abcdef":
        started(store, ref, messages=3)

    def deliver(number: int) -> list[tuple[str, int]]:
        done = []
        while claimed := store.outbox.claim(NOW, NOW + HOUR, f"w{number}", 2):
            for message in claimed:
                assert store.outbox.acknowledge(message.number, f"w{number}", NOW)
                done.append((message.ref, message.number))
        return done

    _in_threads(deliver)
    with store.read() as reader:
        messages = reader.messages(EVERYTHING, None, 99)
    # A worker that finds nothing to claim stops, so what a slower one freed may be left; nothing was done twice.
    assert all(message.attempts == (message.state == "done") for message in messages)
    for ref in "abcdef":
        states = [message.state for message in messages if message.ref == ref]
        assert states == sorted(states, key=["done", "waiting"].index)
    deliver(0)
    with store.read() as reader:
        assert reader.message_counts() == {"done": 18}


def test_threads_that_lay_messages_while_others_claim_lose_none(store: SqlStore) -> None:
    case = started(store)

    def work(number: int) -> int:
        if number % 2:
            with store.write() as writer:
                writer.add_messages(case.id, [NewMessage(f"k{number}", "notify", {})], T0)
            return 0
        claimed = store.outbox.claim(NOW, NOW + HOUR, f"w{number}", 9)
        return sum(store.outbox.acknowledge(message.number, f"w{number}", NOW) for message in claimed)

    done = sum(_in_threads(work))
    while claimed := store.outbox.claim(NOW, NOW + HOUR, "last", 9):
        done += sum(store.outbox.acknowledge(message.number, "last", NOW) for message in claimed)
    assert done == THREADS // 2


def test_processes_that_advance_one_case_make_each_version_once(shared_store: SqlStore, shared_url: str) -> None:
    case = started(shared_store)
    made = [version for versions in _in_processes(shared_url, "advance") for version in versions]
    assert sorted(made) == list(range(2, 4 * ROUNDS + 2))
    with shared_store.read() as reader:
        assert [row.seq for row in reader.history(case)] == list(range(1, 4 * ROUNDS + 2))


def test_processes_take_numbers_without_gaps_or_doubles(shared_store: SqlStore, shared_url: str) -> None:
    taken = [number for numbers in _in_processes(shared_url, "number") for number in numbers]
    assert sorted(taken) == list(range(1, 4 * ROUNDS + 1))


def test_processes_deliver_each_message_once(shared_store: SqlStore, shared_url: str) -> None:
    for number in range(10):
        started(shared_store, f"ISS-{number}", messages=2)
    done = [number for numbers in _in_processes(shared_url, "deliver", count=3) for number in numbers]
    assert sorted(done) == sorted(set(done))
    with shared_store.read() as reader:
        messages = reader.messages(EVERYTHING, None, 99)
    assert sorted(done) == [message.number for message in messages if message.state == "done"]
    assert all(message.attempts <= 1 for message in messages)


def test_four_processes_that_migrate_at_once_make_the_tables_once(bare_url: str) -> None:
    assert _in_processes(bare_url, "migrate") == [[], [], [], []]
    store = SqlStore(bare_url)
    started(store)
    assert store.facts()["schema"] == SCHEMA
    store.close()


def test_a_lock_that_is_held_too_long_is_told_as_busy_and_nothing_is_written(
    shared_store: SqlStore, shared_url: str
) -> None:
    case = started(shared_store)
    hasty = SqlStore(shared_url, busy_seconds=0.1)

    def change() -> None:
        with hasty.write() as writer:
            writer.put_setting("written", "yes")
            writer.lock_case(case.ref, EVERYTHING)

    with shared_store.write() as writer:
        writer.lock_case(case.ref, EVERYTHING)
        with pytest.raises(StoreBusy, match=r"0\.1 s") as caught:
            change()
    assert caught.value.data["url"] == shared_store.url
    with shared_store.read() as reader:
        assert reader.setting("written") is None
    change()
    hasty.close()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_transactions_that_count_one_subject_neither_overlooks_the_other(
    shared_store: SqlStore, order: tuple[int, int]
) -> None:
    cases = [started(shared_store, "ISS-1"), started(shared_store, "ISS-2")]
    first, second = cases[order[0]], cases[order[1]]
    under_way, found = Event(), []

    def counts_second() -> None:
        with shared_store.write() as writer:
            # On PostgreSQL this transaction has begun, and read, before the other one ends.
            if shared_store.facts()["kind"] == "postgresql":
                assert writer.count_occurrences("issue.reworks", "s", None) == 0
            under_way.set()
            found.append(_counted(writer, second))

    with ThreadPoolExecutor(1) as pool:
        with shared_store.write() as writer:
            found.append(_counted(writer, first))
            later = pool.submit(counts_second)
            if shared_store.facts()["kind"] == "postgresql":
                assert under_way.wait(30)
                assert not later.done()
        later.result(30)
    assert found == [1, 2]


def test_many_threads_that_count_one_subject_reach_each_number_once(shared_store: SqlStore) -> None:
    cases = [started(shared_store, f"ISS-{number}") for number in range(THREADS)]

    def count(number: int) -> int:
        with shared_store.write() as writer:
            return _counted(writer, cases[number])

    assert sorted(_in_threads(count)) == list(range(1, THREADS + 1))


@pytest.mark.parametrize("kind", [pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))])
def test_counting_another_subject_does_not_wait(kind: str, url_of: Callable[[str], str]) -> None:
    with closing(SqlStore(url_of(kind), busy_seconds=1)) as store:
        case = started(store)
        with store.write() as writer, store.write() as other:
            writer.lock_subject("issue.reworks", "s")
            other.lock_subject("issue.reworks", "t")
            other.lock_subject("issue.returns", "s")
            with pytest.raises(StoreBusy) as caught, store.write() as third:
                _counted(third, case)
    assert caught.value.data["deadlock"] is False


def _counted(writer: SqlWriter, case: Case) -> int:
    """Count as the engine does; how often it has happened by now."""
    writer.lock_subject("issue.reworks", "s")
    writer.add_occurrence("issue.reworks", "s", T0, case.id, 1)
    return writer.count_occurrences("issue.reworks", "s", None)
