"""The version of the tables: reading it, and bringing them up to the one that this code needs."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text

from duban.engine.model.saying import Saying
from duban.persistence.database import Database
from duban.persistence.faults import NO_TABLES, Faults, schema_version
from duban.persistence.namespaces import create_namespace, require_access
from duban.persistence.tables import SCHEMA, VERSION_TABLE, cases

_LOCK: Final = text(
    "SELECT pg_advisory_xact_lock("
    "hashtextextended(concat('duban:migrate:', coalesce(CAST(:namespace AS text), current_schema())), 0))"
)
"""Under it the tables of one schema are migrated by one process at a time."""

# Both ask without an error where there is no such table: an error would end a host's transaction on PostgreSQL.
_IS_THERE: Final = {
    "sqlite": text("SELECT name FROM sqlite_master WHERE type = 'table' AND name = :name"),
    "postgresql": text("SELECT to_regclass(:name)"),
}
_CASES: Final = "duban_cases"
"""A table of every version, by which a store is known that lost the one of its version."""
_INDEXES: Final = text(f"SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = '{_CASES}'")
_VERSION: Final = text(f"SELECT version_num FROM {VERSION_TABLE}")


def found_version(connection: Connection, faults: Faults) -> str | None:
    """The revision that the tables are of; None where there are none.

    Raises:
        StoreError: the one row that tells it is missing, or is not the only one.
    """
    with faults.translated():
        if not _is_there(connection, VERSION_TABLE):
            return None
        found: list[str] = list(connection.execute(_VERSION).scalars())
    if len(found) != 1:
        raise faults.unusable(Saying("store.no-version", count=len(found)))
    return found[0]


def require_schema(connection: Connection, faults: Faults, namespace: str | None = None) -> None:
    """Go on only where the tables are those of this code.

    Raises:
        StoreNotReady: there are none, or those of another version.
        StoreError: they lie in a schema that is closed to us, or nothing tells their version.
    """
    if namespace is not None:
        with faults.translated():
            require_access(connection, namespace, faults)
    found = found_version(connection, faults)
    if found is None:
        _require_none(connection, faults)
        raise faults.not_ready(NO_TABLES)
    if found != SCHEMA:
        raise faults.newer(found) if found > SCHEMA else faults.not_ready(schema_version(found))


def migrate(database: Database) -> None:
    """Create or upgrade the tables in one transaction; other processes wait and then find it done.

    A store that lives in a schema of its own has it created first, where it is not there yet.

    Raises:
        StoreNotReady: the tables are of a version that this code does not know.
        StoreError: nothing may be created there, or nothing tells the version of the tables that are there.
    """
    namespace = database.namespace
    with database.writing(create=True) as connection:
        if database.dialect == "postgresql":
            with database.faults.translated():
                connection.execute(_LOCK, {"namespace": namespace})
                if namespace is not None:
                    create_namespace(connection, namespace)
                    require_access(connection, namespace, database.faults, creating=True)
        found = found_version(connection, database.faults)
        if found == SCHEMA:
            if database.dialect == "sqlite":
                _index_again(connection, database.faults)
            return
        with database.faults.translated():
            _upgrade(connection, found, database.faults)


def _index_again(connection: Connection, faults: Faults) -> None:
    """Make indexes of cases that somebody has dropped: SQLite is told to list along them, and refuses without."""
    with faults.translated():
        there = set(connection.execute(_INDEXES).scalars())
        for index in cases.indexes:
            if index.name not in there:
                index.create(connection)


def _is_there(connection: Connection, table: str) -> bool:
    return connection.execute(_IS_THERE[connection.dialect.name], {"name": table}).scalar() is not None


def _require_none(connection: Connection, faults: Faults) -> None:
    """Go on where no tables of duban are; without that of their version, nobody knows what those that are there are."""
    with faults.translated():
        there = _is_there(connection, _CASES)
    if there:
        raise faults.unusable(Saying("store.no-version", count=0))


def _upgrade(connection: Connection, found: str | None, faults: Faults) -> None:
    # Alembic is wanted only here, and importing it takes longer than most commands.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    if found is not None:
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if found not in known:
            raise faults.newer(found)
    else:
        _require_none(connection, faults)
    command.upgrade(config, "head")
