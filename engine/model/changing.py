"""A value with some of its fields changed, and many values at once; of classes made by ``frozen``.

Type checkers do not look at the names of fields, so this is for the hot path only, where tests go over every call.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar

from duban.engine.model.frozen import opened, reading

T = TypeVar("T")

_put: Final = object.__setattr__


def changed(value: T, **changes: Any) -> T:
    """What ``dataclasses.replace`` gives, in half of the time.

    Raises:
        AttributeError: there is no such field.
    """
    kind: Any = type(value)
    new = opened(kind)(*reading(kind)(value))
    for name, given in changes.items():
        setattr(new, name, given)
    new.__class__ = kind
    return new  # type: ignore[no-any-return]


def completed(value: T, **given: Any) -> T:
    """The value itself, with these fields written into it: only for one that was just made and that nobody holds yet.

    Raises:
        AttributeError: there is no such field.
    """
    for name, one in given.items():
        _put(value, name, one)
    return value


def made_of(kind: type[T], row: Sequence[Any]) -> T:
    """A value of this row, which has its fields in their order, as its class would make it, in less time.

    Raises:
        TypeError: the row has another number of fields than the class.
    """
    twin: Any = opened(kind)  # type: ignore[arg-type]
    _require_whole(twin, len(row))
    value = twin(*row)
    value.__class__ = kind
    return value  # type: ignore[no-any-return]


def made(kind: type[T], rows: Sequence[Sequence[Any]]) -> list[T]:
    """The same of many rows.

    Raises:
        TypeError: a row has another number of fields than the class.
    """
    twin: Any = opened(kind)  # type: ignore[arg-type]
    for length in set(map(len, rows)):
        _require_whole(twin, length)
    values = [twin(*row) for row in rows]
    for value in values:
        value.__class__ = kind
    return values


def completed_each(values: Sequence[T], **given: Iterable[Any]) -> None:
    """The same as ``completed`` for many values of one class, each field given with a value for each of them.

    Raises:
        AttributeError: there is no such field.
    """
    for name, column in given.items() if values else ():
        deque(map(getattr(type(values[0]), name).__set__, values, column), maxlen=0)


def _require_whole(twin: Any, length: int) -> None:
    # What is left out by a row is not meant to be as declared.
    expected = len(twin.__match_args__)
    if length != expected:
        raise TypeError(f"{twin.__base__.__name__} has {expected} fields, and a row of {length} was given")
