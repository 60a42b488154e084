"""The log of suspensions: append-only, read in every transaction, and never written while rights are in use."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from threading import Event

import psycopg
import pytest
from tests.contract.samples import T0, undone, undone_part
from tests.postgres import new_database

from duban.engine.errors import StoreBusy, StoreError
from duban.engine.model.suspension import Suspension
from duban.persistence.store import SqlStore

FIRST = Suspension(1, "suspended", "handler-1", "handler", "leader", T0, "交接 \\ “离岗”", "h1")
SECOND = replace(FIRST, number=2, kind="restored", role=None, hash="h2")


def appended(store: SqlStore, *rows: Suspension) -> None:
    with store.write() as writer:
        writer.lock_suspensions()
        for row in rows:
            writer.add_suspension(row)


def test_what_is_appended_is_read_back_the_same_in_order(store: SqlStore) -> None:
    with store.read() as reader:
        assert (reader.suspensions_head(), reader.suspensions()) == ((0, ""), [])
    appended(store, FIRST)
    appended(store, SECOND)
    with store.read() as reader:
        assert reader.suspensions() == [FIRST, SECOND]
        assert reader.suspensions_head() == (2, "h2")
    with store.write() as writer:
        assert (writer.suspensions_head(), writer.suspensions()) == ((2, "h2"), [FIRST, SECOND])


def test_a_number_stands_once(store: SqlStore) -> None:
    appended(store, FIRST)
    with pytest.raises(StoreError):
        appended(store, replace(SECOND, number=1))
    with store.read() as reader:
        assert reader.suspensions() == [FIRST]


def test_what_is_rolled_back_was_never_in_the_log(store: SqlStore) -> None:
    with undone(store) as writer:
        writer.lock_suspensions()
        writer.add_suspension(FIRST)
        assert writer.suspensions_head() == (1, "h1")
    with store.write() as writer:
        with undone_part(writer):
            writer.add_suspension(FIRST)
        assert writer.suspensions_head() == (0, "")


def test_a_backup_holds_the_log(store: SqlStore) -> None:
    appended(store, FIRST, SECOND)
    with closing(SqlStore("sqlite://")) as other:
        other.migrate()
        store.copy_to(other)
        with other.read() as reader:
            assert reader.suspensions() == [FIRST, SECOND]


def test_who_suspends_waits_for_those_who_use_rights_and_they_do_not_wait_for_each_other(
    shared_store: SqlStore, shared_url: str
) -> None:
    begun, done = Event(), []

    def suspend() -> None:
        with shared_store.write() as writer:
            begun.set()
            writer.lock_suspensions()
            writer.add_suspension(FIRST)
            done.append("suspended")

    several = shared_store.facts()["kind"] == "postgresql"
    with ThreadPoolExecutor(1) as pool, closing(SqlStore(shared_url)) as other:
        with shared_store.write() as writer:
            assert writer.suspensions_head() == (0, "")
            if several:
                with other.write() as beside:
                    assert beside.suspensions_head() == (0, "")
            later = pool.submit(suspend)
            if several:
                assert begun.wait(30)
            assert not later.done()
            done.append("used")
        later.result(30)
    assert done == ["used", "suspended"]


@pytest.mark.xdist_group("postgresql")
@pytest.mark.parametrize("isolation", ["read committed", "repeatable read"])
def test_who_waited_for_a_suspension_sees_it_whatever_the_servers_default(postgres_server: str, isolation: str) -> None:
    begun = Event()
    with new_database(postgres_server) as url, ThreadPoolExecutor(1) as pool, ExitStack() as stack:
        with psycopg.connect(url) as connection:
            name = connection.info.dbname
            connection.execute(f"ALTER DATABASE {name} SET default_transaction_isolation = '{isolation}'")  # type: ignore[call-overload]
        store = stack.enter_context(closing(SqlStore(url)))
        store.migrate()

        def use() -> tuple[int, str]:
            with store.write() as writer:
                assert writer.setting("nothing") is None  # the transaction has begun, and read
                begun.set()
                return writer.suspensions_head()

        with store.write() as writer:
            writer.lock_suspensions()
            writer.add_suspension(FIRST)
            later = pool.submit(use)
            assert begun.wait(30)
        assert later.result(30) == (1, "h1")


@pytest.mark.parametrize("kind", [pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))])
def test_a_suspension_that_waits_too_long_is_told_as_busy(kind: str, url_of: Callable[[str], str]) -> None:
    url = url_of(kind)
    with closing(SqlStore(url)) as store, closing(SqlStore(url, busy_seconds=0.1)) as hasty:
        with store.write() as writer:
            writer.suspensions_head()
            with pytest.raises(StoreBusy):
                appended(hasty, FIRST)
        appended(hasty, FIRST)


@pytest.mark.parametrize("kind", [pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql"))])
def test_a_part_that_is_undone_takes_what_it_held_with_it_and_the_next_asks_again(
    kind: str, url_of: Callable[[str], str]
) -> None:
    url = url_of(kind)
    with closing(SqlStore(url)) as store, closing(SqlStore(url)) as other, store.write() as writer:
        with undone_part(writer):
            assert writer.suspensions_head() == (0, "")
        appended(other, FIRST)
        assert writer.suspensions_head() == (1, "h1")
