"""``duban outbox``: the messages that wait, were delivered or failed; and what an operator does with them."""

from collections.abc import Callable
from typing import Final

import click

from duban.cli.kit.answer import Answer, Cell, Table, Words, cell
from duban.cli.kit.command import Command, Group
from duban.cli.kit.desk import Desk
from duban.cli.kit.documents import message_document
from duban.cli.kit.options import Argument, Option
from duban.cli.options import limit
from duban.engine.model.case import Message

STATES: Final = ("waiting", "claimed", "done", "dead", "discarded")
STATE = Option(["--state"], says="option.message-state", type=click.Choice(STATES), metavar="STATE")
KEYS = Argument("keys", says="argument.keys", metavar="KEY...", nargs=-1, required=True)


def list_messages(desk: Desk, state: str | None, limit: int) -> Answer:
    """List messages, oldest first."""
    messages = desk.engine.messages(by=desk.by, state=state, limit=limit)
    heads = desk.head("key", "action", "state", "attempts", "next_at", "last_error")
    table = Table(heads, [_row(desk, one) for one in messages], empty=desk.say("no-messages"))
    return Answer([message_document(one) for one in messages], [table])


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


def _row(desk: Desk, one: Message) -> list[Cell | str]:
    state = Cell(one.state, desk.say(f"message-{one.state}"))
    next_at = desk.teller.moment(one.next_at if one.state in ("waiting", "claimed") else None)
    return [one.key, one.action, state, cell(one.attempts), next_at, one.last_error or ""]


command = Group(
    "outbox",
    "command.outbox",
    [
        Command("list", "command.outbox-list", list_messages, [STATE, limit(50)]),
        Command("retry", "command.outbox-retry", retry, [KEYS]),
        Command("discard", "command.outbox-discard", discard, [KEYS]),
    ],
)
