"""What the doctor tells of messages: what waits, since when, whether anybody delivers, and what came to nothing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from duban.cli.kit.desk import Desk
from duban.cli.kit.telling import iso
from duban.engine.model.frozen import frozen
from duban.engine.model.scope import Scope
from duban.engine.ports.store import Reader
from duban.engine.ports.watching import Lying, Pulse

_LATE: Final = timedelta(minutes=15)
"""After how long a message that could be delivered was left lying; a scheduler delivers with every tick."""
_UNSENT: Final = timedelta(hours=1)
"""The same for what goes out on channels, which let through only so much at a time."""


@frozen
class Messages:
    """What the store tells of messages: how many are in each state, what waits, and what of it nobody takes."""

    counts: Mapping[str, int]
    pulse: Pulse
    lying: Lying

    @classmethod
    def read(cls, reader: Reader, room: Scope, counts: Mapping[str, int], now: datetime) -> "Messages":
        """What stands in the store at ``now``, as far as ``room`` may know; ``counts`` by state."""
        return cls(counts, reader.pulse(room, now), reader.lying(room, now))

    def facts(self, now: datetime) -> dict[str, Any]:
        """As they stand in the document."""
        return {**self.counts, **_oldest("undelivered", self.pulse.undelivered_at, now)}

    def unsent(self, now: datetime) -> dict[str, Any]:
        """As they stand in the document, of what goes out on channels."""
        return _oldest("unsent", self.pulse.unsent_at, now)

    def warnings(self, desk: Desk, now: datetime, tick: timedelta) -> list[str]:
        """What is wrong, in words; ``tick`` is after how long a scheduler should have come by."""
        return [*self._waiting(desk, now, max(_LATE, tick)), *self._unsent(desk, now, max(_UNSENT, tick))]

    def _waiting(self, desk: Desk, now: datetime, late: timedelta) -> list[str]:
        lying, oldest = self.lying, self.pulse.undelivered_at
        if lying.since is not None and now - lying.since > late:
            since = desk.teller.moment(lying.since).shown
            return [desk.say("delivery-behind" if lying.is_worked else "not-delivered", count=lying.count, since=since)]
        if oldest is not None and now - oldest > late and not lying.is_worked:
            return [desk.say("delivery-failing", since=desk.teller.moment(oldest).shown)]
        return []

    def _unsent(self, desk: Desk, now: datetime, late: timedelta) -> list[str]:
        since = self.pulse.unsent_at
        if since is None or now - since <= late:
            return []
        return [desk.say("not-sent", since=desk.teller.moment(since).shown)]


def _oldest(name: str, at: datetime | None, now: datetime) -> dict[str, Any]:
    """Since when the oldest waits, and how long that is."""
    if at is None:
        return {}
    return {f"{name}_at": iso(at), f"{name}_seconds": max(round((now - at).total_seconds()), 0)}
