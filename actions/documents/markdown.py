"""Prints a paper as Markdown: every word of others is escaped, so that it reads as it was written and does nothing."""

import re
from pathlib import Path
from typing import Any, Final

from duban.actions.documents.paper import Paper
from duban.actions.documents.sandbox import room

_SIGNS: Final = re.compile(r"[\\`*_{}\[\]<>|~&#$^@!]")
_FIRST: Final = re.compile(r"^([ \t]*)([-+=:]|\d+(?=[.)]))", re.MULTILINE)
_LINKS: Final = re.compile(r"(?<=[A-Za-z])(?=://)|(?<=[wW]{3})(?=\.)")


def printed(paper: Paper, template: Path) -> bytes:
    """The paper in UTF-8.

    Raises:
        jinja2.TemplateError: the template does not work.
    """
    made = room(finalize=_escaped, escape=False).from_string(template.read_text(encoding="utf-8"))
    words: str = made.render(paper.told)
    return (re.sub(r"\n{3,}", "\n\n", words).strip() + "\n").encode("utf-8", "replace")


def _escaped(value: Any) -> Any:
    return escaped(value) if isinstance(value, str) else value


def escaped(words: str) -> str:
    """The words as they can stand anywhere in Markdown, also in a table; a new line becomes ``<br>``."""
    plain = _SIGNS.sub(r"\\\g<0>", words)
    plain = _LINKS.sub(r"\\", plain)
    return _FIRST.sub(_led, plain).replace("\n", "<br>")


def _led(found: "re.Match[str]") -> str:
    blanks, sign = found.groups()
    # A number that begins a line is escaped at its dot, for a digit cannot be escaped.
    return f"{blanks}{sign}\\" if sign.isdigit() else f"{blanks}\\{sign}"
