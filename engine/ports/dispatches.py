"""The port of what goes out on channels: gathered with the notices, then taken and told of like the outbox."""

from datetime import datetime
from typing import Protocol

from duban.engine.model.dispatch import Dispatch
from duban.engine.model.frozen import frozen
from duban.engine.model.scope import Scope


@frozen
class Route:
    """Where a notice goes besides its inbox: into the message that is being gathered there, or into a new one.

    ``key`` and ``next_at`` are those of a new message; with ``most`` notices it goes out at ``full_at`` (UTC) already.
    """

    key: str
    channel: str
    recipient: str
    urgent: bool
    most: int
    next_at: datetime
    full_at: datetime


class DispatchReader(Protocol):
    """The part of a read transaction that tells what goes out on channels."""

    def dispatches(self, scope: Scope, channel: str | None, state: str | None, limit: int) -> list[Dispatch]:
        """What goes out on one channel or on all, about visible cases, oldest first, without its notices."""

    def dispatch_by_key(self, key: str, scope: Scope) -> Dispatch | None:
        """What goes out under this key, or None when it is not there or about no visible case."""

    def dispatch_counts(self, scope: Scope) -> dict[tuple[str, str], int]:
        """How many there are of these by channel and state."""


class Dispatches(Protocol):
    """The worker's side; each call is a transaction of its own."""

    def claim(self, now: datetime, lease_until: datetime, token: str, limit: int) -> list[Dispatch]:
        """Lease the next messages with their notices: one whose lease has lapsed, alone, else those waiting and due.

        From then on no notice is added to them. A claim counts as an attempt.
        """

    def acknowledge(self, number: int, token: str, at: datetime) -> bool:
        """Mark as done; False when the token is no longer the current one."""

    def fail(self, number: int, token: str, error: str, retry_at: datetime | None) -> bool:
        """Give back for ``retry_at``, or lay among the dead when it is None; False with an outdated token."""

    def put_off(self, number: int, token: str, until: datetime) -> bool:
        """Give back for later without counting the attempt; False with an outdated token."""

    def retry(self, number: int, now: datetime) -> bool:
        """Put a dead or discarded message back to waiting; False when there is none."""

    def discard(self, number: int) -> bool:
        """Set a dead or waiting message aside; False when there is none."""
