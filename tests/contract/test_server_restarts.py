"""A connection that is lost, a transaction that the server undoes for another: done again where that is safe."""

from collections.abc import Callable, Iterator
from contextlib import closing
from threading import Barrier, Thread
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from tests.contract.conftest import POSTGRESQL
from tests.contract.samples import EVERYTHING, T0, started

from duban.engine.errors import StoreBusy, StoreError, StoreLost, StoreUnreachable, StoreUnwritable
from duban.persistence import repeating
from duban.persistence.faults import Faults
from duban.persistence.reader import SqlReader
from duban.persistence.store import SqlStore
from duban.persistence.writer import SqlWriter

pytestmark = pytest.mark.parametrize("kind", [POSTGRESQL])


@pytest.fixture
def url(kind: str, url_of: Callable[[str], str]) -> str:
    return url_of(kind)


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    with closing(SqlStore(url)) as made:
        yield made


def cut(url: str, backend: int) -> None:
    """End a connection as a server does that is stopped at once."""
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])


def backend_of(reader: SqlReader) -> int:
    """The server's number of a connection, without a trip."""
    driver: Any = reader._connection.connection.driver_connection
    return int(driver.info.backend_pid)


class Cut:
    """Work that writes a setting and whose connection is lost in the first ``times`` of its attempts."""

    def __init__(self, url: str, times: int) -> None:
        self._url, self._left = url, times
        self.attempts = 0

    def __call__(self, writer: SqlWriter) -> None:
        self.attempts += 1
        writer.put_setting("attempts", str(self.attempts))
        if self._left > 0:
            self._left -= 1
            cut(self._url, backend_of(writer))
            writer.setting("attempts")


@pytest.mark.usefixtures("kind")
def test_a_connection_that_died_in_the_pool_is_replaced_before_anything_is_begun(store: SqlStore, url: str) -> None:
    with store.write() as writer:
        dead = backend_of(writer)
    pings: list[Any] = []
    event.listen(store._database.engine, "connect", lambda *_words: pings.append("connected"))
    cut(url, dead)
    with store.write() as writer:
        alive = backend_of(writer)
        writer.put_setting("written", "yes")
    with store.read() as reader:
        assert reader.setting("written") == "yes"
    assert (alive != dead, pings) == (True, ["connected"])


def test_a_living_connection_is_used_again_without_a_trip(store: SqlStore, url: str) -> None:
    with store.write() as writer:
        first = backend_of(writer)
    seen: list[str] = []
    engine = store._database.engine
    ping = engine.dialect.do_ping
    engine.dialect.do_ping = lambda *words: bool(seen.append("ping")) or ping(*words)  # type: ignore[method-assign]
    with store.write() as writer:
        assert backend_of(writer) == first
    assert seen == []


def test_what_was_lost_before_the_commit_is_told_and_nothing_of_it_is_kept(store: SqlStore, url: str) -> None:
    with pytest.raises(StoreLost, match="before anything was kept") as caught, store.write() as writer:
        Cut(url, 1)(writer)
    assert caught.value.data["unknown"] is False
    with store.read() as reader:
        assert reader.setting("attempts") is None


def test_what_was_lost_before_the_commit_is_done_again(store: SqlStore, url: str) -> None:
    work = Cut(url, 2)
    store.transact(work)
    with store.read() as reader:
        assert (work.attempts, reader.setting("attempts")) == (3, "3")


def test_what_is_lost_again_and_again_is_told_in_the_end(store: SqlStore, url: str) -> None:
    work = Cut(url, 99)
    with pytest.raises(StoreLost):
        store.transact(work, keyed=True)
    assert work.attempts == repeating.TRIES


@pytest.mark.parametrize(("keyed", "attempts"), [(False, 1), (True, 2)])
def test_what_was_lost_in_the_commit_is_done_again_only_with_a_key(
    store: SqlStore, url: str, keyed: bool, attempts: int
) -> None:
    done: list[str] = []

    def work(writer: SqlWriter) -> None:
        writer.put_setting("attempts", str(len(done)))
        done.append("once")
        if len(done) == 1:
            cut(url, backend_of(writer))

    if keyed:
        store.transact(work, keyed=True)
    else:
        with pytest.raises(StoreLost, match="repeat it with the same key") as caught:
            store.transact(work)
        assert caught.value.data["unknown"] is True
    assert len(done) == attempts


def test_a_server_that_is_gone_after_a_commit_of_which_nobody_knows_does_not_say_that_nothing_was_written(
    store: SqlStore, url: str
) -> None:
    attempts: list[str] = []

    def work(writer: SqlWriter) -> None:
        attempts.append("once")
        if len(attempts) > 1:
            raise StoreUnreachable(url=url, why="no server answers there")
        writer.put_setting("attempts", "1")
        cut(url, backend_of(writer))

    with pytest.raises(StoreLost, match="may or may not be written") as caught:
        store.transact(work, keyed=True)
    assert (len(attempts), caught.value.data["unknown"]) == (2, True)


def test_a_commit_that_fails_without_a_word_of_the_server_leaves_open_what_became_of_it(kind: str) -> None:
    cause = psycopg.OperationalError("server closed the connection unexpectedly")
    error = DBAPIError.instance("COMMIT", None, cause, psycopg.Error)
    faults = Faults("postgresql://h/db", 5)
    in_commit, before = faults.of(error, committing=True), faults.of(error)
    assert isinstance(in_commit, StoreLost)
    assert in_commit.data["unknown"]
    assert isinstance(before, StoreUnreachable)


def test_a_read_whose_connection_is_lost_is_done_again(store: SqlStore, url: str) -> None:
    started(store)
    looks: list[str] = []

    def look(reader: Any) -> str:
        looks.append("look")
        if len(looks) == 1:
            cut(url, backend_of(reader))
        case = reader.case("ISS-000001", EVERYTHING)
        return "" if case is None else str(case.ref)

    assert store.consult(look) == "ISS-000001"
    assert len(looks) == 2


def test_of_two_transactions_that_wait_for_each_other_both_come_to_their_end(store: SqlStore) -> None:
    cases = [started(store, "ISS-1"), started(store, "ISS-2")]
    meeting, attempts = Barrier(2), [0, 0]

    def work(number: int, writer: SqlWriter) -> None:
        attempts[number] += 1
        writer.lock_case(cases[number].ref, EVERYTHING)
        if attempts[number] == 1:
            meeting.wait(30)
        writer.lock_case(cases[1 - number].ref, EVERYTHING)
        writer.put_setting(f"done-{number}", str(attempts[number]))

    threads = [Thread(target=store.transact, args=[lambda writer, n=number: work(n, writer)]) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with store.read() as reader:
        assert [reader.setting("done-0"), reader.setting("done-1")] == list(map(str, attempts))
    # The server undoes one; on a machine that is busy it may come to undo both.
    assert sum(attempts) in (3, 4)


def test_what_has_no_place_in_an_order_is_done_again(store: SqlStore, url: str) -> None:
    with store.read():
        pass  # that the tables are there is asked once
    attempts: list[str] = []

    def count(writer: SqlWriter) -> None:
        attempts.append("once")
        writer._run(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        before = int(writer.setting("count") or 0)
        if len(attempts) == 1:
            with store.write() as other:
                other.put_setting("count", "7")
        writer.put_setting("count", str(before + 1))

    store.transact(count)
    with store.read() as reader:
        assert (len(attempts), reader.setting("count")) == (2, "8")


def test_a_lock_that_is_held_too_long_is_not_waited_for_again(url: str) -> None:
    attempts: list[str] = []
    with closing(SqlStore(url, busy_seconds=0.1)) as store:
        case = started(store)

        def work(writer: SqlWriter) -> None:
            attempts.append("once")
            writer.lock_case(case.ref, EVERYTHING)

        with store.write() as holder:
            holder.lock_case(case.ref, EVERYTHING)
            with pytest.raises(StoreBusy):
                store.transact(work, keyed=True)
    assert len(attempts) == 1


def test_a_worker_whose_connection_is_lost_claims_and_acknowledges_each_message_once(
    store: SqlStore, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(store, messages=1)
    writing, losses = store._database.writing, ["claim", "acknowledge"]

    def lost_once(**words: Any) -> Any:
        manager = writing(**words)

        class Lost:
            def __enter__(self) -> Any:
                connection = manager.__enter__()
                if losses:
                    losses.pop()
                    cut(url, connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
                return connection

            def __exit__(self, *words: Any) -> Any:
                return manager.__exit__(*words)

        return Lost()

    monkeypatch.setattr(store._database, "writing", lost_once)
    (message,) = store.outbox.claim(T0, T0, "token", 9)
    losses.append("acknowledge")
    assert store.outbox.acknowledge(message.number, "token", T0)
    assert losses == []
    with store.read() as reader:
        assert reader.message_counts() == {"done": 1}


def test_a_server_that_can_only_be_read_is_told(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")  # type: ignore[arg-type]
    try:
        with closing(SqlStore(url)) as store, pytest.raises(StoreUnwritable, match="only be read"):
            store.transact(lambda writer: writer.put_setting("written", "yes"))
        with closing(SqlStore(f"{url}&target_session_attrs=read-write")) as store:
            with pytest.raises(StoreError, match="only be read") as caught, store.read():
                raise AssertionError("a copy was taken")
            assert "副本" in caught.value.message("zh")
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")  # type: ignore[arg-type]
