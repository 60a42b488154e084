"""The worker's side of the outbox: leases, one message of a case at a time, acknowledged by token."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam

from duban.engine.model.case import Message
from duban.engine.ports.outbox import NewNotice
from duban.persistence import rows, statements
from duban.persistence.criteria import TOO_LARGE
from duban.persistence.database import Database
from duban.persistence.leases import Leased, changes_of, claims_of
from duban.persistence.tables import outbox
from duban.persistence.writer import SqlWriter

_CLAIMS: Final = claims_of(outbox, ~statements.HELD_UP)
_CLAIMED: Final = statements.MESSAGES.where(outbox.c.number.in_(bindparam("numbers", expanding=True))).order_by(
    outbox.c.number
)

_CHANGES: Final = changes_of(outbox)
_ACKNOWLEDGE: Final = _CHANGES.acknowledge.returning(outbox.c.case_id, outbox.c.key)


class SqlOutbox(Leased):
    """The outbox of a database. Each call is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, _CLAIMS, _CHANGES)

    def claim(self, now: datetime, lease_until: datetime, token: str, limit: int) -> list[Message]:
        """Lease the next messages: one whose lease has lapsed, alone, else those waiting and due; per case the oldest.

        A claim counts as an attempt, so that a message which kills its worker runs out of attempts too.
        """

        def claimed(connection: Connection) -> list[Message]:
            numbers = self._claimed(connection, now, lease_until, token, limit)
            if not numbers:
                return []
            return [rows.message_of(row) for row in connection.execute(_CLAIMED, {"numbers": numbers})]

        return self._done(claimed)

    def acknowledge(self, number: int, token: str, at: datetime, notices: Sequence[NewNotice] = ()) -> bool:
        """Mark as done and lay its notices into their inboxes; False with an outdated token."""
        if not 0 < number < TOO_LARGE:
            return False
        values = {"wanted": number, "held_token": token, "at": at}

        def acknowledged(connection: Connection) -> bool:
            done = connection.execute(_ACKNOWLEDGE, values).one_or_none()
            if done is not None:
                SqlWriter(connection, self._database.faults).put_notices(done.case_id, done.key, notices, at)
            return done is not None

        return self._done(acknowledged)
