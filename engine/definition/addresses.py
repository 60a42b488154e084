"""Addresses as duban takes them: of the web and of mail, each in one strict form, so that nothing can be read twice."""

import re
from ipaddress import ip_address
from typing import Final

from duban.engine.model.frozen import frozen

_WEB: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?(?P<target>/[!$-;=?-Z_a-z~]*)?"
)
_MAIL: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+)*"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_HOST: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?")
_LONGEST: Final = 2_000
_LONGEST_MAIL: Final = 254


@frozen
class WebAddress:
    """Where a message is sent: ``host`` without brackets, ``target`` with path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def is_plain(self) -> bool:
        """Whether the way there can be read by others."""
        return self.scheme == "http"

    @property
    def authority(self) -> str:
        """The host, and its port where that is not the usual one, as a header names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == usual_port(self.scheme) else f"{host}:{self.port}"


def usual_port(scheme: str) -> int:
    """The port of a scheme."""
    return 80 if scheme == "http" else 443


def web_address(text: str) -> WebAddress | None:
    """The address that a URL of letters, digits and signs means, or None.

    Small letters in the host; no user, no fragment, no backslash, no blank, nothing outside ASCII (a host of other
    letters is written in its ASCII form), numbers in their usual form only: what two readers could read differently is
    no address here.
    """
    found = _WEB.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None or ".." in found["host"]:
        return None
    host = found["host"].strip("[]")
    if _is_numeric(host) and not _is_canonical(host):
        return None
    port = int(found["port"]) if found["port"] else usual_port(found["scheme"])
    if port > 65_535:
        return None
    return WebAddress(found["scheme"], host, port, found["target"] or "/")


def _is_numeric(host: str) -> bool:
    """Whether a resolver may read a host as a number, such as 2130706433 or 0x7f.1."""
    return ":" in host or re.fullmatch(r"[0-9]+|0x[0-9a-f]*", host.rpartition(".")[2]) is not None


def _is_canonical(host: str) -> bool:
    try:
        return str(ip_address(host)) == host
    except ValueError:
        return False


def is_host(text: str) -> bool:
    """Whether a text is one host name or one address, without scheme, user, port and path."""
    if ":" in text or _is_numeric(text):
        return _is_canonical(text)
    return _HOST.fullmatch(text) is not None and ".." not in text


def is_mail_address(text: str) -> bool:
    """Whether a text is one plain mail address, without a name and without quotes."""
    return len(text) <= _LONGEST_MAIL and _MAIL.fullmatch(text) is not None
