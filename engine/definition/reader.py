"""The strict reader of declared files: a small, safe part of YAML, in which every value knows its place.

What it takes: one UTF-8 document of at most 256 KiB, whose top is a mapping, at most 20 collections deep.
What it refuses: anchors, aliases, tags, merge keys, directives, a second document, duplicate keys, control characters.
What an unquoted value means is told in ``tree``.
"""

import re
from pathlib import Path
from typing import Any, Final

from duban.engine.definition.nodes import Mapping
from duban.engine.definition.places import MAX_BYTES
from duban.engine.definition.syntax import Word, excerpt, parts, place_after
from duban.engine.definition.tree import CONTROL, build, code_point
from duban.engine.errors import DefinitionError
from duban.engine.model.problem import Problem
from duban.engine.model.saying import why_of

_DIRECTIVE: Final = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))*%")


def read_document(path: Path | str, text: bytes | None = None) -> Mapping:
    """Read the file at ``path``, or ``text`` in its name, as a tree of nodes.

    Raises:
        DefinitionError: it cannot be read or is not in the strict form; it holds one problem, with line and column.
    """
    name = str(path)
    data = _bytes(name, Path(path)) if text is None else text
    _check_size(name, len(data))
    return build(name, parts(name, _decode(name, data)))


def _bytes(name: str, path: Path) -> bytes:
    try:
        if path.is_dir():
            raise _error(name, "directory")
        if path.exists() and not path.is_file():  # to open a pipe would be to wait for whoever writes to it
            raise _error(name, "unreadable", reason=Word("not-a-file"))
        with path.open("rb") as file:
            _check_size(name, path.stat().st_size)
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _error(name, "missing") from None
    except (OSError, ValueError) as fault:
        raise _error(name, "unreadable", reason=why_of(fault)) from None


def _check_size(name: str, size: int) -> None:
    if size > MAX_BYTES:
        raise _error(name, "too-large", found=size, expected=MAX_BYTES)


def _decode(name: str, data: bytes) -> str:
    """The text of the file, without a byte order mark, and without anything that only some programs can see."""
    try:
        source = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as fault:
        before = data[: fault.start].decode("utf-8").removeprefix("\ufeff")
        raise _error(name, "not-utf8", before, found=f"0x{data[fault.start]:02X}") from None
    control = CONTROL.search(source)
    if control is not None:
        raise _error(name, "control", source[: control.start()], found=code_point(control.group()))
    directive = _DIRECTIVE.match(source)
    if directive is not None:
        start = directive.end() - 1
        raise _error(name, "directive", source[:start], found=excerpt(source, start))
    return source


def _error(path: str, key: str, before: str = "", **data: Any) -> DefinitionError:
    """The error of the character that follows ``before``."""
    return DefinitionError([Problem(path, *place_after(before), f"yaml.{key}", data)])
