"""``duban outbox``: messages that wait, were delivered or failed, here or on channels; and what is done with them."""

from collections.abc import Callable
from typing import Final

import click

from duban.cli.kit.answer import Answer, Cell, Table, Words, cell
from duban.cli.kit.command import Command, Group
from duban.cli.kit.desk import Desk
from duban.cli.kit.documents import dispatch_document, message_document
from duban.cli.kit.options import Argument, Option
from duban.cli.options import limit
from duban.engine.errors import UnknownChannel
from duban.engine.model.case import Message
from duban.engine.model.dispatch import Dispatch
from duban.engine.model.hint import hint

STATES: Final = ("waiting", "claimed", "done", "dead", "discarded")
STATE = Option(["--state"], says="option.message-state", type=click.Choice(STATES), metavar="STATE")
CHANNEL = Option(["--channel"], says="option.channel", metavar="NAME")
ALL: Final = "all"
KEYS = Argument("keys", says="argument.keys", metavar="KEY...", nargs=-1, required=True)


def list_messages(desk: Desk, state: str | None, channel: str | None, limit: int) -> Answer:
    """List messages, oldest first; with a channel, what goes out on it."""
    if channel is not None:
        return _on_channel(desk, state, channel, limit)
    messages = desk.engine.messages(by=desk.by, state=state, limit=limit)
    heads = desk.head("key", "action", "state", "attempts", "next_at", "last_error")
    table = Table(heads, [_row(desk, one) for one in messages], empty=desk.say("no-messages"))
    return Answer([message_document(one) for one in messages], [table])


def _on_channel(desk: Desk, state: str | None, channel: str, limit: int) -> Answer:
    known = desk.engine.pack.channels
    if channel != ALL and channel not in known:
        raise UnknownChannel(channel=channel, hint=hint(channel, [*known, ALL]))
    found = desk.engine.dispatches(by=desk.by, channel=None if channel == ALL else channel, state=state, limit=limit)
    heads = desk.head("key", "channel", "recipient", "state", "attempts", "next_at", "last_error")
    table = Table(heads, [_dispatch_row(desk, one) for one in found], empty=desk.say("no-messages"))
    return Answer([dispatch_document(one) for one in found], [table])


def retry(desk: Desk, keys: tuple[str, ...]) -> Answer:
    """Put messages back among the waiting."""
    return _each(desk, keys, desk.engine.retry, "retried")


def discard(desk: Desk, keys: tuple[str, ...]) -> Answer:
    """Set messages aside for good."""
    return _each(desk, keys, desk.engine.discard, "discarded")


def _each(desk: Desk, keys: tuple[str, ...], work: Callable[..., None], done: str) -> Answer:
    for key in keys:
        work(key, by=desk.by)
    table = Table(desk.head(done), [[key] for key in keys])
    return Answer({done: list(keys)}, [Words([desk.say(done, keys=list(keys))]) if desk.is_person else table])


def _dispatch_row(desk: Desk, one: Dispatch) -> list[Cell | str]:
    to = desk.teller.post(one.recipient) if one.recipient else Cell("", desk.say("channel-group"))
    return [one.key, one.channel, to, *_standing(desk, one)]


def _row(desk: Desk, one: Message) -> list[Cell | str]:
    return [one.key, one.action, *_standing(desk, one)]


def _standing(desk: Desk, one: Message | Dispatch) -> list[Cell | str]:
    state = Cell(one.state, desk.say(f"message-{one.state}"))
    next_at = desk.teller.moment(one.next_at if one.state in ("waiting", "claimed") else None)
    return [state, cell(one.attempts), next_at, one.last_error or ""]


command = Group(
    "outbox",
    "command.outbox",
    [
        Command("list", "command.outbox-list", list_messages, [STATE, CHANNEL, limit(50)]),
        Command("retry", "command.outbox-retry", retry, [KEYS]),
        Command("discard", "command.outbox-discard", discard, [KEYS]),
    ],
)
