"""From nodes to typed documents: pydantic's findings, told in our own words and with their place."""

from collections.abc import Iterator
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, RootModel, ValidationError

from duban.engine.definition.findings import MOST, SHOWN
from duban.engine.definition.nodes import Mapping, Node, locate, to_plain
from duban.engine.errors import DefinitionError
from duban.engine.messages import has_text
from duban.engine.model.hint import hint
from duban.engine.model.label import Label
from duban.engine.model.problem import Problem

M = TypeVar("M", bound=BaseModel)

_EXPECTED = {
    "string_type": "text",
    "int_type": "whole",
    "bool_type": "boolean",
    "float_type": "number",
    "dict_type": "mapping",
    "model_type": "mapping",
    "model_attributes_type": "mapping",
    "list_type": "list",
}


def shaped(model: type[M], node: Node, path: str, plain: Any = None) -> M:
    """Validate a node tree, or ``plain`` data that was made from it, against a document model.

    Raises:
        DefinitionError: all that does not fit, each with its line.
    """
    try:
        return model.model_validate(to_plain(node) if plain is None else plain)
    except ValidationError as fault:
        raise DefinitionError(list(_problems(model, node, path, fault))) from None


def _problems(model: type[BaseModel], node: Node, path: str, fault: ValidationError) -> Iterator[Problem]:
    kept: dict[tuple[str | int, ...], list[Any]] = {}
    for error in fault.errors(include_url=False):
        kept.setdefault(_matched(node, error["loc"], error["type"]), []).append(error)
    above = {place[:length] for place in kept for length in range(len(place))}
    told = 0
    for place, errors in sorted(kept.items(), key=lambda item: locate(node, item[0])):
        shapeless = all(error["type"] in _EXPECTED for error in errors)
        if place in above and shapeless:
            continue  # another branch of the union fits better, and its own finding stands deeper
        if told == MOST:
            yield Problem(path, *locate(node, place), "finding.more", {"limit": MOST})
            return
        told += 1
        chosen = [error for error in errors if error["type"] not in _EXPECTED] or errors
        yield _told(model, node, path, place, chosen)


def _matched(node: Node, loc: tuple[str | int, ...], kind: str) -> tuple[str | int, ...]:
    """The parts of ``loc`` that exist in the tree, without the tags of unions."""
    found: list[str | int] = []
    for part in loc:
        if isinstance(node, Mapping):
            value = node.get(str(part))
            if value is None:
                continue
            node = value
        elif not isinstance(node, Mapping) and isinstance(part, int) and hasattr(node, "items"):
            node = node.items[part]
        else:
            continue
        found.append(part)
    return tuple(found)


def _told(model: type[BaseModel], node: Node, path: str, place: tuple[str | int, ...], errors: list[Any]) -> Problem:
    first = errors[0]
    kind, loc, found = first["type"], first["loc"], first["input"]
    line, column = locate(node, place)
    if kind == "missing":
        return Problem(path, line, column, "schema.missing", {"name": loc[-1], "where": _where(place)})
    if kind == "extra_forbidden":
        line, column = locate(node, place, prefer_key=True)
        known = sorted(_known_keys(model, place[:-1]))
        data = {
            "name": shown(place[-1]),
            "where": _where(place[:-1]),
            "known": known,
            "hint": hint(str(place[-1]), known),
        }
        return Problem(path, line, column, "schema.extra", data)
    if all(error["type"] in _EXPECTED for error in errors):
        expected = [_noun(_EXPECTED[error["type"]]) for error in errors]
        data = {"where": _where(place), "found": shown(found), "expected": _either(expected)}
        return Problem(path, line, column, "schema.type", data)
    if kind == "literal_error":
        known = [str(item) for item in _literals(model, place)]
        data = {"where": _where(place), "found": shown(found), "known": known, "hint": hint(str(found), known)}
        return Problem(path, line, column, "schema.choice", data)
    key = f"schema.{kind}" if has_text(f"schema.{kind}") else "schema.value"
    data = {"where": _where(place), "found": shown(found), **(first.get("ctx") or {})}
    return Problem(path, line, column, key, data)


def shown(value: Any) -> str:
    """A short picture of what was found."""
    if value is None:
        return "null"
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    words = str(value).lower() if isinstance(value, bool) else str(value)
    return words if len(words) <= 60 else words[:57] + "…"


def _where(place: tuple[str | int, ...]) -> Label:
    dotted = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
    dotted = dotted if len(dotted) <= SHOWN else f"…{dotted[1 - SHOWN :]}"
    return Label(f"`{dotted}`", f"“{dotted}”") if dotted else Label("the file", "文件顶层")


def _noun(kind: str) -> Label:
    nouns = {
        "text": Label("text", "文本"),
        "whole": Label("a whole number", "整数"),
        "boolean": Label("true or false", "true 或 false"),
        "number": Label("a number", "数字"),
        "mapping": Label("a mapping", "映射"),
        "list": Label("a list", "列表"),
    }
    return nouns[kind]


def _either(nouns: list[Label]) -> Label:
    distinct = list(dict.fromkeys(nouns))
    english, chinese = [noun.en for noun in distinct], [noun.zh for noun in distinct]
    if len(distinct) == 1:
        return distinct[0]
    return Label(f"{', '.join(english[:-1])} or {english[-1]}", f"{'、'.join(chinese[:-1])}或{chinese[-1]}")


def _annotations(model: type[BaseModel], place: tuple[str | int, ...]) -> list[Any]:
    """The annotations that stand at a place of the document, all branches of unions."""
    current: list[Any] = [model]
    for part in place:
        following: list[Any] = []
        for annotation in _branches(current):
            if isinstance(annotation, type) and issubclass(annotation, RootModel):
                annotation = annotation.model_fields["root"].annotation
            if isinstance(annotation, type) and issubclass(annotation, BaseModel):
                following += [f.annotation for n, f in annotation.model_fields.items() if part in (n, f.alias)]
            elif get_origin(annotation) in (dict, list):
                following.append(get_args(annotation)[-1])
        current = following
    return list(_branches(current))


def _branches(annotations: list[Any]) -> Iterator[Any]:
    for annotation in annotations:
        origin = get_origin(annotation)
        if origin is not None and origin not in (dict, list) and str(origin) != "typing.Literal":
            yield from _branches([arg for arg in get_args(annotation) if not hasattr(arg, "metadata")])
        else:
            yield annotation


def _known_keys(model: type[BaseModel], place: tuple[str | int, ...]) -> set[str]:
    return {
        field.alias or name
        for annotation in _annotations(model, place)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel)
        for name, field in annotation.model_fields.items()
    }


def _literals(model: type[BaseModel], place: tuple[str | int, ...]) -> list[Any]:
    return [arg for annotation in _annotations(model, place) for arg in get_args(annotation)]
