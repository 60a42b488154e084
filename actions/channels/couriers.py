"""Sends on channels of every kind, with the values that the environment holds."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from duban.engine.errors import ChannelError

if TYPE_CHECKING:
    from duban.engine.model.channel import Channel, Setting
    from duban.engine.model.dispatch import Parcel


class PostOffice:
    """Fulfils the port of the channels.

    ``environment`` is where variables are looked up; without it, that of the process, each time anew. ``now`` is the
    moment that signatures carry: the receivers compare it with their own clocks, so it is the machine's.
    """

    def __init__(
        self, environment: Mapping[str, str] | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._environment = os.environ if environment is None else environment
        self._now = now

    def missing(self, channel: "Channel") -> tuple[str, ...]:
        """The environment variables that the channel needs and that are not set or empty."""
        return tuple(name for name in channel.variables if not self._environment.get(name, "").strip())

    def send(self, channel: "Channel", parcel: "Parcel") -> str:
        """Send, and tell what came back.

        Raises:
            ChannelError: it was not taken.
        """
        missing = self.missing(channel)
        if missing:
            raise ChannelError("not-configured", channel=channel.name, variables=list(missing))
        from duban.engine.model.channel import ROBOTS

        values = {name: self._value(setting) for name, setting in channel.settings.items()}
        # A kind is imported when it is used: most processes send on one or none.
        if channel.kind == "mail":
            from duban.actions.channels import mail

            address = channel.addresses.get(parcel.recipient)
            if address is None:
                raise ChannelError("mail-nobody", channel=channel.name, post=parcel.recipient)
            return mail.send(channel, parcel, values, self._value(address), self._now())
        if channel.kind in ROBOTS:
            from duban.actions.channels import robots

            return robots.send(channel, parcel, values["url"], values.get("secret"), self._now())
        if channel.kind == "webhook":
            from duban.actions.channels import webhook

            return webhook.send(channel, parcel, values["url"], values["secret"], self._now())
        from duban.actions.channels import others

        return others.send(channel, parcel, values)

    def _value(self, setting: "Setting") -> str:
        return setting.text if setting.text is not None else self._environment[str(setting.env)].strip()
