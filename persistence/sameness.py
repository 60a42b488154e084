"""Whether a connection that a host lent leads to the database of this store, and not to another one beside it."""

import os
from typing import Any, Final

from sqlalchemy import Connection, Engine, StaticPool

from duban.engine.model.saying import Saying
from duban.persistence.addresses import file_of
from duban.persistence.faults import Faults

_MEMORY: Final = ":memory:"
"""How a database without a file is told."""


def require_same(connection: Connection, engine: Engine, faults: Faults) -> None:
    """Go on unless the connection leads elsewhere than the store's own engine.

    Of SQLite the files are compared; of a store in memory, the connection has to be the one that holds it. Of
    PostgreSQL the names of the databases are compared, for one server has many names.

    Raises:
        StoreError: another kind of database, another file, other memory, or a database of another name.
    """
    kind, other = engine.url.get_backend_name(), connection.engine.url.get_backend_name()
    found = _place_of(connection, other)
    here = _here(engine, kind)
    if kind == other == "sqlite" and here is None:
        if not _is_its_own(connection, engine):
            raise faults.unusable(Saying("store.elsewhere-in-memory", found=found or _MEMORY))
    elif kind != other or not _is_same(kind, here, found):
        raise faults.unusable(Saying("store.elsewhere", found=found or _MEMORY))


def _here(engine: Engine, kind: str) -> str | None:
    file = file_of(engine.url)
    return str(file) if file is not None else None if kind == "sqlite" else engine.url.database


def _place_of(connection: Connection, kind: str) -> str | None:
    if kind != "sqlite":
        name: str = connection.exec_driver_sql("SELECT current_database()").scalar_one()
        return name
    rows: list[Any] = list(connection.exec_driver_sql("PRAGMA database_list"))
    return next((row[2] or None for row in rows if row[1] == "main"), None)


def _is_its_own(connection: Connection, engine: Engine) -> bool:
    """Whether it is the one connection of a store in memory, which nothing is asked of and nothing given back to."""
    pool = engine.pool
    return isinstance(pool, StaticPool) and connection.connection.driver_connection is pool.connection.driver_connection


def _is_same(kind: str, here: str | None, found: str | None) -> bool:
    if kind != "sqlite":
        # A URL without a name leaves it to the server's rules, which the driver knows.
        return here is None or here == found
    if here is None or found is None:
        return here == found
    try:
        return os.path.samefile(here, found)
    except OSError:
        return os.path.realpath(here) == os.path.realpath(found)
