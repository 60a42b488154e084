"""A transaction on PostgreSQL in as few round trips as its questions need.

Statements are sent without waiting for each other; only what is asked for is waited for. So a step takes two trips: one
asks for all that it needs to know, BEGIN included, and one carries all that it writes, COMMIT included. What goes wrong
with a statement that nobody waited for is raised at the next answer, or at the end.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from psycopg import pq
from sqlalchemy import Connection

from duban.persistence.driving import Direct, Rows, Values
from duban.persistence.faults import Faults
from duban.persistence.forking import never_collected
from duban.persistence.prepared import Prepared, columns_of, prepared


class Pipelined(Direct):
    """On a connection of psycopg in autocommit, which begins the transaction by itself with the first statement."""

    is_late = True

    def __init__(self, connection: Connection, faults: Faults) -> None:
        super().__init__(connection, faults)
        self._opened: AbstractContextManager[Any] | None = None
        self._pipeline: Any = None
        self._savepoints = 0
        self._process = os.getpid()

    def rows(self, statement: Any, values: Values) -> Rows:
        """The rows that a statement finds or returns."""
        return self.together((statement, values))[0]

    def together(self, *asked: tuple[Any, Values]) -> list[Rows]:
        """The rows of several statements, in their order, in one round trip."""
        ready = [prepared(statement, self._dialect) for statement, _values in asked]
        bound = [one.bound(values) for one, (_statement, values) in zip(ready, asked, strict=True)]
        try:
            cursors = [self._sent(one, values) for one, values in zip(ready, bound, strict=True)]
            # The last answer comes after all before it.
            found = [cursor.fetchall() for cursor in reversed(cursors)]
        except self._fault as error:
            raise self._ended(error, ready[0].sql) from error
        return [one.read(rows) for one, rows in zip(ready, reversed(found), strict=True)]

    def change(self, statement: Any, values: Values) -> int:
        """How many rows a statement changed."""
        ready = prepared(statement, self._dialect)
        try:
            cursor = self._sent(ready, ready.bound(values))
            self._pipeline.sync()
            count: int = cursor.rowcount
        except self._fault as error:
            raise self._ended(error, ready.sql) from error
        return count

    def put(self, statement: Any, values: Sequence[Values]) -> None:
        """Send a statement with each of these, all of the same columns."""
        ready = prepared(statement, self._dialect, columns_of(statement, values[0]))
        bound = [ready.bound(one) for one in values]
        try:
            for one in bound:
                self._sent(ready, one)
        except self._fault as error:
            raise self._ended(error, ready.sql) from error

    def change_all(self, statement: Any, names: tuple[str, ...], values: Iterable[Sequence[Any]]) -> int:
        """How many rows a statement changed, all in all, run with each of these, in the order of the names."""
        # The driver sends many at once in a pipeline of its own.
        self.settle()
        return super().change_all(statement, names, values)

    def settle(self) -> None:
        """See to it that a transaction is open and all that was put has reached the database; others may run now."""
        try:
            if not self._is_open():
                self._entered()
            self._leave()
        except self._fault as error:
            raise self._ended(error, "") from error

    def commit(self) -> None:
        """Send COMMIT behind all that was sent, and wait for it."""
        self._faults.require_process(self._process)
        try:
            if self._pipeline is not None or self._is_open():
                self._entered()
                self._driver.execute("COMMIT")
            self._leave()
        except self._fault as error:
            # What was lost on this trip may have been done, all of it.
            raise self._ended(error, "COMMIT", committing=True) from error

    def rollback(self) -> None:
        """Undo the transaction. What was sent and not heard of does not matter any more."""
        if os.getpid() != self._process:
            # A pipeline that is collected says a last word to the server.
            never_collected(self._opened)
            return
        try:
            if self._pipeline is not None:
                self._driver.execute("ROLLBACK")
        except self._fault:
            pass  # what it is behind has failed, and it was not heard
        self._recover()
        try:
            if not self._driver.closed and self._is_open():
                self._driver.execute("ROLLBACK")
        except self._fault as error:
            raise self.told(error, "ROLLBACK") from error

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of the transaction that is undone alone when it raises, or when what it wrote fails."""
        self._savepoints += 1
        name = f"duban_{self._savepoints}"
        self._tell(f"SAVEPOINT {name}")
        try:
            yield
            self._faults.require_process(self._process)
            self._tell(f"RELEASE {name}")
            self._heard()
        except BaseException:
            if os.getpid() == self._process:
                self._recover()
                self._tell(f"ROLLBACK TO {name}")
                self._tell(f"RELEASE {name}")
            raise

    def _tell(self, command: str) -> None:
        try:
            self._entered()
            self._driver.execute(command)
        except self._fault as error:
            raise self._ended(error, command) from error

    def _heard(self) -> None:
        try:
            if self._pipeline is not None:
                self._pipeline.sync()
        except self._fault as error:
            raise self._ended(error, "") from error

    def _sent(self, ready: Prepared, bound: tuple[Any, ...]) -> Any:
        self._entered()
        return self._driver.execute(ready.sql, bound)

    def _entered(self) -> None:
        if self._pipeline is None:
            is_new = not self._is_open()
            opened = self._driver.pipeline()
            self._pipeline = opened.__enter__()
            self._opened = opened
            if is_new:
                # Whatever the server's default: what is read after waiting for a lock is what was committed meanwhile.
                self._driver.execute("BEGIN ISOLATION LEVEL READ COMMITTED")

    def _leave(self) -> None:
        opened, self._opened, self._pipeline = self._opened, None, None
        if opened is not None:
            opened.__exit__(None, None, None)

    def _recover(self) -> None:
        """Out of the pipeline, whatever state it is in."""
        try:
            self._leave()
        except self._fault:
            return  # told already, or about to be undone

    def _ended(self, error: Exception, sql: str, *, committing: bool = False) -> Exception:
        """The error to raise; no more statements of this pipeline are carried out, so it is left."""
        self._recover()
        return self.told(error, sql, committing=committing)

    def _is_open(self) -> bool:
        return bool(self._driver.pgconn.transaction_status != pq.TransactionStatus.IDLE)
