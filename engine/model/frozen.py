"""What all values of duban are made with."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cache
from operator import attrgetter
from reprlib import recursive_repr
from typing import Any, Final, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(kind: type[T]) -> type[T]:
    """Make it a dataclass that is frozen and has slots: ``dataclass(frozen=True, slots=True)``, and no other behaviour.

    Python writes and compiles a function of each kind for every dataclass, when it is imported. A command imports a
    hundred of them and compares, hashes and shows hardly any, so these functions are the same for all here.
    """
    for name, shared in SHARED.items():
        if name not in vars(kind):
            setattr(kind, name, shared)
    return dataclass(frozen=True, slots=True, eq=False, repr=False)(kind)


@cache
def _compared(kind: Any) -> Callable[[Any], Any]:
    names = [one.name for one in fields(kind) if one.compare]
    return attrgetter(*names) if names else lambda _value: ()


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


SHARED: Final[dict[str, Callable[..., Any]]] = {"__eq__": _eq, "__hash__": _hash, "__repr__": _repr}
"""What all values compare, hash and show themselves by."""
