"""The grammar of YAML, without its dangerous half: ruamel's events in, our parts or our words out.

ruamel.yaml scans and parses; nothing is composed, resolved or constructed by it. Events are taken one by one,
so that whoever reads them may stop at the first that is too much.
"""

import re
from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple

from duban.engine.errors import DefinitionError
from duban.engine.messages import text
from duban.engine.model.frozen import frozen
from duban.engine.model.problem import Problem

EXCERPT: Final = 24

# A part of what ruamel says, the text of ours, and which of its two places is of use: where reading stopped
# ("problem"), or where the construct began that did not end well ("context").
_FAULTS: Final = (
    ("undefined tag handle", "tag", "problem"),
    ("directive", "directive", "problem"),
    ("an anchor", "anchor", "context"),
    ("an alias", "alias", "context"),
    ("a tag", "tag", "context"),
    ("an tag", "tag", "context"),
    ("could not find expected ':'", "no-colon", "context"),
    ("cannot start any token", "bad-start", "problem"),
    ("sequence entries are not allowed", "dash-here", "problem"),
    ("mapping keys are not allowed", "question-here", "problem"),
    ("mapping values are not allowed", "colon-here", "problem"),
    ("found unexpected ':'", "colon-here", "problem"),
    ("escape", "escape", "problem"),
    ("unexpected end of stream", "quote-open", "context"),
    ("unexpected document separator", "quote-open", "context"),
    ("more indented follow up line", "block-indent", "context"),
    ("a block scalar", "block-header", "problem"),
    ("expected ',' or", "no-comma", "problem"),
    ("document end marker", "second-document", "problem"),
    ("<document start>", "second-document", "problem"),
    ("<block end>", "indent", "problem"),
    ("the node content", "no-value", "problem"),
)


_CLOSING: Final = {"[": "]", "{": "}"}
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
# No node can begin with one of these unless it is what they mark.
_REFUSED: Final = {"&": "anchor", "*": "alias", "!": "tag"}


class Part(NamedTuple):
    """One step through a document. ``value`` is that of a scalar, or what a document begins with."""

    kind: Literal["document", "mapping", "sequence", "end", "scalar"]
    line: int
    column: int
    value: str = ""
    plain: bool = False
    literal: int | None = None
    """How far the first character of a scalar stands from its place, where the file shows its text as it is."""


@frozen
class Word:
    """A word of the catalogue that stands inside a message, told in the reader's language."""

    key: str

    def text(self, lang: str = "en") -> str:
        """The word in ``lang``."""
        return text(f"yaml.word.{self.key}", lang)

    def __str__(self) -> str:
        return self.text()


@frozen
class Quote:
    """A piece of the file that stands inside a message."""

    source: str

    def text(self, lang: str = "en") -> str:
        """The piece in the quotation marks of ``lang``."""
        return f"“{self.source}”" if lang == "zh" or "`" in self.source else f"`{self.source}`"

    def __str__(self) -> str:
        return self.text()


def excerpt(source: str, index: int = 0) -> Quote | Word:
    """What stands in ``source`` from ``index`` to the end of the line, shortened; or the word for an end or a tab."""
    if index >= len(source):
        return Word("end-of-file")
    line = source[index : index + 2 * EXCERPT].partition("\n")[0].partition("\r")[0].rstrip(" ")
    if line.startswith("\t"):
        return Word("tab")
    if not line:
        return Word("end-of-line")
    return Quote(line if len(line) <= EXCERPT else line[: EXCERPT - 1] + "…")


def place_after(before: str) -> tuple[int, int]:
    """The line and column of the character that follows ``before``."""
    lines, end = 1, 0
    for found in _LINE_END.finditer(before):
        lines, end = lines + 1, found.end()
    return lines, len(before) - end + 1


def parts(path: str, source: str) -> Iterator[Part]:
    """Walk through ``source``, which holds no control characters.

    Raises:
        DefinitionError: it is not YAML, or uses an anchor, an alias or a tag.
    """
    from ruamel.yaml import YAML, events

    yaml = YAML(typ="safe", pure=True)
    # Opening brackets that wait for their other half: an end of the file is told there, not at the end.
    brackets: list[Any] = []
    _, parser = yaml.get_constructor_parser(source)
    while True:
        try:
            event = parser.get_event() if parser.check_event() else None
        except Exception as fault:  # whatever a third party's parser trips over is a fault of the text
            raise DefinitionError([_problem(path, source, fault, brackets, yaml.reader)]) from None
        if event is None:
            return
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        refused = _REFUSED.get(source[event.start_mark.index : event.start_mark.index + 1])
        if refused is not None and isinstance(event, events.NodeEvent):
            raise DefinitionError([_at(path, source, event.start_mark, refused)])
        if isinstance(event, events.DocumentStartEvent):
            start = event.start_mark.index
            yield Part("document", line, column, source[start : start + 2 * EXCERPT])
        elif isinstance(event, events.ScalarEvent):
            yield Part("scalar", line, column, event.value, bool(event.implicit[0]), _literal(event))
        elif isinstance(event, events.CollectionStartEvent):
            brackets.append(event.start_mark)
            yield Part("mapping" if isinstance(event, events.MappingStartEvent) else "sequence", line, column)
        elif isinstance(event, events.CollectionEndEvent):
            brackets.pop()
            yield Part("end", line, column)


def _literal(event: Any) -> int | None:
    """0 without quotes, 1 behind a quote, None where an escape, a fold or a block stands between text and file."""
    written = event.end_mark.index - event.start_mark.index
    if event.start_mark.line != event.end_mark.line:
        return None
    return {0: 0, 2: 1}.get(written - len(event.value)) if event.style in (None, "'", '"') else None


def _problem(path: str, source: str, fault: Exception, brackets: list[Any], reader: Any) -> Problem:
    """Tell in our words what ruamel said, at the place that helps most."""
    said = f"{getattr(fault, 'context', None) or ''} {getattr(fault, 'problem', None) or ''}"
    began: Any = getattr(fault, "context_mark", None)
    stopped: Any = getattr(fault, "problem_mark", None) or began or reader.get_mark()
    if stopped.index >= len(source) and "quoted" not in said:
        opened = next((mark for mark in reversed(brackets) if source[mark.index] in _CLOSING), None)
        if opened is not None:
            return _at(path, source, opened, "bracket-open", expected=_CLOSING[source[opened.index]])
    # An escape such as "\UFFFFFFFF" names no character, which ruamel leaves to chr() to find out.
    last = "escape" if isinstance(fault, ValueError | OverflowError) else "syntax"
    key, place = next(((key, place) for fragment, key, place in _FAULTS if fragment in said), (last, "problem"))
    mark = began if place == "context" and began is not None else stopped
    if key == "bad-start" and source.startswith("\t", mark.index):
        return _at(path, source, mark, "tab")
    if key == "no-comma":
        return _at(path, source, mark, key, expected=_CLOSING[source[began.index]], opened=began.line + 1)
    if key == "indent" and source[mark.index - mark.column : mark.index].strip():
        return _at(path, source, mark, "trailing")
    if key in ("second-document", "syntax") and (start := source.rfind("\n%", 0, mark.index) + 1):
        # A directive after the document; ruamel stumbles over what follows it, or over the directive itself.
        return Problem(path, *place_after(source[:start]), "yaml.directive", {"found": excerpt(source, start)})
    return _at(path, source, mark, key)


def _at(path: str, source: str, mark: Any, key: str, **data: Any) -> Problem:
    return Problem(path, mark.line + 1, mark.column + 1, f"yaml.{key}", {"found": excerpt(source, mark.index), **data})
