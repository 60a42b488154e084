"""Statements that go to a PostgreSQL server together: each is answered, the first that fails is told, all is undone."""

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text
from tests.contract.samples import a_row, started

import duban
from duban.persistence.pipeline import Pipeline
from duban.persistence.store import SqlStore
from duban.persistence.writer import SqlWriter

pytestmark = pytest.mark.xdist_group("postgresql")


@pytest.fixture
def driver(url_of: Callable[[str], str]) -> Iterator[Any]:
    """A connection of the driver that commits by itself."""
    with psycopg.connect(url_of("postgresql"), autocommit=True) as connection:
        connection.execute("CREATE TEMPORARY TABLE words (number integer PRIMARY KEY, word text)")
        yield connection


@pytest.fixture
def pipeline(driver: Any) -> Pipeline:
    """Its pipeline."""
    return Pipeline(driver, {})


ADD = "INSERT INTO words VALUES ($1, $2)"
FIND = "SELECT number, word FROM words WHERE number >= $1 ORDER BY number"


def test_all_that_was_put_is_answered_in_its_order(pipeline: Pipeline) -> None:
    pipeline.add(ADD, (1, "督办"))
    pipeline.add(ADD, (2, None))
    pipeline.add(FIND, (1,))
    first, second, found = pipeline.send()
    assert (first.command_tuples, second.command_tuples) == (1, 1)
    assert pipeline.rows(found) == [(1, "督办"), (2, None)]
    assert len(pipeline) == 0


def test_a_statement_is_prepared_once_for_a_connection(driver: Any) -> None:
    names: dict[str, bytes] = {}
    for number in range(3):
        pipeline = Pipeline(driver, names)
        pipeline.add(ADD, (number, "a"))
        pipeline.add(FIND, (number,))
        pipeline.send()
    prepared = driver.execute("SELECT statement FROM pg_prepared_statements ORDER BY 1").fetchall()
    assert [one for (one,) in prepared if "words" in one] == [ADD, FIND]


def test_the_first_that_fails_is_told_and_none_behind_it_is_carried_out(driver: Any, pipeline: Pipeline) -> None:
    for sql, bound in (("BEGIN", None), (ADD, (1, "a")), (ADD, (1, "b")), (ADD, (2, "c")), ("COMMIT", None)):
        pipeline.add(sql, bound)
    with pytest.raises(psycopg.errors.UniqueViolation):
        pipeline.send()
    pipeline.add("ROLLBACK")
    pipeline.send()
    assert driver.execute("SELECT count(*) FROM words").fetchone() == (0,)


def test_what_failed_before_it_was_prepared_is_prepared_the_next_time(driver: Any, pipeline: Pipeline) -> None:
    pipeline.add("SELECT $1::integer / 0", (1,))
    pipeline.add(ADD, (1, "a"))
    with pytest.raises(psycopg.errors.DivisionByZero):
        pipeline.send()
    pipeline.add(ADD, (1, "a"))
    assert [answer.command_tuples for answer in pipeline.send()] == [1]


def test_a_value_that_cannot_be_sent_is_refused_when_it_is_put(pipeline: Pipeline) -> None:
    pipeline.add(ADD, (1, "a"))
    with pytest.raises(psycopg.DataError):
        pipeline.add(ADD, (2, "half\0"))
    assert len(pipeline) == 1


def test_more_than_fits_on_the_way_is_sent_and_answered_at_once(pipeline: Pipeline) -> None:
    for number in range(3_000):
        pipeline.add("INSERT INTO words VALUES ($1, $2) RETURNING word", (number, "长" * 1_000))
    answers = pipeline.send()
    assert {pipeline.rows(answer)[0] for answer in answers} == {("长" * 1_000,)}
    assert len(answers) == 3_000


def test_a_server_that_knows_no_prepared_statement_any_more_is_asked_anew(url_of: Callable[[str], str]) -> None:
    with closing(SqlStore(url_of("postgresql"))) as store:
        for name in ("a", "b"):
            store.transact(lambda writer, name=name: writer.put_setting(name, "1"), keyed=True)  # type: ignore[misc]
            with store._database.engine.connect() as connection:
                connection.execute(text("DEALLOCATE ALL"))
        with store.read() as reader:
            assert [reader.setting(name) for name in ("a", "b")] == ["1", "1"]


def test_a_transaction_that_was_undone_meanwhile_is_not_told_as_kept(url_of: Callable[[str], str]) -> None:
    def hidden_fault(writer: SqlWriter) -> None:
        with suppress(duban.StoreError):
            writer._run(text("SELECT 1 / 0"))

    with (
        closing(SqlStore(url_of("postgresql"))) as store,
        pytest.raises(duban.StoreError, match="nothing of it was kept"),
    ):
        store.transact(hidden_fault)


def test_a_part_that_fails_tells_why_whatever_was_put_before_it(url_of: Callable[[str], str]) -> None:
    with closing(SqlStore(url_of("postgresql"))) as store:
        case = started(store)

        def work(writer: SqlWriter) -> None:
            writer.add_row(case.id, a_row(case))
            with writer.part():
                writer.put_setting("a", "1")

        with pytest.raises(duban.VersionConflict):
            store.transact(work)


def test_a_connection_that_ended_while_it_was_not_used_is_replaced_for_a_read(url_of: Callable[[str], str]) -> None:
    with closing(SqlStore(url_of("postgresql"))) as store:
        store.transact(lambda writer: writer.put_setting("a", "1"))

        @event.listens_for(store._database.engine, "checkout")
        def ended(connection: Any, record: Any, _proxy: Any) -> None:
            if not record.info.pop("spared", False) and not ended_once:
                ended_once.append(True)
                with psycopg.connect(connection.info.dsn) as other:
                    other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.info.backend_pid])

        ended_once: list[bool] = []
        assert store.consult(lambda reader: reader.setting("a")) == "1"
        assert ended_once


def test_who_goes_on_after_a_value_that_cannot_be_sent_is_still_in_the_transaction(
    url_of: Callable[[str], str],
) -> None:
    with closing(SqlStore(url_of("postgresql"))) as store:
        with suppress(LookupError), store.write() as writer:
            with suppress(duban.StoreError):
                writer.put_setting("a", "half\0")
            writer.put_setting("b", "1")
            assert writer.setting("b") == "1"
            raise LookupError
        with store.read() as reader:
            assert reader.setting("b") is None
