"""docs/reference/cli.md shows the help page of every generic command, as it is."""

import os
from pathlib import Path

from click.testing import CliRunner
from tests.docs.pages import ROOT

from duban.cli.program import program
from duban.cli.registry import COMMANDS

PAGE = ROOT / "docs" / "reference" / "cli.md"
MARK = "<!-- below: written by DUBAN_DOCS=rewrite pytest tests/docs/test_cli_reference.py -->"
SUBCOMMANDS = {
    "assessment": ("example", "load", "status", "gather", "materials"),
    "account": ("suspend", "restore", "list", "log"),
    "office": ("list", "show", "check", "migrate"),
    "outbox": ("list", "retry", "discard"),
    "channel": ("list", "test"),
    "workflow": ("list", "show", "check", "posts", "diagram"),
}


def _help(*words: str) -> str:
    runner = CliRunner(env={"DUBAN_LANG": "en", "COLUMNS": "80"})
    done = runner.invoke(program, [*words, "--help"], prog_name="duban", catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout.split("\nWith every command")[0].rstrip()


def _expected() -> str:
    parts = []
    for name in COMMANDS:
        for words in [(name,), *((name, sub) for sub in SUBCOMMANDS.get(name, ()))]:
            parts.append(f"## duban {' '.join(words)}\n\n```text\n{_help(*words)}\n```\n")
    return "\n".join(parts)


def test_every_command_is_documented_as_it_is() -> None:
    written, mark, below = PAGE.read_text(encoding="utf-8").partition(MARK)
    assert mark, f"{PAGE.name} has lost the mark below which the commands stand"
    expected = f"\n\n{_expected()}"
    if os.environ.get("DUBAN_DOCS") == "rewrite":
        Path(PAGE).write_text(written + MARK + expected, encoding="utf-8")
        return
    assert below == expected, "the help pages changed; run: DUBAN_DOCS=rewrite pytest tests/docs/test_cli_reference.py"
