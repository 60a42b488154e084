"""Tables: made once, the same as the code's, and never used when they are of another version."""

from contextlib import closing
from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text
from tests.contract.samples import a_case, a_row, started, stored
from tests.postgres import as_host

import duban.persistence
from duban.engine.errors import StoreError, StoreNotReady, StoreTooNew
from duban.persistence.store import SqlStore
from duban.persistence.tables import SCHEMA, VERSION_TABLE, metadata


def test_the_migrated_tables_are_those_of_the_code(shared_url: str) -> None:
    engine = create_engine(as_host(shared_url))
    with engine.connect() as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
        # The comparison does not look at the conditions of partial indexes.
        found = {
            index["name"]: (index["unique"], "where" in str(index.get("dialect_options")))
            for table in metadata.tables
            for index in inspect(connection).get_indexes(table)
            if not index.get("duplicates_constraint")
        }
    engine.dispose()
    declared = {
        index.name: (index.unique, index.dialect_options["sqlite"]["where"] is not None)
        for table in metadata.tables.values()
        for index in table.indexes
    }
    assert {name: (bool(unique), partial) for name, (unique, partial) in found.items()} == declared


def test_the_code_needs_the_last_revision() -> None:
    config = Config()
    config.set_main_option("script_location", f"{duban.persistence.__path__[0]}/migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA]


def test_migrating_again_changes_nothing_and_keeps_the_cases(store: SqlStore) -> None:
    case = started(store)
    store.migrate()
    with store.read() as reader:
        assert list(reader.all_cases()) == [case]


def test_a_database_without_tables_is_not_ready_and_is_not_made_by_looking(bare_url: str) -> None:
    with closing(SqlStore(bare_url)) as store:
        for _ in range(2):
            with pytest.raises(StoreNotReady, match="duban init") as caught, store.read():
                raise AssertionError("there was something to read")
        assert str(caught.value.data["found"]).startswith(("no file in this place yet", "no tables of duban"))
        with pytest.raises(StoreNotReady), store.write():
            raise AssertionError("there was something to write to")
        store.migrate()
        started(store)


def altered(url: str, *statements: str) -> None:
    """A store with all its tables, in which somebody else did something."""
    with closing(SqlStore(url)) as store:
        store.migrate()
    engine = create_engine(as_host(url))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize("found", ["9999", "0011", "later"])
def test_tables_of_a_newer_version_are_neither_used_nor_touched_and_the_remedy_is_told(
    bare_url: str, found: str
) -> None:
    altered(bare_url, f"UPDATE {VERSION_TABLE} SET version_num = '{found}'")
    with closing(SqlStore(bare_url)) as store:
        told = f"schema version {found}, which a newer duban wrote.*schema version {SCHEMA}.*Upgrade duban"
        with pytest.raises(StoreTooNew, match=told) as caught, store.read():
            raise AssertionError("read from tables of another version")
        assert "duban init" not in str(caught.value) + caught.value.message("zh")
        with pytest.raises(StoreTooNew, match=told):
            store.migrate()
        assert store.facts()["schema"] == found


@pytest.mark.parametrize(
    ("statement", "count"),
    [
        (f"DELETE FROM {VERSION_TABLE}", 0),
        (f"DROP TABLE {VERSION_TABLE}", 0),
        (f"INSERT INTO {VERSION_TABLE} VALUES ('0001')", 2),
    ],
)
def test_tables_whose_version_nothing_tells_are_told_as_that_and_not_made_again(
    bare_url: str, statement: str, count: int
) -> None:
    altered(bare_url, statement)
    with closing(SqlStore(bare_url)) as store:
        told = f"duban_schema tells the version of its tables in one row, and {count} are there"
        for work in (store.read().__enter__, store.write().__enter__, store.migrate):
            with pytest.raises(StoreError, match=told) as caught:
                work()
            assert not isinstance(caught.value, StoreNotReady)


def test_tables_that_go_missing_under_a_running_store_are_told(bare_url: str) -> None:
    with closing(SqlStore(bare_url)) as store:
        store.migrate()
        engine = create_engine(as_host(bare_url))
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE duban_settings"))
        engine.dispose()
        with store.read() as reader, pytest.raises(StoreNotReady, match="no tables"):
            reader.setting("pack")


def test_the_tables_live_beside_those_of_a_host(bare_url: str) -> None:
    engine = create_engine(as_host(bare_url))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE cases (id INTEGER)"))
        connection.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
    with closing(SqlStore(bare_url)) as store:
        store.migrate()
    with engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
    engine.dispose()
    assert tables - {"cases", "alembic_version"} == {*metadata.tables, VERSION_TABLE}
    assert all(table.startswith("duban_") for table in metadata.tables)


def test_keys_that_were_one_for_the_whole_store_are_found_after_the_upgrade(bare_url: str) -> None:
    with closing(SqlStore(bare_url)) as store:
        store.migrate()
        with store.write() as writer:
            case = stored(writer, a_case("ISS-000001"), key="req-1")
    engine = create_engine(as_host(bare_url))
    with engine.begin() as connection:  # as revision 0005 left it
        connection.execute(text("DROP INDEX uq_duban_history_key"))
        index = "CREATE UNIQUE INDEX uq_duban_history_key ON duban_history (key) WHERE key IS NOT NULL"
        connection.execute(text(index))
        for later in ("duban_suspensions", "duban_erased", "duban_archived_keys", "duban_moving"):
            connection.execute(text(f"DROP TABLE {later}"))
        for later in ("late", "counts", "closed", "movable", "archive", "workflow"):
            connection.execute(text(f"DROP INDEX ix_duban_cases_{later}"))
        connection.execute(text("DROP INDEX ix_duban_outbox_ended"))
        connection.execute(text("ALTER TABLE duban_cases DROP COLUMN archive"))
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0005'"))
    engine.dispose()
    with closing(SqlStore(bare_url)) as store:
        with pytest.raises(StoreNotReady), store.read():
            raise AssertionError("it was read with the tables of an earlier revision")
        store.migrate()
        with store.write() as writer:
            other = writer.add_case(a_case("ISS-000002"))
            writer.add_row(other.id, replace(a_row(other, key="req-1"), actor="office"))
            assert writer.row_by_key("req-1", "grid-worker") == a_row(case, key="req-1")
