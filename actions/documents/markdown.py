"""Prints a paper as Markdown: every word of others is escaped, so that it reads as it was written and does nothing."""

import re
from pathlib import Path
from typing import Any, Final

from duban.actions.documents.paper import Paper
from duban.actions.documents.sandbox import room

_SIGNS: Final = re.compile(r"[\\`*_{}\[\]<>|~&#$^@!]")
_FIRST: Final = re.compile(r"^([ \t]*)([-+=:]|\d+(?=[.)]))", re.MULTILINE)
_LINKS: Final = re.compile(r"(?<=[A-Za-z])(?=://)|(?<=[wW]{3})(?=\.)")
_BREAK: Final = "\u2028"
"""Between the lines of a value, until it is known where it stands: no value holds one."""
_WITHIN: Final = re.compile(r"[ \t]*(?:[|#>*+-]|\d+[.)])")
"""What begins a line of the template that a paragraph would break: a row of a table, a heading, an item of a list."""


def printed(paper: Paper, template: Path) -> bytes:
    """The paper in UTF-8.

    Raises:
        jinja2.TemplateError: the template does not work.
    """
    made = room(finalize=_escaped, escape=False).from_string(template.read_text(encoding="utf-8"))
    words: str = made.render(paper.told)
    words = "\n".join(_placed(line) for line in words.split("\n"))
    return (re.sub(r"\n{3,}", "\n\n", words).strip() + "\n").encode("utf-8", "replace")


def _placed(line: str) -> str:
    """A line of the paper: lines of a value in it are paragraphs, and broken by ``<br>`` in a table and the like."""
    if _BREAK not in line:
        return line
    if _WITHIN.match(line):
        return line.replace(_BREAK, "<br>")
    return "\n\n".join(part for one in line.split(_BREAK) if (part := one.strip()))


def _escaped(value: Any) -> Any:
    return escaped(value) if isinstance(value, str) else value


def escaped(words: str) -> str:
    """The words as they can stand anywhere in Markdown; between lines is a sign that ``_placed`` replaces."""
    plain = _SIGNS.sub(r"\\\g<0>", words.strip("\n"))
    plain = _LINKS.sub(r"\\", plain)
    return _FIRST.sub(_led, plain).replace("\n", _BREAK)


def _led(found: "re.Match[str]") -> str:
    blanks, sign = found.groups()
    # A number that begins a line is escaped at its dot, for a digit cannot be escaped.
    return f"{blanks}{sign}\\" if sign.isdigit() else f"{blanks}\\{sign}"
