"""``duban fire``: fires an event on a case, or shows what it would come to."""

from typing import TYPE_CHECKING

from duban.cli.kit import complete
from duban.cli.kit.command import Command
from duban.cli.kit.options import Argument
from duban.cli.kit.outcome import fired
from duban.cli.kit.words import pairs
from duban.cli.options import DRY_RUN, EVIDENCE, EXPECT_VERSION, FIELDS, KEY, REF

if TYPE_CHECKING:
    from duban.cli.kit.answer import Answer
    from duban.cli.kit.desk import Desk

EVENT = Argument("event", says="argument.event", metavar="EVENT", shell_complete=complete.events)


def fire(
    desk: "Desk", ref: str, event: str, field: tuple[str, ...], evidence: tuple[str, ...], dry_run: bool,
    key: str | None, expect_version: int | None,
) -> "Answer":  # fmt: skip
    """Fire ``event`` on the case ``ref``."""
    typed, files = pairs(field, "-f"), pairs(evidence, "--evidence")
    return fired(
        desk, ref, event.replace("-", "_"), typed, files, dry_run=dry_run, key=key, expect_version=expect_version
    )


command = Command("fire", "command.fire", fire, [REF, EVENT, FIELDS, EVIDENCE, DRY_RUN, KEY, EXPECT_VERSION])
