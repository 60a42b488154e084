"""``duban completion``: prints what a shell needs to complete duban's words."""

import click
from click.shell_completion import get_completion_class

from duban.cli.kit.answer import Answer, Raw
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.options import Argument

SHELLS = ("bash", "zsh", "fish")
SHELL = Argument("shell", says="argument.shell", metavar="SHELL", type=click.Choice(SHELLS))


def completion(desk: Desk, shell: str) -> Answer:
    """Print the script of one shell."""
    kind = get_completion_class(shell)
    assert kind is not None
    # Not ``source()``: that asks bash for its version, and bash need not be there where the script is made.
    made = kind(Command("duban", "command.duban", completion), {}, "duban", "_DUBAN_COMPLETE")
    script = made.source_template % made.source_vars()
    return Answer({"shell": shell, "script": script}, [Raw(script)])


command = Command("completion", "command.completion", completion, [SHELL])
