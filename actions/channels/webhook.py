"""webhook: what is sent to another program, as JSON with its key and a signature."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Final

from duban.actions.channels.transport import post
from duban.actions.channels.words import LONGEST_WORDS, plain
from duban.engine.model.channel import Channel
from duban.engine.model.dispatch import Item, Parcel

FORMAT: Final = "duban-notices/1"
FITS: Final = 200
"""The most notices of one message, which ``digest: {most: …}`` bounds too."""


def send(channel: Channel, parcel: Parcel, url: str, secret: str, now: datetime) -> str:
    """Send to the program, and return its status.

    Raises:
        ChannelError: it could not be reached, or did not answer with success.
    """
    body = document(channel, parcel)
    stamp = str(int(now.timestamp()))
    headers = {
        "Idempotency-Key": parcel.key,
        "Duban-Signature": f"t={stamp},v1={signature(secret, stamp, body)}",
    }
    return f"HTTP {post(url, channel.hosts, body, headers).status}"


def document(channel: Channel, parcel: Parcel) -> bytes:
    """The body: the same bytes for the same notices over every attempt."""
    told = {
        "format": FORMAT,
        "key": parcel.key,
        "channel": channel.name,
        "notices": [_told(item) for item in parcel.items[:FITS]],
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def signature(secret: str, stamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the time in seconds, a full stop and the body, in hexadecimal digits."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _told(item: Item) -> dict[str, object]:
    return {
        "ref": item.ref or None,
        "text": {"en": plain(item.text.en, LONGEST_WORDS), "zh": plain(item.text.zh, LONGEST_WORDS)},
        "at": item.at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "posts": sorted(item.posts),
    }
