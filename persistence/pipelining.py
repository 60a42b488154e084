"""A transaction on PostgreSQL in as few round trips as its questions need.

Statements are laid in a queue; only what is asked for is waited for. So a step takes two trips: one asks for all that
it needs to know, BEGIN included, and one carries all that it writes, COMMIT included. What goes wrong with a statement
that nobody waited for is raised at the next answer, or at the end.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

from sqlalchemy import Connection

from duban.engine.model.saying import Saying
from duban.persistence.driving import Direct, Rows, Values
from duban.persistence.faults import Faults
from duban.persistence.pipeline import Pipeline
from duban.persistence.prepared import PIPELINE, columns_of, prepared
from duban.persistence.server import BEGIN

_UNDONE: Final = Saying("store.undone-with-others")


class Pipelined(Direct):
    """On a connection of psycopg in autocommit, which begins the transaction by itself with the first statement."""

    is_late = True

    def __init__(self, connection: Connection, faults: Faults) -> None:
        super().__init__(connection, faults)
        self._pipeline = Pipeline(self._driver, connection.info.setdefault("duban_statements", {}))
        self._savepoints = self._trips = 0
        self._process = os.getpid()

    def rows(self, statement: Any, values: Values) -> Rows:
        """The rows that a statement finds or returns."""
        return self.together((statement, values))[0]

    def together(self, *asked: tuple[Any, Values]) -> list[Rows]:
        """The rows of several statements, in their order, in one round trip."""
        ready = [prepared(statement, PIPELINE) for statement, _values in asked]
        bound = [one.bound(values) for one, (_statement, values) in zip(ready, asked, strict=True)]
        for one, values in zip(ready, bound, strict=True):
            self._add(one.sql, values)
        answers = self._sent()[-len(asked) :]
        return [one.read(self._pipeline.rows(answer)) for one, answer in zip(ready, answers, strict=True)]

    def change(self, statement: Any, values: Values) -> int:
        """How many rows a statement changed."""
        self.put(statement, [values])
        return int(self._sent()[-1].command_tuples or 0)

    def put(self, statement: Any, values: Sequence[Values]) -> None:
        """Send a statement with each of these, all of the same columns, with the next that is waited for."""
        ready = prepared(statement, PIPELINE, columns_of(statement, values[0]))
        for one in [ready.bound(one) for one in values]:
            self._add(ready.sql, one)

    def change_all(self, statement: Any, names: tuple[str, ...], values: Iterable[Sequence[Any]]) -> int:
        """How many rows a statement changed, all in all, run with each of these, in the order of the names."""
        ready = prepared(statement, PIPELINE, names if statement.is_insert else ())
        bound = ready.bound_all(names, values)
        for one in bound:
            self._add(ready.sql, one)
        return sum(int(answer.command_tuples or 0) for answer in self._sent()[-len(bound) :]) if bound else 0

    def settle(self) -> None:
        """See to it that a transaction is open and all that was put has reached the database; others may run now."""
        self._begin()
        if len(self._pipeline):
            self._sent()

    def commit(self) -> None:
        """Send COMMIT behind all that was put, and wait for it."""
        self._faults.require_process(self._process)
        if not len(self._pipeline) and self._pipeline.is_idle:
            return
        self._pipeline.add("COMMIT")
        # What was lost on this trip may have been done, all of it.
        answer = self._sent(committing=True)[-1]
        if answer.command_status == b"ROLLBACK":
            raise self._faults.unusable(_UNDONE)

    def rollback(self) -> None:
        """Undo the transaction. What was put and not sent does not matter any more."""
        if os.getpid() != self._process:
            return
        self._pipeline.drop()
        if self._driver.closed or self._pipeline.is_idle:
            return
        self._pipeline.add("ROLLBACK")
        self._sent()

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of the transaction that is undone alone when it raises, or when what it wrote fails."""
        self._savepoints += 1
        name = f"duban_{self._savepoints}"
        if len(self._pipeline):
            # What was put before it is heard of before it: it is not part of the part.
            self._sent()
        self._add(f"SAVEPOINT {name}")
        trips = self._trips
        try:
            yield
            self._faults.require_process(self._process)
            self._add(f"RELEASE {name}")
            self._sent()
        except BaseException:
            if os.getpid() == self._process and not self._driver.closed:
                self._pipeline.drop()
                if self._trips != trips:  # else the server has not heard of it
                    self._back_to(name)
            raise

    def _back_to(self, name: str) -> None:
        """Undo the part, at once, so that others get what it had locked. What led here is told, not what fails here."""
        self._pipeline.add(f"ROLLBACK TO {name}")
        self._pipeline.add(f"RELEASE {name}")
        with suppress(Exception):
            self._sent()

    def _begin(self) -> None:
        if not len(self._pipeline) and self._pipeline.is_idle:
            self._pipeline.add(BEGIN)

    def _add(self, sql: str, bound: tuple[Any, ...] | None = None) -> None:
        self._begin()
        try:
            self._pipeline.add(sql, bound)
        except self._fault as error:
            raise self.told(error, sql) from error

    def _sent(self, *, committing: bool = False) -> list[Any]:
        self._faults.require_process(self._process)
        self._trips += 1
        try:
            return self._pipeline.send()
        except self._fault as error:
            raise self.told(error, "", committing=committing) from error
        except BaseException as error:
            if self._driver.closed:
                self._connection.invalidate(error)
            raise
