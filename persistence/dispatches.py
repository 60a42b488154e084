"""What goes out on channels: gathered in the transaction that lays the notices, leased like the outbox."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, bindparam, case, insert, select, update

from duban.engine.model.dispatch import Dispatch
from duban.engine.ports.dispatches import Route
from duban.persistence import rows
from duban.persistence.database import Database
from duban.persistence.dispatch_rows import DISPATCH, dispatch_of
from duban.persistence.leases import Leased, changes_of, claims_of
from duban.persistence.statements import inserting
from duban.persistence.tables import cases, dispatch_items, dispatches, notices

_instant: Final = dispatches.c.next_at.type
# With `gathers` empty nothing more is added: what was sent once is sent again with the same notices.
_CLAIMS: Final = claims_of(dispatches, gathers=None)
_NUMBERS: Final[BindParameter[Any]] = bindparam("numbers", expanding=True)
_CLAIMED: Final = select(*DISPATCH).where(dispatches.c.number.in_(_NUMBERS)).order_by(dispatches.c.number)
_NOTICES: Final = (
    select(dispatch_items.c.dispatch, *rows.NOTICE)
    .join(notices, notices.c.number == dispatch_items.c.notice)
    .join(cases, cases.c.id == notices.c.case_id)
    .where(dispatch_items.c.dispatch.in_(_NUMBERS))
    .order_by(notices.c.number)
)
_FULL: Final = (
    update(dispatches)
    .where(dispatches.c.number == bindparam("wanted"))
    .values(
        gathers=None,
        next_at=case(
            (dispatches.c.next_at > bindparam("full_at", type_=_instant), bindparam("full_at", type_=_instant)),
            else_=dispatches.c.next_at,
        ),
    )
)
_ADD_ITEM: Final = insert(dispatch_items)


class SqlDispatches(Leased):
    """What goes out on channels, in a database. Each call is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, _CLAIMS, changes_of(dispatches, gathers=None))

    def claim(self, now: datetime, lease_until: datetime, token: str, limit: int) -> list[Dispatch]:
        """Lease the next messages with their notices: one whose lease has lapsed, alone, else those waiting and due."""

        def claimed(connection: Connection) -> list[Dispatch]:
            numbers = self._claimed(connection, now, lease_until, token, limit)
            if not numbers:
                return []
            held: dict[int, list[Any]] = {}
            for row in connection.execute(_NOTICES, {"numbers": numbers}):
                held.setdefault(row[0], []).append(rows.notice_of(row[1:]))
            found = connection.execute(_CLAIMED, {"numbers": numbers})
            return [dispatch_of(row, tuple(held.get(row.number, ()))) for row in found]

        return self._done(claimed)

    def acknowledge(self, number: int, token: str, at: datetime) -> bool:
        """Mark as done; False with an outdated token."""
        return self._change(self._changes.acknowledge, wanted=number, held_token=token, at=at)


def gather(connection: Connection, notice: int, routes: Sequence[Route], at: datetime) -> None:
    """Add a notice to the message that is gathered on each of its routes, in the transaction that laid it.

    In one order for all, so that two of these never wait for each other.
    """
    upsert = _upsert(connection.dialect.name)
    for route in sorted(routes, key=lambda one: (one.channel, one.recipient, one.urgent)):
        values = {
            "key": route.key, "channel": route.channel, "recipient": route.recipient, "urgent": route.urgent,
            "gathers": f"{route.channel}/{route.recipient}/{int(route.urgent)}", "size": 1, "state": "waiting",
            "attempts": 0, "created_at": at, "next_at": route.next_at,
        }  # fmt: skip
        number, size = connection.execute(upsert, values).one()
        if size >= route.most:
            connection.execute(_FULL, {"wanted": number, "full_at": route.full_at})
        connection.execute(_ADD_ITEM, {"notice": notice, "channel": route.channel, "dispatch": number})


@lru_cache(maxsize=2)
def _upsert(dialect: str) -> Any:
    new = inserting(dialect, dispatches)
    return new.on_conflict_do_update(
        index_elements=["gathers"], set_={"size": dispatches.c.size + 1}
    ).returning(dispatches.c.number, dispatches.c.size)  # fmt: skip
