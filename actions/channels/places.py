"""Which address a host may be reached at. Pure but for the question to the resolver."""

import ipaddress
import socket
from collections.abc import Callable
from typing import Final

from duban.engine.definition.addresses import WebAddress, web_address
from duban.engine.errors import ChannelError
from duban.engine.model.channel import Host
from duban.engine.ports.pauses import NO_ANSWER

Resolver = Callable[[str, int], list[str]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# What the library still calls global, and leads inside all the same.
_INSIDE: Final = tuple(
    ipaddress.ip_network(net)
    for net in ("100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "64:ff9b::/96", "64:ff9b:1::/48",
                "2001::/32", "2002::/16", "fec0::/10")
)  # fmt: skip


def place_of(url: str, hosts: tuple[Host, ...]) -> tuple[WebAddress, Host]:
    """The address that a URL means, and the declared host that it belongs to.

    Raises:
        ChannelError: it is no URL that is taken, or the host is not declared, not with this port or not with http.
    """
    address = web_address(url)
    if address is None:
        raise ChannelError("url")
    host = next((one for one in hosts if one.name == address.host), None)
    if host is None or address.port not in host.ports:
        raise ChannelError("host-unlisted", host=address.host, port=address.port)
    if address.is_plain and not host.plain:
        raise ChannelError("plain", host=address.host)
    return address, host


def resolved(address: WebAddress, host: Host, resolver: Resolver | None = None) -> str:
    """The one address to connect to, as numbers. Every address that the name has is looked at: one that may not be
    reached refuses the host, whatever the others are.

    Raises:
        ChannelError: the name has no address, or one that is not public where only those are allowed.
    """
    try:
        found = (resolver or _system)(address.host, address.port)
    except (OSError, UnicodeError):
        found = []
    if not found:
        raise ChannelError("unresolvable", host=address.host, pause=NO_ANSWER)
    for one in found:
        if not host.private and not is_public(one):
            raise ChannelError("address-refused", host=address.host, address=one)
    return found[0]


def is_public(numbers: str) -> bool:
    """Whether an address is one of the public internet, also where it is written inside another."""
    try:
        address: Address = ipaddress.ip_address(numbers.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        address = mapped
    if any(address.version == net.version and address in net for net in _INSIDE):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _system(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))
