"""A store in a schema of a PostgreSQL database: it lives there whole, and nothing beside it is touched."""

from collections.abc import Iterator
from contextlib import closing
from urllib.parse import quote

import psycopg
import pytest
from sqlalchemy import create_engine
from tests.contract.samples import EVERYTHING, started
from tests.postgres import new_database

from duban.engine.errors import StoreBusy, StoreError, StoreNotReady
from duban.persistence import database, namespaces
from duban.persistence.addresses import shown
from duban.persistence.store import SqlStore
from duban.persistence.tables import metadata

pytestmark = pytest.mark.xdist_group("postgresql")

HOSTILE = (
    "", "North", "north-street", "pg_catalog", "pg_temp", "information_schema", "1st", "北街", "a" * 64,
    "north,public", 'north"; DROP SCHEMA south CASCADE; --', "north -c search_path=south", "north%20south", "$user",
)  # fmt: skip


@pytest.fixture
def district(postgres_server: str) -> Iterator[str]:
    """A database without any tables; its URL."""
    with new_database(postgres_server) as url:
        yield url


def everything(url: str, *, outside: str) -> list[tuple[str, ...]]:
    """Every relation, constraint, function and schema of the database that lies outside a schema."""
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT nspname, relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname <> %s"
            " AND nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema') UNION ALL"
            " SELECT nspname, proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname <> %s"
            " AND nspname NOT IN ('pg_catalog', 'information_schema') UNION ALL"
            " SELECT 'schema', nspname FROM pg_namespace WHERE nspname <> %s ORDER BY 1, 2",
            [outside] * 3,
        ).fetchall()


def test_the_tables_their_version_and_their_counters_are_made_in_the_schema_and_nothing_outside_it(
    district: str,
) -> None:
    before = everything(district, outside="north_street")
    with closing(SqlStore(f"{district}&schema=north_street")) as store:
        with pytest.raises(StoreNotReady), store.read():
            raise AssertionError("there was something to read")
        store.migrate()
        store.migrate()
        started(store)
        assert store.facts()["namespace"] == "north_street"
        assert "schema=north_street" in store.url
    assert everything(district, outside="north_street") == before
    with psycopg.connect(district) as connection:
        made = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'north_street'").fetchall()
    assert {name for (name,) in made} == {*metadata.tables, "duban_schema"}


def test_stores_in_two_schemas_and_one_beside_them_number_and_keep_their_cases_apart(district: str) -> None:
    urls = [district, f"{district}&schema=north_street", f"{district}&schema=south_street"]
    stores = [SqlStore(url) for url in urls]
    for store in stores:
        store.migrate()
    cases = [started(store, state=f"state-{number}") for number, store in enumerate(stores)]
    assert [case.id for case in cases] == [1, 1, 1]
    for case, store in zip(cases, stores, strict=True):
        with store.read() as reader:
            assert list(reader.all_cases()) == [case]
        store.close()


def test_neither_the_roles_own_path_nor_options_of_the_url_lead_out_of_the_schema(district: str) -> None:
    with closing(SqlStore(f"{district}&schema=south_street")) as south:
        south.migrate()
        started(south)
    odd = f"{district}&options=-c%20search_path%3Dsouth_street%20-c%20statement_timeout%3D7s&schema=north_street"
    with closing(SqlStore(odd)) as north:
        with pytest.raises(StoreNotReady), north.read():
            raise AssertionError("it read what lies in the other schema")
        north.migrate()
        with north.read() as reader:
            assert list(reader.all_cases()) == []
            assert reader._connection.exec_driver_sql("SHOW statement_timeout").scalar() == "7s"


def test_a_pooler_that_drops_the_schema_leads_nobody_into_the_tables_beside_it(
    district: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(SqlStore(district)) as beside:
        beside.migrate()
        started(beside)
    monkeypatch.setattr(database, "confined", lambda url: (namespaces.confined(url)[0], {}))
    with closing(SqlStore(f"{district}&schema=north_street")) as north:
        for work in (north.migrate, north.facts, lambda: north.read().__enter__()):
            with pytest.raises(StoreError, match="connection pooler"):
                work()


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_the_name_of_a_schema_is_refused_before_anything_is_opened(name: str) -> None:
    with pytest.raises(StoreError, match="small letters"):
        SqlStore(f"postgresql://h/d?schema={quote(name)}&application_name=duban")


def test_two_schemas_in_one_url_are_refused_and_sqlite_has_none() -> None:
    for url in ("postgresql://h/d?schema=a&schema=b", "sqlite:///a.db?schema=a"):
        with pytest.raises(StoreError):
            SqlStore(url)
    assert shown("postgresql://u:secret@h/d?schema=north") == "postgresql://u@h/d?schema=north"


def test_a_schema_that_is_closed_to_the_role_is_told_as_closed_and_not_as_empty(district: str) -> None:
    with closing(SqlStore(f"{district}&schema=north_street")) as north:
        north.migrate()
    with psycopg.connect(district, autocommit=True) as connection:
        connection.execute("CREATE ROLE visitor LOGIN")
    guest = f"{district.replace('postgres@', 'visitor@')}&schema=north_street"
    try:
        with closing(SqlStore(guest)) as store:
            with pytest.raises(StoreError, match="closed to this role") as caught, store.read():
                raise AssertionError("there was something to read")
            assert not isinstance(caught.value, StoreNotReady)
            with pytest.raises(StoreError, match="closed to this role"):
                store.migrate()
        elsewhere = SqlStore(guest.replace("north_street", "nowhere"))
        with closing(elsewhere), pytest.raises(StoreError, match="does not permit"):
            elsewhere.migrate()
        with psycopg.connect(district, autocommit=True) as connection:
            connection.execute("GRANT USAGE ON SCHEMA north_street TO visitor")
            connection.execute("GRANT SELECT ON north_street.duban_schema TO visitor")
        store = SqlStore(guest)
        told = pytest.raises(StoreError, match="permission denied for table duban_cases")
        with closing(store), told, store.read() as reader:
            reader.case("ISS-000001", EVERYTHING)
    finally:
        with psycopg.connect(district, autocommit=True) as connection:
            connection.execute("DROP OWNED BY visitor")
            connection.execute("DROP ROLE visitor")


def test_a_host_whose_connection_works_in_another_schema_is_turned_away(district: str) -> None:
    url = f"{district}&schema=north_street"
    south, north = SqlStore(f"{district}&schema=south_street"), SqlStore(url)
    for store in (south, north):
        store.migrate()
    plain = district.replace("postgresql://", "postgresql+psycopg://")
    elsewhere, inside = create_engine(plain), create_engine(f"{plain}&options=-csearch_path%3Dnorth_street")
    with elsewhere.connect() as connection:
        with pytest.raises(StoreError, match="works in the schema public"):
            north.join(connection)
        connection.exec_driver_sql("SET search_path = south_street, north_street")
        with pytest.raises(StoreError, match="works in the schema south_street"):
            north.join(connection)
    with inside.connect() as connection, connection.begin():
        assert list(north.join(connection).all_cases()) == []
    for host in (elsewhere, inside):
        host.dispose()
    for store in (north, south):
        store.close()


def test_what_is_counted_in_one_schema_holds_up_nobody_who_counts_the_same_in_another(district: str) -> None:
    stores = [SqlStore(f"{district}&schema={name}", busy_seconds=0.2) for name in ("north", "north", "south")]
    for store in stores:
        store.migrate()
    with stores[0].write() as mine:
        mine.lock_subject("rule", "subject")
        with stores[2].write() as beside:
            beside.lock_subject("rule", "subject")
        with pytest.raises(StoreBusy), stores[1].write() as same:
            same.lock_subject("rule", "subject")
    for store in stores:
        store.close()
