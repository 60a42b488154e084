"""What all values of duban are made with: dataclasses that are frozen and have slots, quick to declare and to make.

Python writes and compiles three functions for every frozen dataclass when it is imported; a command imports a hundred
of them, of which it makes a few. And each field is written by way of ``object.__setattr__``, which is most of what
making one costs. So here what can be shared is shared, and the rest is compiled when the first value is made.

A class has a twin below it that is not frozen, with its fields in the same places. A value is of the twin's class for
as long as it is being filled, and nobody else holds it; then it is given its own.
"""

from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field, fields
from functools import cache, wraps
from operator import attrgetter
from reprlib import recursive_repr
from typing import Any, Final, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(kind: type[T]) -> type[T]:
    """Make it what ``dataclass(frozen=True, slots=True)`` makes, and no other behaviour."""
    for name, shared in _SHARED.items():
        if name not in vars(kind):
            setattr(kind, name, shared)
    if kind.__doc__ is None:
        kind.__doc__ = kind.__name__  # or the signature would be asked for, to say it there
    return dataclass(slots=True, init=False, eq=False, repr=False)(kind)


@cache
def opened(kind: Any) -> Any:
    """The twin of such a class: what is made by it, with the same arguments, can be changed until it is ``closed``."""
    inside: dict[str, Any] = {"__slots__": (), "__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    inside["__doc__"] = f"What a {kind.__name__} is while it is being filled."
    return dataclass(eq=False, repr=False)(type(f"{kind.__name__}Open", (kind,), inside))


def closed(value: Any) -> Any:
    """The value itself, made by a twin, as one of the class that it is the twin of: from here on it is frozen."""
    value.__class__ = value.__class__.__base__
    return value


@cache
def reading(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    """A function that takes all fields of a value of such a class, in their order."""
    names = [one.name for one in fields(kind)]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


@cache
def _compared(kind: Any) -> Callable[[Any], Any]:
    names = [one.name for one in fields(kind) if one.compare]
    return attrgetter(*names) if names else lambda _value: ()


def _init(self: Any, *args: Any, **given: Any) -> None:
    kind = self.__class__
    while "__init__" not in vars(kind):
        kind = kind.__base__
    twin = opened(kind)
    fill = twin.__init__

    @wraps(fill)
    def filled(self: Any, *args: Any, **given: Any) -> None:
        own = self.__class__
        _give(self, twin)
        try:
            fill(self, *args, **given)
        finally:
            self.__class__ = own

    kind.__init__ = filled
    filled(self, *args, **given)


class _Signature:
    """What a class of values takes, for whoever asks (``inspect.signature``), also before the first is made."""

    def __get__(self, _value: Any, kind: Any) -> Any:
        from inspect import signature  # asked for by tools alone

        found = signature(opened(kind).__init__)
        return found.replace(parameters=list(found.parameters.values())[1:])


_give: Final = vars(object)["__class__"].__set__
"""Gives a value another class, past the freezing."""
_put: Final = object.__setattr__


def _setattr(self: Any, name: str, _value: Any) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r} of {self.__class__.__name__}")


def _delattr(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r} of {self.__class__.__name__}")


def _getstate(self: Any) -> list[Any]:
    return list(reading(self.__class__)(self))


def _setstate(self: Any, state: list[Any]) -> None:
    for one, value in zip(fields(self), state, strict=True):
        _put(self, one.name, value)


def _eq(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    values = _compared(self.__class__)
    return values(self) == values(other)


def _hash(self: Any) -> int:
    return hash(_compared(self.__class__)(self))


@recursive_repr()
def _repr(self: Any) -> str:
    shown = (f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


_SHARED: Final[dict[str, Any]] = {
    "__signature__": _Signature(),
    "__init__": _init,
    "__setattr__": _setattr,
    "__delattr__": _delattr,
    "__getstate__": _getstate,
    "__setstate__": _setstate,
    "__eq__": _eq,
    "__hash__": _hash,
    "__repr__": _repr,
}
