"""One POST over HTTP: to the address that was checked and no other, without redirects, bounded in time and size."""

import socket
import ssl
import threading
from collections.abc import Mapping
from datetime import timedelta
from http.client import HTTPException
from typing import Any, Final

from duban.actions.channels.places import place_of, resolved
from duban.engine.definition.addresses import WebAddress
from duban.engine.errors import ChannelError
from duban.engine.model.channel import Host
from duban.engine.model.frozen import frozen
from duban.engine.ports.pauses import LONGEST, NO_ANSWER, TOO_FAST

CONNECTING: Final = 5.0
READING: Final = 10.0
"""Seconds without a sign of life after which it is given up."""
WHOLE: Final = 20.0
"""Seconds after which it is given up although the receiver still talks."""
LARGEST: Final = 64 * 1024
"""The most bytes of an answer that are read."""
_BUSY: Final = frozenset({429, 503})


@frozen
class Reply:
    """What came back: the status, and as much of the body as is read."""

    status: int
    body: bytes


def post(url: str, hosts: tuple[Host, ...], body: bytes, headers: Mapping[str, str]) -> Reply:
    """Send ``body`` as JSON and return the answer, whose status is one of success.

    Raises:
        ChannelError: the URL or its address is refused, nobody answers, or the answer is none of success.
    """
    address, host = place_of(url, hosts)
    numbers = resolved(address, host)
    reply, asked = _exchanged(address, numbers, body, headers)
    if 300 <= reply.status < 400:
        raise ChannelError("redirect", host=address.host, status=reply.status)
    if reply.status in _BUSY:
        raise ChannelError("too-fast", host=address.host, pause=asked)
    if not 200 <= reply.status < 300:
        raise ChannelError("status", host=address.host, status=reply.status)
    return reply


def _exchanged(address: WebAddress, numbers: str, body: bytes, headers: Mapping[str, str]) -> tuple[Reply, timedelta]:
    """The answer, and how long the receiver asks to be left alone."""
    # Imported here: commands that send nothing do not wait for it.
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.exceptions import HTTPError

    connection = (
        HTTPConnection(numbers, address.port, timeout=CONNECTING)
        if address.is_plain
        else HTTPSConnection(
            numbers, address.port, timeout=CONNECTING, server_hostname=address.host,
            ssl_context=ssl.create_default_context(),
        )
    )  # fmt: skip
    # Kept here: the connection lets go of its socket as soon as an answer begins.
    lines: list[socket.socket] = []
    watch = threading.Timer(WHOLE, _cut, [connection, lines])
    watch.daemon = True
    watch.start()
    try:
        connection.connect()
        if connection.sock is not None:
            lines.append(connection.sock)
        connection.timeout = READING
        sent = {"Host": address.authority, "Content-Type": "application/json; charset=utf-8", "User-Agent": "duban"}
        connection.request("POST", address.target, body=body, headers={**sent, **headers}, preload_content=False)
        response = connection.getresponse()
        read = response.read(LARGEST, decode_content=False)
        return Reply(response.status, read), _asked(response.headers.get("Retry-After"))
    except (OSError, HTTPException, HTTPError, ValueError) as fault:
        # Not its own words, nor the fault itself: they hold the whole address, and with it the secret of a robot.
        key = "tls" if "SSL" in type(fault).__name__ else "no-answer"
        raise ChannelError(key, host=address.host, pause=NO_ANSWER) from None
    finally:
        watch.cancel()
        connection.close()


def _cut(connection: Any, lines: list[socket.socket]) -> None:
    """End a conversation that takes too long, from another thread: the reader finds the line dead."""
    for line in lines or [connection.sock]:
        try:
            if line is not None:
                line.shutdown(socket.SHUT_RDWR)
        except OSError:
            continue  # it has just ended by itself


def _asked(words: str | None) -> timedelta:
    """How long a receiver asks to be left alone, in seconds, within bounds; a date is taken for a minute."""
    if words is None or not words.isascii() or not words.isdecimal():
        return TOO_FAST
    return min(max(timedelta(seconds=int(words[:6])), timedelta(seconds=1)), LONGEST)
