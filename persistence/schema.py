"""The version of the tables: reading it, and bringing them up to the one that this code needs."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text

from duban.persistence.database import Database
from duban.persistence.faults import NO_TABLES, Faults, schema_version
from duban.persistence.namespaces import create_namespace, require_access
from duban.persistence.tables import SCHEMA, VERSION_TABLE

_LOCK: Final = text(
    "SELECT pg_advisory_xact_lock("
    "hashtextextended(concat('duban:migrate:', coalesce(CAST(:namespace AS text), current_schema())), 0))"
)
"""Under it the tables of one schema are migrated by one process at a time."""

# Both ask without an error where there is no such table: an error would end a host's transaction on PostgreSQL.
_IS_THERE: Final = {
    "sqlite": text(f"SELECT name FROM sqlite_master WHERE type = 'table' AND name = '{VERSION_TABLE}'"),
    "postgresql": text(f"SELECT to_regclass('{VERSION_TABLE}')"),
}
_VERSION: Final = text(f"SELECT version_num FROM {VERSION_TABLE}")


def found_version(connection: Connection, faults: Faults) -> str | None:
    """The revision that the tables are of; None where there are none."""
    with faults.translated():
        if connection.execute(_IS_THERE[connection.dialect.name]).scalar() is None:
            return None
        found: str | None = connection.execute(_VERSION).scalar()
    return found


def require_schema(connection: Connection, faults: Faults, namespace: str | None = None) -> None:
    """Go on only where the tables are those of this code.

    Raises:
        StoreNotReady: there are none, or those of another version.
        StoreError: they lie in a schema that is closed to us.
    """
    if namespace is not None:
        with faults.translated():
            require_access(connection, namespace, faults)
    found = found_version(connection, faults)
    if found != SCHEMA:
        raise faults.not_ready(NO_TABLES if found is None else schema_version(found))


def migrate(database: Database) -> None:
    """Create or upgrade the tables in one transaction; other processes wait and then find it done.

    A store that lives in a schema of its own has it created first, where it is not there yet.

    Raises:
        StoreNotReady: the tables are of a version that this code does not know.
        StoreError: nothing may be created there.
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
            return
        with database.faults.translated():
            _upgrade(connection, found, database.faults)


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
            raise faults.not_ready(schema_version(found))
    command.upgrade(config, "head")
