"""The port of the outbox: how a worker takes actions, and tells what became of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from duban.engine.model.case import Message
from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label
from duban.engine.ports.dispatches import Route


@frozen
class NewNotice:
    """A notice to lay into the inbox of a post, once its message is done, and where else it goes."""

    post: str
    text: Label
    routes: tuple[Route, ...] = ()


class Outbox(Protocol):
    """The worker's side of the outbox; each call is a transaction of its own."""

    def claim(self, now: datetime, lease_until: datetime, token: str, limit: int) -> list[Message]:
        """Lease the next messages: one whose lease has lapsed, alone, else those waiting and due; per case the oldest.

        Alone, because it may be the one that kills its workers.
        """

    def acknowledge(self, number: int, token: str, at: datetime, notices: Sequence[NewNotice] = ()) -> bool:
        """Mark as done and lay its notices into their inboxes, once per (message, post), in the same transaction.

        False, and nothing is laid, when the token is no longer the current one.
        """

    def fail(self, number: int, token: str, error: str, retry_at: datetime | None) -> bool:
        """Give back for ``retry_at``, or lay among the dead when it is None; False with an outdated token."""

    def put_off(self, number: int, token: str, until: datetime) -> bool:
        """Give back for later without counting the attempt; False with an outdated token."""

    def retry(self, number: int, now: datetime) -> bool:
        """Put a dead or discarded message back to waiting; False when there is none."""

    def discard(self, number: int) -> bool:
        """Set a dead or waiting message aside; False when there is none."""
