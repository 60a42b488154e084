"""Frozen values as JSON and back: those of :mod:`duban.engine.model` and what they are made of, nothing else.

A list is ``[tag, …]``: a number stands for a class of the table that goes with it, a letter for a kind of collection.
To read it back can make values, and cannot run anything, whatever is in it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from importlib import import_module
from typing import Any, Final
from zoneinfo import ZoneInfo

MODEL: Final = "duban.engine.model."
_Read = Callable[[Any], Any]


def packed(value: Any) -> bytes:
    """The value as JSON.

    Raises:
        TypeError: something in it is of another kind.
    """
    table: dict[type, int] = {}
    body = _packed(value, table)
    classes = [f"{kind.__module__}:{kind.__qualname__}" for kind in table]
    return json.dumps([classes, body], ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def unpacked(content: bytes) -> Any:
    """The value that was packed.

    Raises:
        Exception: of any kind, where the content was not made by :func:`packed` of this code.
    """
    names, body = json.loads(content)
    classes = [_class(name) for name in names]

    def read(value: Any) -> Any:
        # A few calls less for what most values are: this runs for every value of a definition.
        if type(value) is list:
            tag = value[0]
            if type(tag) is int:
                return classes[tag](*[read(one) if type(one) in _NESTED else one for one in value[1:]])
            return _READ[tag](read, value)
        if type(value) is dict:
            return {name: read(one) if type(one) in _NESTED else one for name, one in value.items()}
        return value

    return read(body)


def _packed(value: Any, table: dict[type, int]) -> Any:
    kind = type(value)
    if value is None or kind in (str, bool, int, float):
        return value
    if is_dataclass(kind):
        if not kind.__module__.startswith(MODEL):
            raise TypeError(f"{kind!r} is no value of the model")
        place = table.setdefault(kind, len(table))
        return [place, *(_packed(getattr(value, field.name), table) for field in fields(value))]
    if kind in (list, tuple):
        return [kind.__name__[0], *(_packed(one, table) for one in value)]
    if kind is frozenset:
        return ["s", *sorted((_packed(one, table) for one in value), key=repr)]
    if isinstance(value, Mapping):
        if all(type(name) is str for name in value):
            return {name: _packed(one, table) for name, one in value.items()}
        return ["m", *([_packed(name, table), _packed(one, table)] for name, one in value.items())]
    if kind in (date, datetime, time):
        return [_TIMES[kind], value.isoformat()]
    if kind is timedelta:
        return ["p", value.days, value.seconds, value.microseconds]
    if kind is ZoneInfo:
        return ["z", value.key]
    raise TypeError(f"{kind!r} cannot be kept")


def _class(name: str) -> Any:
    module, _, found = name.partition(":")
    if not module.startswith(MODEL):
        raise ValueError(name)
    kind = getattr(import_module(module), found)
    if not (isinstance(kind, type) and is_dataclass(kind)):
        raise ValueError(name)
    return kind


_NESTED: Final = frozenset({list, dict})
_TIMES: Final[Mapping[type, str]] = {date: "d", datetime: "i", time: "h"}
_READ: Final[Mapping[str, Callable[[_Read, Any], Any]]] = {
    "l": lambda read, value: [read(one) for one in value[1:]],
    "t": lambda read, value: tuple([read(one) for one in value[1:]]),
    "s": lambda read, value: frozenset([read(one) for one in value[1:]]),
    "m": lambda read, value: {read(name): read(one) for name, one in value[1:]},
    "d": lambda _, value: date.fromisoformat(value[1]),
    "i": lambda _, value: datetime.fromisoformat(value[1]),
    "h": lambda _, value: time.fromisoformat(value[1]),
    "p": lambda _, value: timedelta(*value[1:]),
    "z": lambda _, value: ZoneInfo(value[1]),
}
