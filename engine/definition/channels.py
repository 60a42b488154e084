"""Loads channels.yaml: on which channels the notices of which posts go out, and to which hosts."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

from duban.engine.definition.addresses import is_host, is_mail_address, web_address
from duban.engine.definition.channel_documents import ChannelDoc, ChannelsDoc, EnvDoc, HostDoc
from duban.engine.definition.findings import Findings, Loc
from duban.engine.definition.names import IDENTIFIER
from duban.engine.definition.parts import as_many, label_of
from duban.engine.definition.reader import read_document
from duban.engine.definition.shape import shaped
from duban.engine.model.channel import ROBOTS, Channel, Host, Setting
from duban.engine.model.organization import Organization
from duban.engine.organization.directory import Directory

VARIABLE: Final = re.compile(r"DUBAN_[A-Z0-9_]{1,58}")
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "mail": ("server", "sender", "addresses"),
    "wecom": ("url",),
    "dingtalk": ("url",),
    "feishu": ("url",),
    "webhook": ("url", "secret"),
    "apprise": ("url",),
}
_POSSIBLE: Final[Mapping[str, tuple[str, ...]]] = {
    "mail": ("server", "port", "security", "user", "password", "sender", "addresses"),
    "wecom": ("url",),
    "dingtalk": ("url", "secret"),
    "feishu": ("url", "secret"),
    "webhook": ("url", "secret"),
    "apprise": ("url",),
}
_SPECIAL: Final = ("url", "secret", "server", "port", "security", "user", "password", "sender", "addresses")
_VALUES: Final = ("url", "secret", "server", "user", "password", "sender")
_ROBOT_HOSTS: Final = tuple(
    Host(name, (443,)) for name in ("qyapi.weixin.qq.com", "oapi.dingtalk.com", "open.feishu.cn", "open.larksuite.com")
)


def load_channels(path: Path, organization: Organization) -> dict[str, Channel]:
    """Read and check the channels of a pack; none where there is no such file.

    Raises:
        DefinitionError: all that is wrong, each with its place.
    """
    if not path.is_file():
        return {}
    node = read_document(path)
    findings = Findings(str(path), node)
    doc = shaped(ChannelsDoc, node, str(path))
    hosts = tuple(_host(name, one or HostDoc(), findings) for name, one in doc.hosts.items())
    directory = Directory(organization)
    built = {name: _channel(name, one, hosts, directory, findings) for name, one in doc.channels.items()}
    findings.raise_if_any()
    return built


def _host(name: str, doc: HostDoc, findings: Findings) -> Host:
    bracketed = f"[{name}]" if ":" in name else name
    if web_address(f"https://{bracketed}/") is None or bracketed != bracketed.strip():
        findings.add(("hosts", name), "channel-host", at_key=True, name=name)
    ports = tuple(doc.ports) if doc.ports else (443, 80) if doc.plain else (443,)
    return Host(name, ports, doc.plain, doc.private)


def _channel(name: str, doc: ChannelDoc, hosts: tuple[Host, ...], directory: Directory, findings: Findings) -> Channel:
    loc: Loc = ("channels", name)
    if not IDENTIFIER.fullmatch(name):
        findings.add(loc, "name-form", at_key=True, name=name)
    _check_keys(doc, loc, findings)
    settings = {key: _setting(getattr(doc, key), (*loc, key), findings) for key in _VALUES if getattr(doc, key)}
    allowed = (*hosts, *_ROBOT_HOSTS) if doc.kind in ROBOTS else hosts
    if "url" in settings:
        _check_url(doc, settings["url"], (*loc, "url"), allowed, findings)
    if "sender" in settings:
        _check_address(settings["sender"], (*loc, "sender"), findings)
    server = settings.get("server")
    if server is not None and server.text is not None and not is_host(server.text):
        # Not repeated either: a URL may stand there, with its password.
        findings.add((*loc, "server"), "channel-server")
    posts = _posts(doc, loc, directory, findings)
    addresses = {post: _setting(one, (*loc, "addresses", post), findings) for post, one in doc.addresses.items()}
    for post, one in addresses.items():
        if post not in directory.organization.posts:
            findings.unknown((*loc, "addresses", post), "post", post, sorted(directory.organization.posts), at_key=True)
        _check_address(one, (*loc, "addresses", post), findings)
    lacking = [post for post in posts if post not in addresses]
    if doc.kind == "mail" and doc.addresses and lacking:
        findings.add((*loc, "addresses"), "channel-no-address", at_key=True, posts=lacking)
    digest = doc.digest
    return Channel(
        name=name, kind=doc.kind, label=label_of(doc.label, name), posts=posts, settings=settings, addresses=addresses,
        hosts=allowed, language=doc.language, window=timedelta(minutes=digest.minutes if digest else 30),
        most=digest.most if digest else 20, working_hours=doc.hours == "working", urgent=doc.urgent, port=doc.port,
        security=doc.security,
    )  # fmt: skip


def _check_keys(doc: ChannelDoc, loc: Loc, findings: Findings) -> None:
    """The keys that a channel of this kind needs are there, and none that it has no use for."""
    given, possible = doc.model_fields_set, _POSSIBLE[doc.kind]
    for key in _SPECIAL:
        if key in given and key not in possible:
            findings.add((*loc, key), "channel-misplaced", at_key=True, name=key, kind=doc.kind, known=possible)
    for key in _NEEDED[doc.kind]:
        if not getattr(doc, key):
            findings.add(loc, "channel-lacks", at_key=True, name=key, kind=doc.kind)
    if doc.kind == "mail" and (doc.user is None) != (doc.password is None):
        findings.add(loc, "channel-lacks", at_key=True, name="user" if doc.user is None else "password", kind=doc.kind)


def _setting(value: EnvDoc | str | None, loc: Loc, findings: Findings) -> Setting:
    if isinstance(value, EnvDoc):
        if not VARIABLE.fullmatch(value.env):
            findings.add((*loc, "env"), "channel-variable", name=value.env)
        return Setting(env=value.env)
    return Setting(text=value)


def _check_url(doc: ChannelDoc, url: Setting, loc: Loc, hosts: tuple[Host, ...], findings: Findings) -> None:
    if url.text is None:
        return
    if doc.kind != "webhook" or "?" in url.text:
        # Not repeated: what stands there may be a secret that is better taken out of the file at once.
        findings.add(loc, "channel-secret", name="url")
        return
    address = web_address(url.text)
    if address is None:
        findings.add(loc, "channel-url", found=url.text)
    elif not any(host.name == address.host for host in hosts):
        findings.add(loc, "channel-host-unlisted", name=address.host)


def _check_address(value: Setting, loc: Loc, findings: Findings) -> None:
    if value.text is not None and not is_mail_address(value.text):
        findings.add(loc, "channel-address", found=value.text)


def _posts(doc: ChannelDoc, loc: Loc, directory: Directory, findings: Findings) -> tuple[str, ...]:
    organization = directory.organization
    carried = {role for post in organization.posts.values() for role in post.roles}
    found: dict[str, None] = {}
    for name in as_many(doc.to):
        meant = directory.recipients([name], None) if name != "unit" else ()
        if not meant:
            known = sorted({*organization.posts, *carried, *(post.unit for post in organization.posts.values())})
            findings.unknown(findings.one((*loc, "to"), name), "channel-recipient", name, known)
        found.update(dict.fromkeys(post.name for post in meant))
    return tuple(found)
