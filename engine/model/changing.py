"""A value with some of its fields changed, and many values at once; for the classes made by ``hot``.

Type checkers do not look at the names of fields, so this is for the hot path only, where tests go over every call.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar

from duban.engine.model.hot import WAYS

T = TypeVar("T")

_put: Final = object.__setattr__


def changed(value: T, **changes: Any) -> T:
    """What ``dataclasses.replace`` gives, in a sixth of the time.

    Raises:
        AttributeError: there is no such field. KeyError: the class is not made by ``hot``.
    """
    kind = type(value)
    new = WAYS[kind].copy(value)
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


def made(kind: type[T], rows: Iterable[Sequence[Any]]) -> list[T]:
    """A value of each of these rows, which have all of its fields in their order.

    Raises:
        TypeError: a row has another number of fields than the class.
    """
    make = WAYS[kind].make
    return [make(*row) for row in rows]


def completed_each(values: Sequence[T], **given: Iterable[Any]) -> None:
    """The same as ``completed`` for many values of one class, each field given with a value for each of them.

    Raises:
        AttributeError: there is no such field.
    """
    for name, column in given.items() if values else ():
        deque(map(getattr(type(values[0]), name).__set__, values, column), maxlen=0)
