"""The port of the outbox: how a worker takes actions, and tells what became of them."""

from datetime import datetime
from typing import Protocol

from duban.engine.model.case import Message
from duban.engine.model.label import Label


class Outbox(Protocol):
    """The worker's side of the outbox; each call is a transaction of its own."""

    def claim(self, now: datetime, lease_until: datetime, token: str, limit: int) -> list[Message]:
        """Lease the next messages: waiting and due, or claimed with a lapsed lease; per case the oldest only."""

    def acknowledge(self, number: int, token: str, at: datetime) -> bool:
        """Mark as done; False when the token is no longer the current one."""

    def fail(self, number: int, token: str, error: str, retry_at: datetime | None) -> bool:
        """Give back for ``retry_at``, or lay among the dead when it is None; False with an outdated token."""

    def retry(self, number: int, now: datetime) -> bool:
        """Put a dead or discarded message back to waiting; False when there is none."""

    def discard(self, number: int) -> bool:
        """Set a dead or waiting message aside; False when there is none."""

    def put_notice(self, post: str, key: str, case_ref: str, text: Label, at: datetime) -> None:
        """Lay a notice into a post's inbox once per (key, post)."""
