"""Prepared statements on a driver's own connection, inside the transaction that is open on it.

The hot path goes this way: SQLAlchemy builds the statements, keeps the pool and runs everything that is not hot.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cached_property
from typing import Any, Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from duban.engine.errors import StoreError
from duban.persistence.faults import Collision, Faults
from duban.persistence.prepared import columns_of, prepared

Values = Mapping[str, Any]
Rows = Sequence[Sequence[Any]]


class Driving(Protocol):
    """How the statements of a transaction reach the database."""

    def rows(self, statement: Any, values: Values) -> Rows:
        """The rows that a statement finds or returns."""
        ...

    def together(self, *asked: tuple[Any, Values]) -> list[Rows]:
        """The rows of several statements, in their order; in one round trip where the driver can."""
        ...

    def change(self, statement: Any, values: Values) -> int:
        """How many rows a statement changed."""
        ...

    def put(self, statement: Any, values: Sequence[Values]) -> None:
        """Run a statement with each of these, all of the same columns. Perhaps not before ``settle``."""
        ...

    def change_all(self, statement: Any, names: tuple[str, ...], values: Iterable[Sequence[Any]]) -> int:
        """How many rows a statement changed, all in all, run with each of these, in the order of the names."""
        ...

    def settle(self) -> None:
        """See to it that all that was put has reached the database, and that others may use the connection."""
        ...

    def part(self) -> AbstractContextManager[None]:
        """A part of the transaction that is undone alone when it raises (a savepoint)."""
        ...

    @property
    def is_late(self) -> bool:
        """Whether what is wrong with a row that was put is heard of only later."""
        ...

    def commit(self) -> None:
        """End the transaction, where it is this one's to end."""
        ...

    def rollback(self) -> None:
        """Undo the transaction, where it is this one's to end."""
        ...


class _Borrowing:
    """What is the same where somebody else ends the transaction, and each statement is waited for."""

    is_late = False
    _connection: Connection
    _faults: Faults

    def settle(self) -> None:
        """All that was put is there already."""

    def commit(self) -> None:
        """Whoever began the transaction ends it."""

    def rollback(self) -> None:
        """Whoever began the transaction undoes it."""

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of the transaction that is undone alone when it raises (a savepoint)."""
        # A savepoint outside of a transaction would be one of its own, and its release a commit.
        with self._faults.translated():
            driver = self._connection.connection.driver_connection
        self._faults.require_open(driver)
        with self._faults.translated():
            savepoint = self._connection.begin_nested()
        try:
            yield
        except BaseException:
            if getattr(driver, "in_transaction", True):
                with self._faults.translated():
                    savepoint.rollback()
            raise
        with self._faults.translated():
            savepoint.commit()


class Direct(_Borrowing):
    """Straight to the driver, one statement after the other."""

    def __init__(self, connection: Connection, faults: Faults) -> None:
        self._connection = connection
        self._faults = faults
        self._dialect = connection.dialect.name
        self._driver: Any = connection.connection.driver_connection
        self._fault: Any = connection.dialect.dbapi.Error  # type: ignore[union-attr]

    @cached_property
    def _cursor(self) -> Any:
        """One for all statements: each is over before the next begins, and to make one costs a sixth of a short one."""
        return self._driver.cursor()

    def close(self) -> None:
        """Give the cursor back; to be called before the connection is closed. Whoever goes on is given another one."""
        cursor = vars(self).pop("_cursor", None)
        if cursor is not None:
            with suppress(self._fault):
                cursor.close()

    def rows(self, statement: Any, values: Values) -> Rows:
        """The rows that a statement finds or returns."""
        ready = prepared(statement, self._dialect)
        bound = ready.bound(values)
        try:
            found = self._cursor.execute(ready.sql, bound).fetchall()
        except BaseException as error:
            # In the midst of its rows a statement keeps the file as it was when it began, also past the transaction:
            # nothing could be written any more once others have written.
            self.close()
            if isinstance(error, self._fault):
                raise self.told(error, ready.sql) from error
            raise
        return ready.read(found)

    def together(self, *asked: tuple[Any, Values]) -> list[Rows]:
        """The rows of several statements, in their order."""
        return [self.rows(statement, values) for statement, values in asked]

    def change(self, statement: Any, values: Values) -> int:
        """How many rows a statement changed."""
        ready = prepared(statement, self._dialect)
        bound = ready.bound(values)
        try:
            count: int = self._cursor.execute(ready.sql, bound).rowcount
        except self._fault as error:
            raise self.told(error, ready.sql) from error
        return count

    def put(self, statement: Any, values: Sequence[Values]) -> None:
        """Run a statement with each of these, all of the same columns."""
        ready = prepared(statement, self._dialect, columns_of(statement, values[0]))
        bound = [ready.bound(one) for one in values]
        try:
            for one in bound:
                self._cursor.execute(ready.sql, one)
        except self._fault as error:
            raise self.told(error, ready.sql) from error

    def change_all(self, statement: Any, names: tuple[str, ...], values: Iterable[Sequence[Any]]) -> int:
        """How many rows a statement changed, all in all, run with each of these, in the order of the names."""
        ready = prepared(statement, self._dialect, names if statement.is_insert else ())
        bound = ready.bound_all(names, values)
        cursor = self._driver.cursor()
        try:
            cursor.executemany(ready.sql, bound)
            count: int = cursor.rowcount
        except self._fault as error:
            raise self.told(error, ready.sql) from error
        finally:
            cursor.close()
        return count

    def told(self, error: Exception, sql: str, *, committing: bool = False) -> Exception:
        """The error to raise in place of the driver's. A connection that is lost does not go back into the pool."""
        dialect = self._connection.dialect
        lost = dialect.is_disconnect(error, self._driver, None)  # type: ignore[arg-type]
        if lost:
            self._connection.invalidate(error)
        base = self._fault
        found = DBAPIError.instance(sql, None, error, base, connection_invalidated=lost, dialect=dialect)
        if isinstance(found, IntegrityError):
            return Collision(url=self._faults.url, why=str(error).strip())
        return self._faults.of(found, committing=committing)


class Lent(_Borrowing):
    """Through SQLAlchemy, on a connection that a host lent: nothing is known of its driver.

    ``joining`` is called before anything is written, inside of all that the host has begun by then.
    """

    def __init__(self, connection: Connection, faults: Faults, joining: Callable[[], None] = lambda: None) -> None:
        self._connection = connection
        self._faults = faults
        self._joining = joining

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of the transaction that is undone alone when it raises (a savepoint)."""
        self._joining()
        with super().part():
            yield

    def rows(self, statement: Any, values: Values) -> Rows:
        """The rows that a statement finds or returns."""
        with self._translated():
            return [tuple(row) for row in self._connection.execute(statement, values)]

    def together(self, *asked: tuple[Any, Values]) -> list[Rows]:
        """The rows of several statements, in their order."""
        return [self.rows(statement, values) for statement, values in asked]

    def change(self, statement: Any, values: Values) -> int:
        """How many rows a statement changed."""
        with self._translated():
            return self._connection.execute(statement, values).rowcount

    def put(self, statement: Any, values: Sequence[Values]) -> None:
        """Run a statement with each of these, all of the same columns."""
        with self._translated():
            self._connection.execute(statement, list(values))

    def change_all(self, statement: Any, names: tuple[str, ...], values: Iterable[Sequence[Any]]) -> int:
        """How many rows a statement changed, all in all, run with each of these, in the order of the names."""
        with self._translated():
            named = [dict(zip(names, one, strict=True)) for one in values]
            return self._connection.execute(statement, named).rowcount

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            with self._faults.translated():
                yield
        except StoreError as error:
            if isinstance(error.__cause__, IntegrityError):
                raise Collision(**error.data) from error.__cause__
            raise
