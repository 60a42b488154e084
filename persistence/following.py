"""Of several servers, the one that is followed: the last that was the right one, and never one that it has overtaken.

A copy that is promoted begins a new timeline, one higher. A primary that died and comes back by itself stands on its
old one, can be written, and is the wrong one: what it has not acknowledged is not in the store.
"""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import Engine, event

_USUAL: Final = "5432"
_TIMELINE: Final = (
    "SELECT CASE WHEN pg_is_in_recovery() THEN NULL "
    "ELSE ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int END"
)


class Following:
    """Which server this process follows, and the highest timeline that it has seen."""

    def __init__(self, overtaken: Callable[[], Exception]) -> None:
        self._overtaken = overtaken
        self._last: tuple[str, str] | None = None
        self._timeline = 0

    def ordered(self, given: dict[str, Any]) -> None:
        """Put the server that was the right one last before the others in what the driver is given."""
        hosts = str(given["host"]).split(",")
        ports = str(given.get("port") or "," * (len(hosts) - 1)).split(",")
        places = list(zip(hosts, ports, strict=True))
        if self._last is not None:
            # A stable order: the others stay as they were named.
            places.sort(key=lambda place: (place[0], place[1] or _USUAL) != self._last)
            given["host"], given["port"] = (",".join(part) for part in zip(*places, strict=True))

    def arrived(self, connection: Any) -> None:
        """Look at the server of a new connection, which commits by itself.

        Raises:
            StoreUnreachable: another has overtaken it; the connection is closed.
        """
        (timeline,) = connection.execute(_TIMELINE).fetchone()
        if timeline is None:
            return  # a copy, which the URL allows
        if timeline < self._timeline:
            connection.close()
            raise self._overtaken()
        self._timeline = timeline
        self._last = (connection.info.host, str(connection.info.port))

    def listen(self, engine: Engine) -> None:
        """Have an engine follow the right one of its servers."""

        @event.listens_for(engine, "do_connect")
        def connecting(_dialect: Any, _record: Any, _words: Any, given: dict[str, Any]) -> None:
            self.ordered(given)

        @event.listens_for(engine, "connect")
        def connected(connection: Any, _record: Any) -> None:
            connection.autocommit = True
            self.arrived(connection)
