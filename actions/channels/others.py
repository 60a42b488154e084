"""apprise: the channels that the package apprise knows, where it is installed."""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import quote, unquote

from duban.actions.channels.words import body, subject
from duban.engine.errors import ChannelError
from duban.engine.model.channel import Channel
from duban.engine.model.dispatch import Parcel

_TELLS_PATHS = ("urllib3.connectionpool", "urllib3.util.retry")
"""What a host that debugs would hear of each request, with its path: there many services want their secret."""


def send(channel: Channel, parcel: Parcel, values: Mapping[str, str]) -> str:
    """Send by apprise, and return that it was taken.

    Raises:
        ChannelError: apprise is not installed, does not know the URL, or could not send.
    """
    try:
        import apprise
    except ImportError:
        raise ChannelError("not-installed", channel=channel.name) from None
    # It logs URLs with their secrets, on standard error where nobody listens.
    logging.getLogger("apprise").disabled = True
    sender = apprise.Apprise()
    if not sender.add(values["url"]):
        raise ChannelError("apprise-url", channel=channel.name)
    try:
        with _unheard(values["url"]):
            taken = bool(sender.notify(
                title=subject(parcel, channel.language), body=body(parcel, channel.language, fits=15_000, in_chat=True),
                body_format=apprise.NotifyFormat.TEXT, interpret_escapes=False,
            ))  # fmt: skip
    except Exception:  # whatever a service of it raises; its words may hold the secret
        taken = False
    if not taken:
        raise ChannelError("apprise-failed", channel=channel.name)
    return "apprise"


@contextmanager
def _unheard(url: str) -> Iterator[None]:
    """Lines that hold a part of the URL are left out meanwhile; other requests of the host are heard as before."""
    parts = {
        form for part in re.split(r"[/?&=:@#]", url) if len(part) > 3 for form in (part, quote(part), unquote(part))
    }

    def is_harmless(record: logging.LogRecord) -> bool:
        words = record.getMessage()
        return not any(part in words for part in parts)

    loggers = [logging.getLogger(name) for name in _TELLS_PATHS]
    for logger in loggers:
        logger.addFilter(is_harmless)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(is_harmless)
