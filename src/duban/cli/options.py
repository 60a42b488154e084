"""Arguments and options that several commands take."""

from typing import Final

import click

from duban.cli.kit import complete
from duban.cli.kit.options import Argument, Option
from duban.cli.kit.references import as_written

REF: Final = Argument("ref", says="argument.ref", metavar="REF", type=as_written, shell_complete=complete.refs)
WORKFLOW: Final = Argument("workflow", says="argument.workflow", metavar="WORKFLOW", shell_complete=complete.workflows)
SOME_WORKFLOW: Final = Argument(
    "workflow", says="argument.some-workflow", metavar="[WORKFLOW]", required=False, shell_complete=complete.workflows
)
FIELDS: Final = Option(
    ["-f", "--field"], says="option.field", metavar="NAME=VALUE", multiple=True,
)  # fmt: skip
EVIDENCE: Final = Option(
    ["--evidence"], says="option.evidence", metavar="NAME=FILE", multiple=True,
)  # fmt: skip
KEY: Final = Option(["--key"], says="option.key", metavar="KEY")
DRY_RUN: Final = Option(["--dry-run"], says="option.dry-run", is_flag=True)
EXPECT_VERSION: Final = Option(
    ["--expect-version"], says="option.expect-version", metavar="N", type=click.IntRange(min=1)
)


def limit(default: int) -> Option:
    """How many rows are wanted; the engine gives 1,000 at most."""
    return Option(["--limit"], says="option.limit", metavar="N", type=click.IntRange(1, 1_000), default=default)
