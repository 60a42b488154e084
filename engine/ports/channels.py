"""The port of the channels: how a message leaves duban, and what came back."""

from typing import Protocol

from duban.engine.model.channel import Channel
from duban.engine.model.dispatch import Parcel


class Couriers(Protocol):
    """Sends messages on channels of every kind. Secrets are read from the environment when they are needed."""

    def missing(self, channel: Channel) -> tuple[str, ...]:
        """The environment variables that the channel needs and that are not set; none means that it is configured."""
        ...

    def send(self, channel: Channel, parcel: Parcel) -> str:
        """Send, and tell what came back, in one line without secrets.

        Raises:
            ChannelError: it was not taken; ``pause`` in it tells how long to leave the channel alone, if at all.
        """
        ...
