"""The channels on which notices leave duban, as a pack declares them: checked, complete, without any secret."""

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from typing import Final, Literal

from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label

Kind = Literal["mail", "wecom", "dingtalk", "feishu", "webhook", "apprise"]
Language = Literal["both", "en", "zh"]
Security = Literal["starttls", "tls", "none"]

ROBOTS: Final = frozenset({"wecom", "dingtalk", "feishu"})
"""The chat robots: 企业微信, 钉钉, 飞书."""


@frozen
class Setting:
    """A value of a channel: words of the pack, or the name of the environment variable that holds it."""

    text: str | None = None
    env: str | None = None


@frozen
class Host:
    """A host that messages may be sent to, on these ports.

    ``plain`` allows http besides https; ``private`` allows an address that is not a public one.
    """

    name: str
    ports: tuple[int, ...]
    plain: bool = False
    private: bool = False


@frozen
class Channel:
    """A way out for the notices of some posts.

    Notices of one recipient are gathered for ``window`` or until there are ``most``. Where it keeps ``working_hours``
    nothing goes out outside of them. A notice of a case at level ``urgent`` or above waits for neither.
    """

    name: str
    kind: Kind
    label: Label
    posts: tuple[str, ...]
    settings: Mapping[str, Setting]
    addresses: Mapping[str, Setting] = field(default_factory=dict)
    hosts: tuple[Host, ...] = ()
    language: Language = "both"
    window: timedelta = timedelta(minutes=30)
    most: int = 20
    working_hours: bool = False
    urgent: int | None = None
    port: int = 587
    security: Security = "starttls"

    def recipient(self, post: str) -> str:
        """Whose notices are gathered together: those of the post where it has an address, else those of the group."""
        return post if self.kind == "mail" else ""

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that it needs, each once."""
        named = [one.env for one in (*self.settings.values(), *self.addresses.values()) if one.env is not None]
        return tuple(dict.fromkeys(named))
