"""On which channels a notice goes out, when, and gathered with what. Pure but for the key of a new message."""

import secrets
from datetime import datetime, timedelta

from duban.engine.model.case import Message
from duban.engine.model.channel import Channel
from duban.engine.ports.dispatches import Route
from duban.engine.runtime.world import World


def routes_of(world: World, message: Message, post: str) -> tuple[Route, ...]:
    """The routes of a notice to a post: the configured channels whose posts it is among.

    A confidential case has none: of it nothing leaves the inboxes.
    """
    if message.audience:
        return ()
    now, level = world.clock.now(), int(message.params["case"].get("level", 0))
    meant = [one for one in world.pack.channels.values() if post in one.posts and not world.couriers.missing(one)]
    return tuple(_route(world, channel, post, level, now) for channel in meant)


def allowed_at(world: World, channel: Channel, urgent: bool, moment: datetime) -> datetime:
    """The first moment from ``moment`` on at which the channel may send."""
    if urgent or not channel.working_hours:
        return moment
    return world.hours.next_opening(moment)


def _route(world: World, channel: Channel, post: str, level: int, now: datetime) -> Route:
    urgent = channel.urgent is not None and level >= channel.urgent
    window = timedelta(0) if urgent else channel.window
    return Route(
        # By chance and not from the case: what goes out under it must tell of none.
        key=f"{channel.name}-{secrets.token_hex(12)}",
        channel=channel.name,
        recipient=channel.recipient(post),
        urgent=urgent,
        most=channel.most,
        next_at=allowed_at(world, channel, urgent, now + window),
        full_at=allowed_at(world, channel, urgent, now),
    )
