"""``duban deliver``: carries out the actions that wait in the outbox."""

import click

from duban.cli.kit.answer import Answer, Facts, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.options import Option

MOST = Option(["--limit"], says="option.most-messages", metavar="N", type=click.IntRange(min=1))


def deliver(desk: Desk, limit: int | None) -> Answer:
    """Deliver what waits."""
    report = desk.engine.deliver(limit, by=desk.told_to)
    counts = {"delivered": report.delivered, "postponed": report.postponed, "dead": report.dead, "sent": report.sent}
    heads = desk.head(*counts)
    return Answer(counts, [Facts([(name, heads[name], cell(count)) for name, count in counts.items()])])


command = Command("deliver", "command.deliver", deliver, [MOST])
