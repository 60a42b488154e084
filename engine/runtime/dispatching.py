"""Sends what was gathered for the channels: at least once, with a stable key, never blocking what stands behind."""

import random
import secrets
from datetime import datetime, timedelta
from typing import Final

from duban.engine.errors import ChannelError, UnknownChannel, UsageError
from duban.engine.log import log
from duban.engine.messages import text
from duban.engine.model.case import Notice
from duban.engine.model.channel import Channel
from duban.engine.model.dispatch import Dispatch, Item, Parcel
from duban.engine.model.hint import few, hint
from duban.engine.model.label import Label
from duban.engine.ports.observer import Fate
from duban.engine.ports.store import Store
from duban.engine.runtime import delivery
from duban.engine.runtime.delivery import DeliveryReport
from duban.engine.runtime.observing import told
from duban.engine.runtime.routing import allowed_at
from duban.engine.runtime.world import World

BATCH: Final = 10
"""Few at a time: a receiver may take some seconds for each, and all are to be through before the lease lapses."""
PATIENCE: Final = timedelta(seconds=5)
"""After so long a call with a limit ends, so that whoever has other work to do, too, gets to it."""
_UNCONFIGURED: Final = timedelta(hours=1)


def dispatch(store: Store, world: World, limit: int | None) -> DeliveryReport:
    """Send what is due on channels, until there is nothing more or ``limit`` messages were tried.

    A channel that does not answer, or asks for a pause, is left alone for the rest of the call. A message of which
    nothing is left to send, for its cases became confidential, neither counts nor uses up the limit.
    """
    counts = {"sent": 0, "postponed": 0, "dead": 0, "put off": 0, "empty": 0}
    paused: dict[str, datetime] = {}
    left = limit
    until = None if limit is None else world.clock.now() + PATIENCE
    while left is None or left > 0:
        now, token = world.clock.now(), secrets.token_hex(16)
        found = store.dispatches.claim(now, now + delivery.LEASE, token, BATCH if left is None else min(BATCH, left))
        if not found:
            break
        for position, one in enumerate(found):
            lapsed = world.clock.now() >= now + delivery.LEASE
            if lapsed or (position > 0 and until is not None and world.clock.now() >= until):
                # After the lease another worker may have what is left of the batch. What nobody has was not tried.
                for rest in found[position:]:
                    store.dispatches.put_off(rest.number, token, world.clock.now())
                break
            fate = _one(one, token, store, world, paused)
            counts[fate or "put off"] += 1
            if fate is not None:
                _tell(world, one, fate)
        if until is not None and world.clock.now() >= until:
            break
        left = None if left is None else left - sum(any(not told.audience for told in one.notices) for one in found)
    return DeliveryReport(0, counts["postponed"], counts["dead"], counts["sent"])


def parcel_of(world: World, one: Dispatch) -> Parcel:
    """What is to be sent: notices of cases that everybody may know of now; the same to several posts is told once."""
    posts = world.directory.organization.posts
    held: dict[tuple[str, datetime, Label], list[Notice]] = {}
    for notice in one.notices:
        if not notice.audience:
            held.setdefault((notice.ref, notice.at, notice.text), []).append(notice)
    items = tuple(
        Item(ref, words, at, {n.post: posts[n.post].label if n.post in posts else Label(n.post, n.post) for n in group})
        for (ref, at, words), group in held.items()
    )
    return Parcel(one.key, one.recipient, items, world.directory.organization.zone)


def tried(world: World, name: str, post: str | None) -> str:
    """Send one message that says that it is a trial; what came back.

    Raises:
        UnknownChannel: there is no such channel. UsageError: it has no such recipient. ChannelError: it was not taken.
    """
    channel = world.pack.channels.get(name)
    if channel is None:
        raise UnknownChannel(channel=name, hint=hint(name, world.pack.channels))
    if post is not None and post not in channel.posts:
        raise UsageError("channel-post", channel=name, post=post, known=few(channel.posts))
    to = post or channel.posts[0]
    words = Label(text("channel-text.trial", "en"), text("channel-text.trial", "zh"))
    label = world.directory.organization.posts[to].label
    item = Item("", words, world.clock.now(), {to: label})
    key = f"{name}-{secrets.token_hex(12)}"
    _require(world, channel)
    return world.couriers.send(
        channel, Parcel(key, channel.recipient(to), (item,), world.directory.organization.zone)
    )  # fmt: skip


def _tell(world: World, one: Dispatch, fate: Fate) -> None:
    """Tell observers of what everybody may know of."""
    channel = world.pack.channels.get(one.channel)
    if channel is not None and any(not notice.audience for notice in one.notices):
        told(world.observers, lambda observer: observer.dispatched(channel.kind, fate))


def _one(one: Dispatch, token: str, store: Store, world: World, paused: dict[str, datetime]) -> Fate | None:
    """What became of it; None where it was put off, or had nothing to tell."""
    now, channel, parcel = world.clock.now(), world.pack.channels.get(one.channel), parcel_of(world, one)
    if not parcel.items:
        store.dispatches.acknowledge(one.number, token, now)
        return None
    if channel is None:
        return _failed(one, token, store, UnknownChannel(channel=one.channel, hint=Label(".", "。")), None)
    if one.attempts > delivery.ATTEMPTS:
        # Its workers never came back, so nobody could say that it failed.
        store.dispatches.fail(one.number, token, one.last_error or "the workers that tried it died", None)
        return "dead"
    until = max(allowed_at(world, channel, one.urgent, now), paused.get(channel.name, now))
    if world.couriers.missing(channel):
        until = now + _UNCONFIGURED
    if until > now:
        store.dispatches.put_off(one.number, token, until)
        return None
    try:
        world.couriers.send(channel, parcel)
    except ChannelError as fault:
        if fault.pause is not None:
            paused[channel.name] = world.clock.now() + fault.pause * random.uniform(1.0, 1.5)
        return _failed(one, token, store, fault, _retry(world, channel, one, fault))
    except Exception as fault:  # a courier may be other people's code: whatever it raises means "not sent"
        return _failed(one, token, store, fault, _retry(world, channel, one, None))
    store.dispatches.acknowledge(one.number, token, world.clock.now())
    log.info("dispatch.sent", key=one.key, channel=one.channel)
    return "sent"


def _retry(world: World, channel: Channel, one: Dispatch, fault: ChannelError | None) -> datetime | None:
    now = world.clock.now()
    retry_at = delivery.retry_time(one.attempts, now)
    if retry_at is None:
        return None
    if fault is not None and fault.pause is not None:
        retry_at = max(retry_at, now + fault.pause * random.uniform(1.0, 1.5))
    return allowed_at(world, channel, one.urgent, retry_at)


def _failed(one: Dispatch, token: str, store: Store, fault: Exception, retry_at: datetime | None) -> Fate:
    # Of what nobody foresaw only the kind: its words may hold an address with a secret.
    told = str(fault) if isinstance(fault, ChannelError | UnknownChannel) else type(fault).__name__
    store.dispatches.fail(one.number, token, told[:500], retry_at)
    log.warning("dispatch.failed", key=one.key, channel=one.channel, attempts=one.attempts)
    return "dead" if retry_at is None else "postponed"


def _require(world: World, channel: Channel) -> None:
    missing = world.couriers.missing(channel)
    if missing:
        raise ChannelError("not-configured", channel=channel.name, variables=list(missing))
