"""``duban channel``: the channels on which notices go out, and a trial of one."""

from typing import Any

from duban.cli.kit.answer import Answer, Cell, Facts, Part, Table, Words, cell
from duban.cli.kit.command import Command, Group
from duban.cli.kit.desk import Desk
from duban.cli.kit.options import Argument, Option
from duban.engine.model.channel import Channel

NAME = Argument("name", says="argument.channel", metavar="NAME")
POST = Option(["--to", "post"], says="option.channel-post", metavar="POST")


def list_channels(desk: Desk) -> Answer:
    """List the channels of the pack as declared, and whether each is configured."""
    channels = list(desk.engine.pack.channels.values())
    heads = desk.head("channel", "channel-kind", "channel-to", "channel-status")
    heads = {name.removeprefix("channel-"): words for name, words in heads.items()}
    table = Table(heads, [_row(desk, one) for one in channels], empty=desk.say("no-channels"))
    parts: list[Part] = [table]
    if desk.is_person:
        unset = [(one.label, desk.engine.world.couriers.missing(one)) for one in channels]
        told = [desk.say("channel-missing", channel=label, variables=list(names)) for label, names in unset if names]
        parts += [Words(told)] if told else []
    return Answer([_document(desk, one) for one in channels], parts)


def test(desk: Desk, name: str, post: str | None) -> Answer:
    """Send a trial and tell what came back."""
    answer = desk.engine.try_channel(name, post)
    heads = desk.head("channel", "answer")
    document = {"channel": name, "to": post, "answer": answer}
    return Answer(document, [Facts([("channel", heads["channel"], name), ("answer", heads["answer"], answer)])])


def _status(desk: Desk, channel: Channel) -> Cell:
    if desk.engine.world.couriers.missing(channel):
        return Cell("not configured", desk.say("channel-unconfigured"))
    return Cell("configured", desk.say("channel-configured"))


def _row(desk: Desk, channel: Channel) -> list[Cell | str]:
    first = desk.teller.post(channel.posts[0]).shown
    shown = first if len(channel.posts) == 1 else desk.say("channel-posts", count=len(channel.posts))
    name = Cell(channel.name, f"{channel.name} {channel.label.text(desk.lang)}")
    kind = cell(channel.kind, desk.say(f"channel-kind-{channel.kind}"))
    return [name, kind, Cell(" ".join(channel.posts), shown), _status(desk, channel)]


def _document(desk: Desk, channel: Channel) -> dict[str, Any]:
    missing = desk.engine.world.couriers.missing(channel)
    return {
        "channel": channel.name,
        "label": channel.label.text(desk.lang),
        "kind": channel.kind,
        "to": list(channel.posts),
        "language": channel.language,
        "gathers_minutes": round(channel.window.total_seconds() / 60),
        "gathers_most": channel.most,
        "hours": "working" if channel.working_hours else "always",
        "urgent": channel.urgent,
        "configured": not missing,
        "missing": list(missing),
    }


command = Group(
    "channel",
    "command.channel",
    [
        Command("list", "command.channel-list", list_channels),
        Command("test", "command.channel-test", test, [NAME, POST]),
    ],
)
