"""What goes out on a channel: notices of one recipient, gathered into one message."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from duban.engine.model.case import Notice
from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label

DispatchState = Literal["waiting", "claimed", "done", "dead", "discarded"]


@frozen
class Dispatch:
    """A message on a channel, as it lies in the store. ``key`` is stable over every attempt and tells of no case.

    ``recipient`` is a post, or empty for the group that the channel reaches. ``next_at`` (UTC) is when it is to be
    looked at next. ``notices`` are there where a worker has claimed it, oldest first.
    """

    number: int
    key: str
    channel: str
    recipient: str
    urgent: bool
    state: DispatchState
    attempts: int
    created_at: datetime
    next_at: datetime | None
    last_error: str | None = None
    token: str | None = None
    notices: tuple[Notice, ...] = ()


@frozen
class Item:
    """One notice of a message: the case, the words, when (UTC), and the posts whom it is for, by name."""

    ref: str
    text: Label
    at: datetime
    posts: Mapping[str, Label]


@frozen
class Parcel:
    """What a channel is given to send: the same ``key`` and recipient over every attempt, and the items in order.

    ``zone`` is the one in which people read times.
    """

    key: str
    recipient: str
    items: tuple[Item, ...]
    zone: ZoneInfo
