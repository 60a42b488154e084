"""Inside the host's transaction: never committed, never flushed, gone with the host's rollback."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, StaticPool, create_engine, event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, scoped_session, sessionmaker
from tests.contract.samples import EVERYTHING, T0, a_case, a_row, advanced, started, stored, undone_part
from tests.postgres import as_host

from duban.engine.errors import StoreError, StoreNotReady, VersionConflict
from duban.persistence.store import SqlStore


class Base(DeclarativeBase):
    """The host's own tables."""


class Order(Base):
    """Something of the host's."""

    __tablename__ = "host_orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


@pytest.fixture
def host(shared_url: str) -> Iterator[Engine]:
    """The host's engine on the same database, left as SQLAlchemy makes it."""
    engine = create_engine(as_host(shared_url))
    Base.metadata.create_all(engine)
    yield engine
    Base.metadata.drop_all(engine)
    engine.dispose()


def _refs(store: SqlStore) -> list[str]:
    with store.read() as reader:
        return [case.ref for case in reader.all_cases()]


def test_what_is_written_is_committed_by_the_host_and_not_before(shared_store: SqlStore, host: Engine) -> None:
    with Session(host) as session:
        stored(shared_store.join(session), a_case(), messages=1)
        assert _refs(shared_store) == []
        session.commit()
    assert _refs(shared_store) == ["ISS-000001"]


def test_what_is_written_goes_with_the_hosts_rollback(shared_store: SqlStore, host: Engine) -> None:
    with Session(host) as session:
        session.add(Order(name="kept by nobody"))
        stored(shared_store.join(session), a_case())
        session.flush()
        session.rollback()
        assert session.query(Order).count() == 0
    assert _refs(shared_store) == []


def test_the_hosts_objects_are_neither_flushed_nor_expired(shared_store: SqlStore, host: Engine) -> None:
    flushed = []
    with Session(host) as session:
        event.listen(session, "before_flush", lambda *_: flushed.append(True))
        order = Order(name="new")
        session.add(order)
        writer = shared_store.join(session)
        case = stored(writer, a_case(), messages=1)
        assert writer.advance_case(advanced(case), case)
        assert writer.lock_case(case.ref, EVERYTHING) == advanced(case)
        with undone_part(writer):
            writer.put_setting("a", "b")
        assert flushed == []
        assert order in session.new
        session.commit()
        assert flushed == [True]
    assert _refs(shared_store) == ["ISS-000001"]


def test_a_part_before_anything_else_is_written_commits_nothing(shared_store: SqlStore, host: Engine) -> None:
    with Session(host) as session:
        writer = shared_store.join(session)
        with writer.part():
            stored(writer, a_case())
        assert _refs(shared_store) == []
        session.rollback()
    assert _refs(shared_store) == []


def test_a_part_that_is_undone_leaves_the_hosts_work(shared_store: SqlStore, host: Engine) -> None:
    with Session(host) as session:
        session.add(Order(name="kept"))
        session.flush()
        writer = shared_store.join(session)
        with undone_part(writer):
            stored(writer, a_case("undone"))
        stored(writer, a_case("kept"))
        session.commit()
        assert session.query(Order).count() == 1
    assert _refs(shared_store) == ["kept"]


def test_a_conflict_leaves_the_hosts_transaction_usable(shared_store: SqlStore, host: Engine) -> None:
    case = started(shared_store)
    with Session(host) as session:
        writer = shared_store.join(session)
        with pytest.raises(VersionConflict):
            writer.add_row(case.id, a_row(case))
        session.add(Order(name="kept"))
        session.commit()
        assert session.query(Order).count() == 1


def test_a_change_made_meanwhile_by_somebody_else_is_never_overwritten(shared_store: SqlStore, host: Engine) -> None:
    case = started(shared_store)
    with Session(host) as session:
        assert session.execute(text("SELECT version FROM duban_cases")).scalar_one() == case.version
        session.rollback()
        with shared_store.write() as writer:
            assert writer.advance_case(advanced(case, state="assigned"), case)
        assert not shared_store.join(session).advance_case(advanced(case, state="lost"), case)
        session.commit()
    with shared_store.read() as reader:
        after = reader.case_by_id(case.id)
    assert after is not None
    assert after.state == "assigned"


def test_a_connection_can_be_joined_before_and_after_it_began(shared_store: SqlStore, host: Engine) -> None:
    with host.connect() as connection:
        stored(shared_store.join(connection), a_case("a"))
        stored(shared_store.join(connection), a_case("b"))
        connection.commit()
    with host.begin() as connection:
        stored(shared_store.join(connection), a_case("c"))
    with host.connect() as connection:
        stored(shared_store.join(connection), a_case("lost"))
    assert _refs(shared_store) == ["a", "b", "c"]


def test_a_scoped_session_can_be_joined(shared_store: SqlStore, host: Engine) -> None:
    session = scoped_session(sessionmaker(host))
    stored(shared_store.join(session), a_case())
    session.commit()
    session.remove()
    assert _refs(shared_store) == ["ISS-000001"]


def test_a_host_that_commits_each_statement_by_itself_is_refused(shared_store: SqlStore, host: Engine) -> None:
    with (
        host.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
        pytest.raises(StoreError, match="no transaction to join"),
    ):
        shared_store.join(connection)


@pytest.mark.parametrize("other", [None, "sqlite://", 3])
def test_what_is_no_session_is_refused(shared_store: SqlStore, other: object) -> None:
    with pytest.raises(StoreError, match="Session or Connection"):
        shared_store.join(other)


def test_a_session_without_a_database_is_refused_in_duban_words(shared_store: SqlStore) -> None:
    with Session() as session, pytest.raises(StoreError, match="cannot be used"):
        shared_store.join(session)


def test_a_database_without_tables_is_told_and_the_hosts_transaction_goes_on(bare_url: str) -> None:
    engine = create_engine(as_host(bare_url))
    store = SqlStore(bare_url)
    with engine.connect() as connection:
        with pytest.raises(StoreNotReady, match="no tables"):
            store.join(connection)
        assert connection.execute(text("SELECT 1")).scalar() == 1
    store.close()
    engine.dispose()


def test_the_hosts_instants_are_none_of_our_business(shared_store: SqlStore, host: Engine) -> None:
    def read(connection: Connection) -> int:
        found: int = connection.execute(text("SELECT opened_at FROM duban_cases")).scalar_one()
        return found

    with host.begin() as connection:
        stored(shared_store.join(connection), a_case(opened_at=T0 + timedelta(microseconds=1)))
        assert read(connection) == 1_612_315_800_123_457


def test_a_connection_to_another_database_is_refused(shared_store: SqlStore, tmp_path: Path) -> None:
    other = create_engine(f"sqlite:///{tmp_path / 'other.db'}")
    with closing(SqlStore(str(other.url))) as beside:
        beside.migrate()
    with Session(other) as session:
        with pytest.raises(StoreError, match="another database"):
            shared_store.join(session)
        assert session.execute(text("SELECT count(*) FROM duban_cases")).scalar_one() == 0
    other.dispose()


@pytest.mark.parametrize("place", ["file", "memory"])
def test_a_store_in_memory_takes_no_session_on_another_database_and_writes_nothing_there(
    tmp_path: Path, place: str
) -> None:
    other = create_engine("sqlite://" if place == "memory" else f"sqlite:///{tmp_path / 'other.db'}")
    with closing(SqlStore(f"sqlite:///{tmp_path / 'other.db'}")) as beside:
        beside.migrate()
    with closing(SqlStore("sqlite:///:memory:")) as store, Session(other) as session:
        store.migrate()
        with pytest.raises(StoreError, match="another database") as caught:
            store.join(session)
        assert (":memory:" if place == "memory" else "other.db") in str(caught.value.data["why"].data["found"])
        assert _refs(store) == []
    other.dispose()


def test_a_store_in_memory_can_be_joined_by_its_own_connection_alone(tmp_path: Path) -> None:
    with closing(SqlStore("sqlite:///:memory:")) as store:
        store.migrate()
        own = store._database.engine  # of nobody else's can a store in memory be reached
        with Session(own) as session:
            stored(store.join(session), a_case("a"))
            session.commit()
        driver = own.pool.connection.driver_connection  # type: ignore[attr-defined]
        around = create_engine("sqlite://", creator=lambda: driver, poolclass=StaticPool)
        with around.connect() as connection:
            stored(store.join(connection), a_case("b"))
            connection.rollback()
            stored(store.join(connection), a_case("c"))
            connection.commit()
        assert _refs(store) == ["a", "c"]


def test_a_session_in_memory_is_told_to_lead_to_another_database_than_a_file(tmp_path: Path) -> None:
    other = create_engine("sqlite://")
    with closing(SqlStore(f"sqlite:///{tmp_path / 'here.db'}")) as store, Session(other) as session:
        store.migrate()
        with pytest.raises(StoreError, match="leads to :memory:, another database") as caught:
            store.join(session)
        assert caught.type is StoreError
        assert "不是此存储的数据库" in caught.value.message("zh")
    other.dispose()


def test_what_a_session_undoes_to_a_savepoint_of_its_own_never_was(shared_store: SqlStore, host: Engine) -> None:
    with Session(host) as session:
        writer = shared_store.join(session)
        with writer.part():
            stored(writer, a_case("before"))
        savepoint = session.begin_nested()
        with writer.part():
            stored(writer, a_case("undone"))
        savepoint.rollback()
        with session.begin_nested(), writer.part():
            stored(writer, a_case("after"))
        session.commit()
    assert _refs(shared_store) == ["before", "after"]


def test_a_session_that_has_failed_takes_nothing_in_until_it_is_rolled_back(
    shared_store: SqlStore, host: Engine
) -> None:
    with Session(host) as session:
        writer = shared_store.join(session)
        session.add_all([Order(id=1, name="one"), Order(id=1, name="another")])
        with pytest.raises(IntegrityError):
            session.flush()
        with pytest.raises(StoreError), writer.part():
            stored(writer, a_case("lost"))
        session.rollback()
        stored(shared_store.join(session), a_case("kept"))
        session.commit()
    assert _refs(shared_store) == ["kept"]
