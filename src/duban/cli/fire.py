"""``duban fire``: fires an event on a case, or on all that fit, or shows what it would come to."""

from typing import TYPE_CHECKING

from duban.cli.kit import complete
from duban.cli.kit.command import Command
from duban.cli.kit.options import Argument, Option
from duban.cli.kit.outcome import fired
from duban.cli.kit.references import as_written
from duban.cli.kit.words import pairs
from duban.cli.options import DRY_RUN, EVIDENCE, EXPECT_VERSION, FIELDS, KEY
from duban.engine.errors import UsageError

if TYPE_CHECKING:
    from duban.cli.kit.answer import Answer
    from duban.cli.kit.desk import Desk

REF = Argument(
    "ref", says="argument.ref-or-workflow", metavar="REF|WORKFLOW", type=as_written, shell_complete=complete.refs
)
EVENT = Argument("event", says="argument.event", metavar="EVENT", shell_complete=complete.events)
WHERE = Option(["--where"], says="option.where", metavar="NAME=VALUE", multiple=True)
YES = Option(["--yes"], says="option.yes", is_flag=True)


def fire(
    desk: "Desk", ref: str, event: str, field: tuple[str, ...], evidence: tuple[str, ...], dry_run: bool,
    key: str | None, expect_version: int | None, where: tuple[str, ...], yes: bool,
) -> "Answer":  # fmt: skip
    """Fire ``event`` on the case ``ref``; with ``where``, on every case of the workflow ``ref`` that fits."""
    typed, files = pairs(field, "-f"), pairs(evidence, "--evidence")
    if not where:
        if yes:
            raise UsageError("only-with-where", option="--yes")
        return fired(
            desk, ref, event.replace("-", "_"), typed, files, dry_run=dry_run, key=key, expect_version=expect_version
        )
    if files or expect_version is not None:
        raise UsageError("not-with-where", option="--evidence" if files else "--expect-version")
    from duban.cli.kit.bulk import fired_many

    return fired_many(desk, ref, event, pairs(where, "--where"), typed, dry_run=dry_run, yes=yes, key=key)


command = Command(
    "fire", "command.fire", fire, [REF, EVENT, FIELDS, EVIDENCE, DRY_RUN, KEY, EXPECT_VERSION, WHERE, YES]
)
