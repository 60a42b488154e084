"""From the parts of a document to its tree, without recursion, and what each value means on the way.

Unquoted values are what they look like, and text where that could be doubted:

- ``true`` and ``false`` are the only booleans; ``null``, ``~`` and an empty place are None;
- ``42``, ``-3`` and ``1.5`` are numbers, up to 15 digits: as many as every store keeps exactly;
- all else is text as written: ``on``, ``no``, ``Yes``, ``12:30``, ``010``, ``+1``, ``0x1F``, ``1e3``, ``.5``, ``.inf``,
  ``2020-11-20``, and whatever has 16 digits or more, such as the number of an identity card.

A key is always text: ``on:`` is ``"on"`` and ``1:`` is ``"1"``.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from duban.engine.definition.nodes import Mapping, Node, Scalar, Sequence
from duban.engine.definition.syntax import Part, Word, excerpt
from duban.engine.errors import DefinitionError
from duban.engine.model.problem import Problem

MAX_DEPTH: Final = 20
MAX_DIGITS: Final = 15

# Besides C0, DEL and C1: line ends that only some programs see, the invisible U+FEFF, what is no character at all.
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")

_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None, "~": None, "": None}
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?P<fraction>\.[0-9]+)?")


@dataclass(slots=True)
class _Open:
    """A collection that has not ended yet; ``key`` waits for its value."""

    kind: str
    line: int
    column: int
    items: list[Node] = field(default_factory=list)
    entries: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)
    key: Scalar | None = None

    def close(self) -> Node:
        if self.kind == "sequence":
            return Sequence(tuple(self.items), self.line, self.column)
        return Mapping(tuple(self.entries.values()), self.line, self.column)


def build(path: str, parts: Iterable[Part]) -> Mapping:
    """Make the tree of one document. It takes no more parts than it needs to refuse them.

    Raises:
        DefinitionError: the top is no mapping, a second document follows, a key is missing, doubled or no text,
            or collections lie too deep.
    """
    stack: list[_Open] = []
    root: Mapping | None = None
    for part in parts:
        if part.kind == "document":
            if root is not None:
                raise _error(path, part, "second-document", found=excerpt(part.value))
            continue
        if not stack and part.kind != "mapping":
            raise _no_mapping(path, part)
        if part.kind == "end":
            node = stack.pop().close()
        elif part.kind == "scalar":
            if stack[-1].kind == "mapping" and stack[-1].key is None:
                stack[-1].key = _key(path, part, stack[-1])
                continue
            node = _scalar(path, part)
        else:
            _check_place(path, part, stack)
            stack.append(_Open(part.kind, part.line, part.column))
            continue
        if stack:
            _put(stack[-1], node)
        elif isinstance(node, Mapping):
            root = node
    if root is None:
        raise _error(path, Part("document", 1, 1), "empty")
    return root


def code_point(character: str) -> str:
    """The name of a character that cannot be shown, such as ``U+0007``."""
    return f"U+{ord(character):04X}"


def _put(collection: _Open, node: Node) -> None:
    if collection.key is None:
        collection.items.append(node)
    else:
        collection.entries[str(collection.key.value)] = (collection.key, node)
        collection.key = None


def _scalar(path: str, part: Part) -> Scalar:
    value = _meaning(part.value) if part.plain else _text(path, part)
    return Scalar(value, part.line, part.column, part.plain, part.literal)


def _meaning(value: str) -> str | int | float | bool | None:
    if value in _WORDS:
        return _WORDS[value]
    number = _NUMBER.fullmatch(value)
    if number is None or sum(map(str.isdigit, value)) > MAX_DIGITS:
        return value
    return float(value) if number["fraction"] else int(value)


def _text(path: str, part: Part) -> str:
    """What quotes hold; JSON writes characters beyond U+FFFF as two escapes, which are one character here."""
    value = part.value
    if _SURROGATE.search(value):
        value = value.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    control = CONTROL.search(value)
    if control is not None:
        raise _error(path, part, "control", found=code_point(control.group()))
    return value


def _key(path: str, part: Part, mapping: _Open) -> Scalar:
    if part.plain and part.value == "":
        raise _error(path, part, "key-empty")
    if part.plain and part.value == "<<":
        raise _error(path, part, "merge-key", found=excerpt(part.value))
    key = Scalar(_text(path, part), part.line, part.column, part.plain)
    first = mapping.entries.get(str(key.value))
    if first is not None:
        raise _error(path, part, "key-twice", found=excerpt(str(key.value)), first=first[0].line)
    return key


def _check_place(path: str, part: Part, stack: list[_Open]) -> None:
    if stack and stack[-1].kind == "mapping" and stack[-1].key is None:
        raise _error(path, part, "key-not-text", found=Word(part.kind))
    if len(stack) == MAX_DEPTH:
        raise _error(path, part, "too-deep", expected=MAX_DEPTH)


def _no_mapping(path: str, part: Part) -> DefinitionError:
    if part.plain and part.value == "":
        return _error(path, part, "empty")
    return _error(path, part, "no-mapping", found=Word("text" if part.kind == "scalar" else part.kind))


def _error(path: str, part: Part, key: str, **data: Any) -> DefinitionError:
    return DefinitionError([Problem(path, part.line, part.column, f"yaml.{key}", data)])
