"""Connections to a PostgreSQL server: set up, tried before they are used again, and asked for the time."""

import select
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.exc import DisconnectionError

from duban.persistence.addresses import has_several_hosts
from duban.persistence.timing import Offset

BEGIN: Final = "BEGIN ISOLATION LEVEL READ COMMITTED"
"""Whatever the server's default: what is read after waiting for a lock is what was committed meanwhile."""
POOL: Final[Mapping[str, Any]] = {
    "pool_size": 15, "max_overflow": 0, "pool_use_lifo": True, "pool_reset_on_return": None,
}  # fmt: skip
"""What was opened stays open, for threads that come at once come again. ``listen_postgresql`` itself undoes what a
connection leaves, where there is something."""
_NO_TRANSACTION: Final = 0
"""The status IDLE of libpq."""
_IDLE: Final = 30.0
"""Seconds after which a pooled connection is tried by a trip before it is used again."""
_VANISHED: Final = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 25_000}
"""Where another host can take over, one that vanished without a word is given up after 25 seconds, not two hours."""


def arguments(url: URL, seconds: float) -> dict[str, Any]:
    """What the driver is given besides the URL, which goes before it; ``seconds`` is how long to wait for one host."""
    wanted: dict[str, Any] = {"connect_timeout": max(2, round(seconds))}
    if has_several_hosts(url):
        wanted |= _VANISHED
    return {name: value for name, value in wanted.items() if name not in url.query}


def listen_postgresql(
    engine: Engine, seconds: float, offset: Offset, look_at: Callable[[Any], None] = lambda _connection: None
) -> None:
    """Set up each connection of ``engine``, which waits ``seconds`` for a lock, and look at it each time it is taken.

    ``look_at`` may refuse a new one.

    A server that stopped has closed its connections. That is heard without a trip, so that a dead one is replaced
    before anything is begun on it.
    """

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        # Transactions are begun below, or by a pipeline, and not by the driver. Statements are prepared by a pipeline:
        # where the driver has prepared some, it takes all back with a transaction that is undone.
        connection.autocommit = True
        connection.prepare_threshold = None
        connection.execute(f"SET lock_timeout = {round(seconds * 1000)}")
        offset.measured_on(connection)
        look_at(connection)

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        if driver.info.transaction_status == _NO_TRANSACTION:
            connection.exec_driver_sql(connection.get_execution_options().get("duban_begin", BEGIN))

    @event.listens_for(engine, "reset")
    def reset(connection: Any, _record: Any, _state: Any) -> None:
        if not connection.closed and connection.info.transaction_status != _NO_TRANSACTION:
            connection.rollback()

    @event.listens_for(engine, "checkin")
    def given_back(_connection: Any, record: Any) -> None:
        record.info["duban_used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def taken(connection: Any, record: Any, _proxy: Any) -> None:
        used_at = record.info.get("duban_used")
        if used_at is not None and connection.info.parameter_status("default_transaction_read_only") == "on":
            # A session keeps what it was told as it began. The server may let others write by now.
            raise DisconnectionError("the session may only read")
        idle = 0.0 if used_at is None else time.monotonic() - used_at
        if (idle >= _IDLE or _was_told_something(connection)) and not _answers(engine, connection):
            raise DisconnectionError("the server closed an idle connection")
        if offset.is_stale:
            offset.measured_on(connection)


def _answers(engine: Engine, connection: Any) -> bool:
    try:
        return bool(engine.dialect.do_ping(connection))
    except engine.dialect.loaded_dbapi.Error:
        return False


def _was_told_something(connection: Any) -> bool:
    """Whether the server sent something that nobody asked for, such as its farewell."""
    if not hasattr(select, "poll"):
        return bool(select.select([connection.fileno()], [], [], 0)[0])
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
