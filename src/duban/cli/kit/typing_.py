"""The exact command that fires an event on a case."""

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from duban.cli.registry import COMMANDS

if TYPE_CHECKING:
    from duban.cli.kit.desk import Desk
    from duban.engine.model.case import Choice
    from duban.engine.model.definition import Field, Workflow

_EXAMPLES: Final = {
    "text": "…", "number": "N", "boolean": "yes", "date": "YYYY-MM-DD", "choice": "CHOICE", "unit": "UNIT",
    "post": "POST", "case": "REF", "evidence": "FILE", "list": "A,B",
}  # fmt: skip


def command_for(desk: "Desk", workflow: "Workflow", ref: str, choice: "Choice") -> str:
    """What to type; what has to be filled in stands in capitals."""
    surveys = desk.engine.pack.surveys
    if surveys is not None and (workflow.name, choice.event) == (surveys.survey.workflow, surveys.survey.run):
        # The draw fires it, with what it drew.
        return signed(desk, ["duban", workflow.name.replace("_", "-"), "sample", shlex.quote(ref)])
    fields = [workflow.fields[name] for name in (*choice.needs, *choice.wants)]
    if workflow.name in COMMANDS:
        words = ["duban", "fire", shlex.quote(ref), choice.event]
        for field in fields:
            words += ["--evidence" if field.kind == "evidence" else "-f", f"{field.name}={_example(field)}"]
    else:
        from duban.cli.pack import option_name

        words = ["duban", workflow.name.replace("_", "-"), choice.event.replace("_", "-"), shlex.quote(ref)]
        for field in fields:
            words += [option_name(field.name), _example(field)]
    return signed(desk, words)


def signed(desk: "Desk", words: Sequence[str]) -> str:
    """A command with who acts and where, as far as the next command line has to be told."""
    words = list(words)
    if desk.who is not None and desk.environ.get("DUBAN_AS") != desk.who:
        words += ["--as", shlex.quote(desk.who)]
    return " ".join(words) + desk.there


def _example(field: "Field") -> str:
    choices = list(field.choices or ())
    if field.kind == "choice" and 0 < len(choices) <= 4:
        return "'" + "|".join(choices) + "'"
    return _EXAMPLES[field.kind]
