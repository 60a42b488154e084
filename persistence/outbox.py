"""The worker's side of the outbox: leases, one message of a case at a time, acknowledged by token."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Update, bindparam, exists, select, update

from duban.engine.model.case import Message
from duban.engine.ports.outbox import NewNotice
from duban.persistence import rows, statements
from duban.persistence.criteria import TOO_LARGE
from duban.persistence.database import Database
from duban.persistence.tables import UNFINISHED, outbox, unfinished
from duban.persistence.writer import SqlWriter

_earlier: Final = outbox.alias("earlier")
_instant: Final = outbox.c.next_at.type

# Done, dead and discarded messages are behind the case; what is unfinished holds up the later ones of its case.
_HELD_UP: Final = exists().where(
    _earlier.c.case_id == outbox.c.case_id,
    _earlier.c.number < outbox.c.number,
    unfinished(_earlier),
)
# Alone in a WITH, so that PostgreSQL picks and locks once; SQLite leaves out the lock.
_NEXT: Final = (
    select(outbox.c.number)
    .where(UNFINISHED, outbox.c.next_at <= bindparam("now", type_=_instant), ~_HELD_UP)
    .order_by(outbox.c.next_at, outbox.c.number)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
    .cte("picked")
)
_CLAIM: Final = (
    update(outbox)
    .where(outbox.c.number.in_(select(_NEXT.c.number)))
    .values(
        state="claimed",
        attempts=outbox.c.attempts + 1,
        token=bindparam("new_token"),
        next_at=bindparam("lease_until", type_=_instant),
    )
    .returning(outbox.c.number)
)
_CLAIMED: Final = statements.MESSAGES.where(outbox.c.number.in_(bindparam("numbers", expanding=True))).order_by(
    outbox.c.number
)

_HELD: Final = (
    outbox.c.number == bindparam("wanted"),
    outbox.c.token == bindparam("held_token"),
    outbox.c.state == "claimed",
)
_ACKNOWLEDGE: Final = (
    update(outbox)
    .where(*_HELD)
    .values(state="done", token=None, next_at=None, done_at=bindparam("at", type_=outbox.c.done_at.type))
    .returning(outbox.c.case_id, outbox.c.key)
)
_FAIL: Final = (
    update(outbox)
    .where(*_HELD)
    .values(
        state=bindparam("new_state"),
        token=None,
        next_at=bindparam("retry_at", type_=_instant),
        last_error=bindparam("error"),
    )
)
_RETRY: Final = (
    update(outbox)
    .where(outbox.c.number == bindparam("wanted"), outbox.c.state.in_(["dead", "discarded"]))
    .values(state="waiting", attempts=0, token=None, next_at=bindparam("now", type_=_instant))
)
_DISCARD: Final = (
    update(outbox)
    .where(outbox.c.number == bindparam("wanted"), outbox.c.state.in_(["dead", "waiting"]))
    .values(state="discarded", token=None, next_at=None)
)


class SqlOutbox:
    """The outbox of a database. Each call is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, now: datetime, lease_until: datetime, token: str, limit: int) -> list[Message]:
        """Lease the next messages: waiting and due, or claimed with a lapsed lease; per case the oldest only.

        A claim counts as an attempt, so that a message which kills its worker runs out of attempts too.
        """
        values = {"now": now, "lease_until": lease_until, "new_token": token, "limit": limit}
        with self._database.writing() as connection, self._database.faults.translated():
            numbers = list(connection.execute(_CLAIM, values).scalars())
            if not numbers:
                return []
            return [rows.message_of(row) for row in connection.execute(_CLAIMED, {"numbers": numbers})]

    def acknowledge(self, number: int, token: str, at: datetime, notices: Sequence[NewNotice] = ()) -> bool:
        """Mark as done and lay its notices into their inboxes; False with an outdated token."""
        if not 0 < number < TOO_LARGE:
            return False
        values = {"wanted": number, "held_token": token, "at": at}
        with self._database.writing() as connection, self._database.faults.translated():
            done = connection.execute(_ACKNOWLEDGE, values).one_or_none()
            if done is not None:
                SqlWriter(connection, self._database.faults).put_notices(done.case_id, done.key, notices, at)
            return done is not None

    def fail(self, number: int, token: str, error: str, retry_at: datetime | None) -> bool:
        """Give back for ``retry_at``, or lay among the dead when it is None; False with an outdated token."""
        state = "dead" if retry_at is None else "waiting"
        told = rows.cleaned(error)
        return self._change(_FAIL, wanted=number, held_token=token, new_state=state, retry_at=retry_at, error=told)

    def retry(self, number: int, now: datetime) -> bool:
        """Put a dead or discarded message back to waiting, its attempts counted anew; False when there is none."""
        return self._change(_RETRY, wanted=number, now=now)

    def discard(self, number: int) -> bool:
        """Set a dead or waiting message aside; False when there is none."""
        return self._change(_DISCARD, wanted=number)

    def _change(self, statement: Update, **values: Any) -> bool:
        if not 0 < values["wanted"] < TOO_LARGE:
            return False
        with self._database.writing() as connection, self._database.faults.translated():
            return connection.execute(statement, values).rowcount == 1
