"""Several hosts in one PostgreSQL URL, as libpq and as SQLAlchemy write them; kept in one form for the driver.

``postgresql://u@h1:5432,[::1]:5433/db`` is libpq's form; ``?host=h1:5432&host=h2:5433`` and ``?host=h1,h2&port=1,2``
are SQLAlchemy's. Inside duban a URL with several hosts has no host of its own, and the last of these in its query.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple
from urllib.parse import unquote

from sqlalchemy import URL

_AUTHORITY: Final = re.compile(r"(?P<head>\w[\w+]*://(?:[^:/]*(?::[^@]*)?@)?)(?P<hosts>[^/?]*)(?P<tail>.*)", re.DOTALL)
"""What stands before the hosts, ends where SQLAlchemy takes a name and a password to end."""
_PLACE: Final = re.compile(r"(?:\[(?P<address>[^\[\]@]+)\]|(?P<name>[^:@\[\]]*))(?::(?P<port>[0-9]*))?")
"""No ``@``: what stands before it in a URL that was typed wrongly is a part of a password."""
_MOST: Final = 65_535


class Place(NamedTuple):
    """A host, or the folder of a socket; and its port, or nothing where it is the usual one."""

    host: str
    port: str = ""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" if self.port else host


def taken_out(text: str) -> tuple[str, list[Place]]:
    """A URL in libpq's form without its hosts, and these; as it was, and none, where it names one host or none.

    Raises:
        ValueError: one of several hosts cannot be read.
    """
    found = _AUTHORITY.fullmatch(text)
    if found is None or "," not in found["hosts"]:
        return text, []
    return found["head"] + found["tail"], [_place(one) for one in found["hosts"].split(",")]


def places_of(url: URL) -> list[Place]:
    """The hosts in the query of a URL, in either of SQLAlchemy's forms.

    Raises:
        ValueError: one cannot be read, or there are neither as many ports as hosts, nor one, nor none.
    """
    hosts, ports = _values(url, "host"), _values(url, "port")
    if not ports:
        return [Place(host) if host.startswith(("/", "@")) else _place(host) for host in hosts]
    if len(ports) == 1:
        ports *= len(hosts)
    return [Place(host.strip("[]"), _port(port)) for host, port in zip(hosts, ports, strict=True)]


def with_places(url: URL, places: Sequence[Place]) -> URL:
    """The URL on these hosts, in the one form that SQLAlchemy hands on whatever they are."""
    plain = url.set(host=None).difference_update_query(["host", "port"])._replace(port=None)
    named = {"host": ",".join(one.host for one in places)}
    if any(one.port for one in places):
        named["port"] = ",".join(one.port for one in places)
    return plain.update_query_dict(named)


def told(url: URL, places: Sequence[Place]) -> str:
    """The URL on these hosts as it is shown: in libpq's form where that can name them, which folders cannot."""
    plain = with_places(url, places)
    if any("/" in one.host for one in places):
        return plain.render_as_string(hide_password=False)
    bare = plain.difference_update_query(["host", "port"]).set(host="hosts").render_as_string(hide_password=False)
    head, _, tail = bare.partition("hosts")
    return head + ",".join(map(str, places)) + tail


def _values(url: URL, name: str) -> list[str]:
    given = url.query.get(name, ())
    return [one for value in ((given,) if isinstance(given, str) else given) for one in value.split(",")]


def _place(text: str) -> Place:
    found = _PLACE.fullmatch(text)
    if found is None and text.count(":") > 1 and "]" not in text:
        return Place(text)  # an IPv6 address as SQLAlchemy's query has it, without a port
    if found is None:
        raise ValueError("neither a host nor host:port")
    return Place(found["address"] or unquote(found["name"]), _port(found["port"] or ""))


def _port(text: str) -> str:
    if text and not (text.isascii() and text.isdigit() and 0 < int(text) <= _MOST):
        raise ValueError("no port")
    return text
