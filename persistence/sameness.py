"""Whether a connection that a host lent leads to the database of this store, and not to another one beside it."""

import os
from typing import Any

from sqlalchemy import URL, Connection

from duban.engine.model.saying import Saying
from duban.persistence.addresses import file_of
from duban.persistence.faults import Faults


def require_same(connection: Connection, url: URL, faults: Faults) -> None:
    """Go on unless the connection is known to lead elsewhere.

    Of SQLite the files are compared; of PostgreSQL the names of the databases, for one server has many names.

    Raises:
        StoreError: another kind of database, another file, or a database of another name.
    """
    here, there = _place(url), connection.engine.url
    found = _place_of(connection, there)
    kind, wanted = url.get_backend_name(), there.get_backend_name()
    if kind != wanted or (here is not None and found is not None and not _is_same(kind, here, found)):
        raise faults.unusable(Saying("store.elsewhere", found=found or wanted))


def _place(url: URL) -> str | None:
    file = file_of(url)
    return str(file) if file is not None else None if url.get_backend_name() == "sqlite" else url.database


def _place_of(connection: Connection, url: URL) -> str | None:
    if url.get_backend_name() != "sqlite":
        name: str = connection.exec_driver_sql("SELECT current_database()").scalar_one()
        return name
    rows: list[Any] = list(connection.exec_driver_sql("PRAGMA database_list"))
    return next((row[2] or None for row in rows if row[1] == "main"), None)


def _is_same(kind: str, here: str, found: str) -> bool:
    if kind != "sqlite":
        return here == found
    try:
        return os.path.samefile(here, found)
    except OSError:
        return os.path.realpath(here) == os.path.realpath(found)
