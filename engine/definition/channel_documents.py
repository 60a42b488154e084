"""The shape of channels.yaml: on which channels the notices of which posts go out."""

from typing import Annotated, Literal

from pydantic import Field

from duban.engine.definition.shared_documents import (
    LABEL,
    NOTE,
    Document,
    Identifier,
    Key,
    Keys,
    LabelDoc,
    Words,
    named,
)

Variable = Annotated[str, named("^DUBAN_[A-Z0-9_]{1,58}$", "DUBAN_SMTP_PASSWORD")]
_PORT = Annotated[int, Field(ge=1, le=65_535)]


class EnvDoc(Document):
    """A value that stands in an environment variable and never in a file."""

    env: Variable = Field(description="The variable's name; it begins with `DUBAN_`.")


class DigestDoc(Document):
    """How notices of one recipient are gathered into one message."""

    minutes: Annotated[int, Field(ge=0, le=1_440)] = Field(
        default=30, description="How long notices are gathered after the first; 0 sends what lies there at once."
    )
    most: Annotated[int, Field(ge=1, le=200)] = Field(
        default=20, description="With so many notices it goes out before that."
    )


class HostDoc(Document):
    """A host that webhooks and robots may be sent to."""

    ports: Annotated[list[_PORT], Field(min_length=1)] | None = Field(
        default=None, description="The ports; without them, 443, and 80 where `plain`."
    )
    plain: bool = Field(default=False, description="Whether http will do. What is sent can be read on its way then.")
    private: bool = Field(
        default=False, description="Whether it may have an address that is not public, as inside an office's network."
    )
    note: str | None = Field(default=None, description=NOTE)


class ChannelDoc(Document):
    """A channel."""

    kind: Literal["mail", "wecom", "dingtalk", "feishu", "webhook", "apprise"] = Field(description="What it is.")
    label: LabelDoc | None = Field(default=None, description=LABEL)
    to: Keys = Field(description="Whose notices go out on it: posts, roles or units.")
    language: Literal["both", "en", "zh"] = Field(default="both", description="The language of what it sends.")
    digest: DigestDoc | None = Field(default=None, description="How notices are gathered.")
    hours: Literal["always", "working"] = Field(
        default="always", description="When it sends: `always`, or only in the `working` hours of the calendar."
    )
    urgent: Annotated[int, Field(ge=0, le=99)] | None = Field(
        default=None,
        description="From this level of the case on, a notice waits neither to be gathered nor for working hours.",
    )
    url: EnvDoc | Words | None = Field(
        default=None, description="Where robots, webhooks and apprise send to. It may stand here for a webhook only."
    )
    secret: EnvDoc | None = Field(
        default=None, description="What the robot (dingtalk, feishu) or the webhook is signed with."
    )
    server: EnvDoc | Words | None = Field(default=None, description="mail: the server's name.")
    port: _PORT = Field(default=587, description="mail: the server's port.")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="mail: how the way to the server is kept secret."
    )
    user: EnvDoc | Words | None = Field(default=None, description="mail: who signs in at the server.")
    password: EnvDoc | None = Field(default=None, description="mail: with which password.")
    sender: EnvDoc | Words | None = Field(default=None, description="mail: the address that it comes from.")
    addresses: dict[Key, EnvDoc | Words] = Field(
        default={}, description="mail: the address of each post of `to`; addresses of posts, never of private persons."
    )
    note: str | None = Field(default=None, description=NOTE)


class ChannelsDoc(Document):
    """On which channels notices go out, besides the inbox in which each of them lies."""

    hosts: dict[str, HostDoc | None] = Field(
        default={}, description="The hosts that may be sent to, by name or address. Those of the robots are known."
    )
    channels: dict[Identifier, ChannelDoc] = Field(description="The channels.")
