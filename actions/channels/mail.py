"""mail: one message to the address of a post, over SMTP."""

import hashlib
import smtplib
import ssl
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from duban.actions.channels.words import body, plain, subject
from duban.engine.definition.addresses import is_host, is_mail_address
from duban.engine.errors import ChannelError
from duban.engine.model.channel import Channel
from duban.engine.model.dispatch import Parcel
from duban.engine.ports.pauses import NO_ANSWER

TIMEOUT: Final = 15.0
"""Seconds without a sign of life after which it is given up."""
_LARGEST: Final = 256 * 1024


def send(channel: Channel, parcel: Parcel, values: Mapping[str, str], to: str, now: datetime) -> str:
    """Hand the message to the server, and return that it was taken.

    ``values`` are server and sender, and perhaps user and password.

    Raises:
        ChannelError: what should name the server does not, or the server could not be reached or trusted, or did not
            take the message.
    """
    if not is_host(values["server"]):
        raise ChannelError("mail-server", channel=channel.name, place=channel.settings["server"].env or "server")
    for address in (values["sender"], to):
        if not is_mail_address(address):
            raise ChannelError("mail-address", channel=channel.name)
    message = letter(channel, parcel, values["sender"], to, now)
    try:
        with _connected(channel, values["server"]) as server:
            if "user" in values:
                server.login(values["user"], values["password"])
            server.send_message(message, values["sender"], [to])
    except smtplib.SMTPNotSupportedError:
        raise ChannelError("mail-not-supported", server=_place(channel)) from None
    except smtplib.SMTPAuthenticationError as fault:
        raise ChannelError("mail-login", code=fault.smtp_code, pause=NO_ANSWER) from None
    except smtplib.SMTPRecipientsRefused as fault:
        code, why = next(iter(fault.recipients.values()), (0, b""))
        raise _refused(code, why, values) from None
    except smtplib.SMTPResponseException as fault:
        raise _refused(fault.smtp_code, fault.smtp_error, values) from None
    except ssl.SSLError:
        raise ChannelError("tls", host=_place(channel), pause=NO_ANSWER) from None
    except (OSError, smtplib.SMTPException, ValueError):
        raise ChannelError("no-answer", host=_place(channel), pause=NO_ANSWER) from None
    return "SMTP 250"


def _place(channel: Channel) -> str:
    """How the server is told: by its variable, where one holds it; what is set there may be another's secret."""
    server = channel.settings["server"]
    return server.env or plain(str(server.text), 80)


def letter(channel: Channel, parcel: Parcel, sender: str, to: str, now: datetime) -> EmailMessage:
    """The message. Its Message-ID comes from the key, so that a second delivery of it can be recognised."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject(parcel, channel.language)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{hashlib.sha256(parcel.key.encode()).hexdigest()[:32]}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body(parcel, channel.language, fits=_LARGEST))
    return message


def _connected(channel: Channel, server: str) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if channel.security == "tls":
        return smtplib.SMTP_SSL(server, channel.port, timeout=TIMEOUT, context=context)
    connected = smtplib.SMTP(server, channel.port, timeout=TIMEOUT)
    try:
        if channel.security == "starttls":
            connected.starttls(context=context)
    except BaseException:
        connected.close()
        raise
    return connected


def _refused(code: int, why: bytes | str, values: Mapping[str, str]) -> ChannelError:
    words = why.decode(errors="replace") if isinstance(why, bytes) else str(why)
    for secret in (values.get("password"), values.get("user")):
        words = words.replace(secret, "…") if secret else words
    return ChannelError("mail-refused", code=code, why=plain(words, 120))
