"""The part of a read transaction that tells how the service stands, for monitors and the doctor."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from duban.engine.model.frozen import frozen
from duban.engine.model.scope import Scope


@frozen
class Pulse:
    """What waits, and since when. All moments are UTC; None where nothing waits.

    ``due`` counts the ladder steps that are due, ``due_at`` is when the oldest of them was. ``messages`` counts what is
    waiting, claimed and dead in the outbox, ``undelivered_at`` is when the oldest that waits or is claimed was laid
    there. ``dispatches`` counts the same by channel and state, ``unsent_at`` is when the oldest of them was due.
    """

    due: int
    due_at: datetime | None
    messages: Mapping[str, int]
    undelivered_at: datetime | None
    dispatches: Mapping[tuple[str, str], int]
    unsent_at: datetime | None


@frozen
class Lying:
    """Messages of the outbox that a worker could take, how many and since when (UTC) the oldest; None where none is.

    Not those that wait for a time of their own after a failure, or behind an earlier one of their case.
    ``is_worked`` is whether a worker has some in hand meanwhile.
    """

    count: int
    since: datetime | None
    is_worked: bool


class WatchReader(Protocol):
    """Reads what monitors ask for again and again."""

    def pulse(self, scope: Scope, now: datetime) -> Pulse:
        """How things stand at ``now``, of visible cases only."""

    def lying(self, scope: Scope, now: datetime) -> Lying:
        """What could be delivered at ``now`` and is not, of visible cases only."""

    def latest_at(self, scope: Scope) -> datetime | None:
        """When the latest row of a visible case was written, by the clock of who wrote it; reads every case."""
