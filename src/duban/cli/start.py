"""``duban start``: starts a case."""

from duban.cli.kit.answer import Answer
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.options import Option
from duban.cli.kit.outcome import started
from duban.cli.kit.words import pairs
from duban.cli.options import EVIDENCE, FIELDS, KEY, WORKFLOW

EVENT = Option(["--event"], says="option.event", metavar="EVENT")


def start(
    desk: Desk, workflow: str, event: str | None, field: tuple[str, ...], evidence: tuple[str, ...], key: str | None
) -> Answer:
    """Start a case of ``workflow``."""
    typed, files = pairs(field, "-f"), pairs(evidence, "--evidence")
    name = workflow.replace("-", "_")
    return started(desk, name, typed, files, event=event and event.replace("-", "_"), key=key)


command = Command("start", "command.start", start, [WORKFLOW, FIELDS, EVIDENCE, EVENT, KEY])
