"""The one connection on which an engine writes to an SQLite file, and the transactions on it."""

from typing import Any

from sqlalchemy import Connection, Engine

from duban.persistence.driving import Direct
from duban.persistence.faults import FAULTS, Faults


class SqliteWriting:
    """Kept from one transaction to the next: to fetch a connection costs a tenth of a step. One thread at a time."""

    def __init__(self, engine: Engine, faults: Faults) -> None:
        self._engine = engine
        self._faults = faults
        self._connection: Connection | None = None
        self._driver: Any = None
        self._direct: Direct | None = None
        self._is_spent = False

    def begin(self) -> Connection:
        """Begin a transaction.

        Raises:
            StoreBusy, StoreError: the file is locked, or cannot be opened or written.
        """
        try:
            if self._connection is not None and self._driver.in_transaction:
                self.undo()  # whoever came before was interrupted as it did just that
            if self._connection is None:
                connection = self._engine.connect()
                self._driver = connection.connection.driver_connection
                self._connection = connection
            self._driver.execute("BEGIN IMMEDIATE")
        except FAULTS as error:
            fault = self._faults.of(error)
            if self._faults.is_read_only(fault):
                self._open_anew()
            raise fault from error
        return self._connection

    def direct(self) -> Direct:
        """The way of statements to the driver, kept as long as the connection."""
        assert self._connection is not None
        if self._direct is None:
            self._direct = Direct(self._connection, self._faults)
        return self._direct

    def tell(self, command: str) -> None:
        """Run a command that answers nothing."""
        try:
            self._driver.execute(command)
        except FAULTS as error:
            raise self._faults.of(error) from error

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
        """Commit what was written.

        Raises:
            StoreBusy, StoreError: nothing of it will be kept, once it is undone.
        """
        try:
            self._driver.commit()
        except FAULTS as error:
            raise self._faults.of(error) from error

    def undo(self) -> None:
        """Give up what was written and not committed; to be called at the end of each, whatever became of it.

        An interruption is raised when a statement is over: whoever was interrupted as it began, or in its commit, may
        have begun, or committed.
        """
        if self._connection is None:
            return
        try:
            if self._driver.in_transaction:
                self._driver.rollback()
            # What ran through SQLAlchemy made it begin a transaction of its own account.
            if self._connection.in_transaction():
                self._connection.rollback()
            if self._is_spent:
                self._open_anew()
        except Exception:
            self._let_go()  # whatever it was: what was committed is committed

    def close(self) -> None:
        """Give the connection back."""
        connection = self._taken()
        if connection is not None:
            connection.close()

    def _open_anew(self) -> None:
        """A file that was opened when it could not be written stays as it was opened, in the whole pool."""
        self._is_spent = False
        self._let_go()
        self._engine.dispose()

    def _let_go(self) -> None:
        connection = self._taken()
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _taken(self) -> Connection | None:
        # A cursor that is still there keeps its statement, and with it SQLite keeps the file as it was opened.
        direct, self._direct = self._direct, None
        if direct is not None:
            direct.close()
        connection, self._connection = self._connection, None
        return connection
