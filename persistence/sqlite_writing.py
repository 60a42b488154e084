"""The one connection on which an engine writes to an SQLite file, and the transactions on it."""

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from duban.engine.errors import StoreError
from duban.persistence.faults import Faults


class SqliteWriting:
    """Kept from one transaction to the next: to fetch a connection costs a tenth of a step. One thread at a time."""

    def __init__(self, engine: Engine, faults: Faults) -> None:
        self._engine = engine
        self._faults = faults
        self._connection: Connection | None = None
        self._driver: Any = None
        self._is_spent = False

    def begin(self) -> Connection:
        """Begin a transaction.

        Raises:
            StoreBusy, StoreError: the file is locked, or cannot be opened or written.
        """
        try:
            with self._faults.translated():
                if self._connection is None:
                    self._connection = self._engine.connect()
                    self._driver = self._connection.connection.driver_connection
                self._driver.execute("BEGIN IMMEDIATE")
        except StoreError as fault:
            if self._faults.is_read_only(fault):
                self._open_anew()
            raise
        return self._connection

    def tell(self, command: str) -> None:
        """Run a command that answers nothing."""
        with self._faults.translated():
            self._driver.execute(command)

    def require_open(self) -> None:
        """The transaction is still there.

        Raises:
            StoreError: SQLite has undone it.
        """
        self._faults.require_open(self._driver)

    def noted(self, fault: BaseException) -> None:
        """A connection that turned out to be for reading only is not used again."""
        self._is_spent |= self._faults.is_read_only(fault)

    def commit(self) -> None:
        """Commit what was written. Whatever it raises, nothing of it is kept.

        Raises:
            StoreBusy, StoreError.
        """
        try:
            with self._faults.translated():
                self._driver.commit()
        except BaseException:
            self.undo()
            raise
        self._tidy()

    def undo(self) -> None:
        """Give up what was written."""
        try:
            self._driver.rollback()
        except sqlite3.Error:
            self._let_go()
        else:
            self._tidy()

    def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _tidy(self) -> None:
        """What ran through SQLAlchemy made it begin a transaction of its own account."""
        try:
            if self._connection is not None and self._connection.in_transaction():
                self._connection.rollback()
            if self._is_spent:
                self._open_anew()
        except (sqlite3.Error, SQLAlchemyError):
            self._let_go()

    def _open_anew(self) -> None:
        """A file that was opened when it could not be written stays as it was opened, in the whole pool."""
        self._is_spent = False
        self._let_go()
        self._engine.dispose()

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()
