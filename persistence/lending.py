"""The transaction of a host that lends its session or connection."""

from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from duban.engine.model.saying import Saying
from duban.persistence.faults import LENT_CLOSED, Faults

_NO_SESSION: Final = Saying("store.no-session")
_AUTOCOMMIT: Final = Saying("store.autocommit")


def lent_by(session: Any, faults: Faults) -> Connection:
    """The connection of a SQLAlchemy session, or that connection itself. Nothing of the host's is flushed.

    Raises:
        StoreError: it is neither, it is closed, or the session gives none.
    """
    if isinstance(session, Connection):
        return _open(session, faults)
    # Whoever has a session has imported this; nobody else waits for it.
    from sqlalchemy.orm import Session, scoped_session

    if isinstance(session, Session | scoped_session):
        try:
            # Not session.execute: that would flush the host's objects.
            return _open(session.connection(), faults)
        except SQLAlchemyError as error:
            raise faults.of(error) from error
    raise faults.unusable(_NO_SESSION)


def join_savepoints(session: Any, connection: Connection, faults: Faults) -> None:
    """Have a session begin the savepoints that it was asked for since it lent its connection.

    It puts each off until it is asked for the connection again; what is written before that, it does not undo with it.

    Raises:
        StoreError: the session has failed, and waits to be rolled back.
    """
    if session is not connection and not connection.closed:
        with faults.translated():
            session.connection()


def _open(connection: Connection, faults: Faults) -> Connection:
    if connection.closed:
        raise faults.unusable(LENT_CLOSED)
    return connection


def begin(connection: Connection, faults: Faults) -> None:
    """See to it that a transaction is open, which a host's driver may have put off.

    Raises:
        StoreError: the host commits by itself, or its database is neither SQLite nor PostgreSQL.
    """
    kind = connection.dialect.name
    if kind not in ("sqlite", "postgresql"):
        raise faults.unusable(Saying("store.kind", kind=kind))
    with faults.translated():
        driver = connection.connection.driver_connection
    by_itself = connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
    if by_itself or (kind == "postgresql" and getattr(driver, "autocommit", False)):
        raise faults.unusable(_AUTOCOMMIT)
    with faults.translated():
        if not connection.in_transaction():
            connection.begin()
        if kind == "sqlite" and not getattr(driver, "in_transaction", True):
            # sqlite3 begins only before its first write. A savepoint before that would be a transaction of its own, and
            # its release a commit.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
