"""What the tables of a worker have in common: rows that are claimed with a token, and told of with that token only.

A row whose lease has lapsed is claimed alone: it may be the one that kills its workers, and those that were claimed
with it are not to run out of attempts by that.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, Update, bindparam, literal_column, select, update

from duban.engine.model.frozen import frozen
from duban.persistence import rows
from duban.persistence.criteria import TOO_LARGE
from duban.persistence.database import Database
from duban.persistence.repeating import repeated
from duban.persistence.tables import unfinished

T = TypeVar("T")


@frozen
class Changes:
    """The statements on one row of such a table, built once."""

    acknowledge: Update
    fail: Update
    put_off: Update
    retry: Update
    discard: Update


@frozen
class Claims:
    """The statements that claim, built once: what waits, and one whose lease has lapsed."""

    waiting: Any
    lapsed: Any


def claims_of(table: Table, *conditions: ColumnElement[bool], **besides: Any) -> Claims:
    """The claims of a table on rows that fulfil ``conditions``; ``besides`` is written, too."""
    instant = table.c.next_at.type

    def claim(state: str) -> Any:
        # Written literally, as the partial indexes are. Alone in a WITH, so that PostgreSQL picks and locks once;
        # SQLite leaves out the lock.
        picked = (
            select(table.c.number)
            .where(table.c.state == literal_column(f"'{state}'"), unfinished(table))
            .where(table.c.next_at <= bindparam("now", type_=instant), *conditions)
            .order_by(table.c.next_at, table.c.number)
            .limit(bindparam("limit"))
            .with_for_update(skip_locked=True)
            .cte("picked")
        )
        return (
            update(table)
            .where(table.c.number.in_(select(picked.c.number)))
            .values(
                state="claimed",
                attempts=table.c.attempts + 1,
                token=bindparam("new_token"),
                next_at=bindparam("lease_until", type_=instant),
                **besides,
            )
            .returning(table.c.number)
        )

    return Claims(claim("waiting"), claim("claimed"))


def changes_of(table: Table, **set_aside: Any) -> Changes:
    """The statements of a table with the columns ``number state token attempts next_at last_error done_at``.

    ``set_aside`` is written besides where a message is discarded.
    """
    instant = table.c.next_at.type
    wanted = table.c.number == bindparam("wanted")
    held = (wanted, table.c.token == bindparam("held_token"), table.c.state == "claimed")
    return Changes(
        acknowledge=update(table)
        .where(*held)
        .values(state="done", token=None, next_at=None, done_at=bindparam("at", type_=instant)),
        fail=update(table)
        .where(*held)
        .values(
            state=bindparam("new_state"),
            token=None,
            next_at=bindparam("retry_at", type_=instant),
            last_error=bindparam("error"),
        ),
        put_off=update(table)
        .where(*held)
        .values(state="waiting", token=None, next_at=bindparam("until", type_=instant), attempts=table.c.attempts - 1),
        retry=update(table)
        .where(wanted, table.c.state.in_(["dead", "discarded"]))
        .values(state="waiting", attempts=0, token=None, next_at=bindparam("now", type_=instant)),
        discard=update(table)
        .where(wanted, table.c.state.in_(["dead", "waiting"]))
        .values(state="discarded", token=None, next_at=None, **set_aside),
    )


class Leased:
    """The worker's side of such a table. Each call is a transaction of its own, done again where the database undid it.

    What a worker asks for is done again, too, where nobody knows whether it was kept: whose a row is, the token tells.
    """

    def __init__(self, database: Database, claims: Claims, changes: Changes) -> None:
        self._database: Final = database
        self._claims: Final = claims
        self._changes: Final = changes

    def fail(self, number: int, token: str, error: str, retry_at: datetime | None) -> bool:
        """Give back for ``retry_at``, or lay among the dead when it is None; False with an outdated token."""
        state, told = "dead" if retry_at is None else "waiting", rows.cleaned(error)
        statement = self._changes.fail
        return self._change(statement, wanted=number, held_token=token, new_state=state, retry_at=retry_at, error=told)

    def put_off(self, number: int, token: str, until: datetime) -> bool:
        """Give back for later without counting the attempt; False with an outdated token."""
        return self._change(self._changes.put_off, wanted=number, held_token=token, until=until)

    def retry(self, number: int, now: datetime) -> bool:
        """Put a dead or discarded message back to waiting, its attempts counted anew; False when there is none."""
        return self._change(self._changes.retry, keyed=False, wanted=number, now=now)

    def discard(self, number: int) -> bool:
        """Set a dead or waiting message aside; False when there is none."""
        return self._change(self._changes.discard, keyed=False, wanted=number)

    def _claimed(
        self, connection: Connection, now: datetime, lease_until: datetime, token: str, limit: int
    ) -> list[int]:
        values = {"now": now, "lease_until": lease_until, "new_token": token}
        for statement, most in ((self._claims.lapsed, 1), (self._claims.waiting, limit)):
            numbers = list(connection.execute(statement, {**values, "limit": most}).scalars())
            if numbers:
                return numbers
        return []

    def _change(self, statement: Update, *, keyed: bool = True, **values: Any) -> bool:
        if not 0 < values["wanted"] < TOO_LARGE:
            return False
        return self._done(lambda connection: connection.execute(statement, values).rowcount == 1, keyed=keyed)

    def _done(self, work: Callable[[Connection], T], *, keyed: bool = True) -> T:
        def once() -> T:
            with self._database.writing() as connection, self._database.faults.translated():
                return work(connection)

        return repeated(once, keyed=keyed)
