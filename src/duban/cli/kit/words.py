"""Turns what was typed into the data of an event.

What cannot be read as its field's type goes on as typed: the engine judges in its settled order, so whoever may not
fire an event is told that, and not what is wrong with the data.
"""

from collections.abc import Container, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from duban.cli.kit.references import as_written
from duban.engine.definition.values import FieldFault, parse_text
from duban.engine.errors import UsageError

if TYPE_CHECKING:
    from duban.engine.model.definition import Field

Pair = tuple[str, str]

OF_DATA: Final = "data."
"""What stands before the name of a field that is called like a usual column; the same as in the JSON of a case."""


def pairs(given: Iterable[str], option: str) -> list[Pair]:
    """Split ``name=value``.

    Raises:
        UsageError: there is no ``=``, or nothing before it.
    """
    found = []
    for words in given:
        name, equals, value = words.partition("=")
        if not equals or not name.strip():
            raise UsageError("no-pair", found=words, option=option)
        found.append((name.strip(), value))
    return found


def field_name(name: str, fields: Mapping[str, "Field"]) -> str:
    """The field as declared: typed with dashes or underscores."""
    return name if name in fields else name.replace("-", "_")


def field_asked(name: str, fields: Mapping[str, "Field"]) -> str:
    """The field that is asked for: ``NAME``, or ``data.NAME``, which is a field also where a usual column is so called.

    A name that is no field stays as it was typed.
    """
    found = field_name(name.removeprefix(OF_DATA), fields)
    return found if found in fields else name


def asked_names(fields: Iterable[str], usual: Container[str]) -> list[str]:
    """What is to be typed for each field beside columns that are called ``usual``."""
    return [f"{OF_DATA}{name}" if name in usual else name for name in fields]


def data_of(given: Iterable[Pair], fields: Mapping[str, "Field"]) -> dict[str, Any]:
    """The data, each value in its field's type; a list may be given in several parts.

    Raises:
        UsageError: a field that is no list was given twice.
    """
    data: dict[str, Any] = {}
    for typed, words in given:
        name = field_name(typed, fields)
        field = fields.get(name)
        value = _read(field, words) if field is not None else words
        if name not in data:
            data[name] = value
        elif isinstance(value, list) and isinstance(data[name], list):
            data[name] = [*data[name], *value]
        else:
            raise UsageError("field-twice", name=name)
    return data


def evidence_of(given: Iterable[Pair], fields: Mapping[str, "Field"]) -> dict[str, list[Path]]:
    """The files by field."""
    files: dict[str, list[Path]] = {}
    for typed, file in given:
        files.setdefault(field_name(typed, fields), []).append(Path(file).expanduser())
    return files


def _read(field: "Field", words: str) -> Any:
    if field.kind == "list" and field.item is not None:
        return [_read(field.item, part.strip()) for part in words.replace("，", ",").split(",") if part.strip()]
    if field.kind == "case":
        words = as_written(words)
    try:
        return parse_text(field, words)
    except FieldFault:
        return words
