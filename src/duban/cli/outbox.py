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
NUMBERS = Argument("numbers", says="argument.numbers", metavar="NUMBER...", nargs=-1, required=True, type=int)


def list_messages(desk: Desk, state: str | None, limit: int) -> Answer:
    """List messages, oldest first."""
    messages = desk.engine.messages(by=desk.by, state=state, limit=limit)
    heads = desk.head("number", "key", "action", "state", "attempts", "next_at", "last_error")
    table = Table(heads, [_row(desk, one) for one in messages], empty=desk.say("no-messages"))
    return Answer([message_document(one) for one in messages], [table])


def retry(desk: Desk, numbers: tuple[int, ...]) -> Answer:
    """Put messages back among the waiting."""
    return _each(desk, numbers, desk.engine.retry, "retried")


def discard(desk: Desk, numbers: tuple[int, ...]) -> Answer:
    """Set messages aside for good."""
    return _each(desk, numbers, desk.engine.discard, "discarded")


def _each(desk: Desk, numbers: tuple[int, ...], work: Callable[..., None], done: str) -> Answer:
    for number in numbers:
        work(number, by=desk.by)
    table = Table(desk.head(done), [[cell(number)] for number in numbers])
    return Answer({done: list(numbers)}, [Words([desk.say(done, numbers=list(numbers))]) if desk.is_person else table])


def _row(desk: Desk, one: Message) -> list[Cell | str]:
    state = Cell(one.state, desk.say(f"message-{one.state}"))
    next_at = desk.teller.moment(one.next_at if one.state in ("waiting", "claimed") else None)
    return [cell(one.number), one.key, one.action, state, cell(one.attempts), next_at, one.last_error or ""]


command = Group(
    "outbox",
    "command.outbox",
    [
        Command("list", "command.outbox-list", list_messages, [STATE, limit(50)]),
        Command("retry", "command.outbox-retry", retry, [NUMBERS]),
        Command("discard", "command.outbox-discard", discard, [NUMBERS]),
    ],
)
