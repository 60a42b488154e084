"""What all values of duban are made with: dataclasses that are frozen and have slots, quick to declare and to make.

Python writes and compiles three functions for every frozen dataclass when it is imported; a command imports a hundred
of them, of which it makes a few. And each field is written by way of ``object.__setattr__``, which is most of what
making one costs. So here what can be shared is shared, and the rest is compiled when the first value is made.

A class has a twin below it that is not frozen, with its fields in the same places. A value is of the twin's class for
as long as it is being filled, ``__post_init__`` included, and nobody else holds it; then it is given its own.
"""

from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field, fields
from functools import cache, wraps
from operator import attrgetter
from reprlib import recursive_repr
from types import SimpleNamespace
from typing import Any, Final, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(kind: type[T]) -> type[T]:
    """Make it what ``dataclass(frozen=True, slots=True)`` makes, and no other behaviour."""
    if kind.__doc__ is None:
        kind.__doc__ = kind.__name__  # or the signature would be asked for, to say it there
    declared = frozenset(vars(kind))
    is_below = any(getattr(base, _PARAMS, _OPEN).frozen for base in kind.__mro__[1:])
    made: Any = dataclass(slots=True, init=False, eq=False, repr=False, frozen=is_below)(kind)
    for name, shared in _SHARED.items():
        if name not in declared:
            setattr(made, name, shared)
    if "__init__" not in declared:
        made.__init__ = _first_init(made)
        made.__signature__ = _SIGNATURE
    params = getattr(made, _PARAMS)
    params.init = params.repr = params.eq = params.frozen = True  # as it is told to whoever asks, or builds on it
    return made  # type: ignore[no-any-return]


@cache
def opened(kind: Any) -> Any:
    """The twin of such a class: what is made by it, with the same arguments, can be changed until it is ``closed``."""
    told = {"__module__": kind.__module__, "__qualname__": kind.__qualname__}  # as errors and ``repr`` name it
    inside = {
        **told, "__slots__": (), "__doc__": f"What a {kind.__name__} is while it is being filled.",
        "__init__": _filling(kind, told), "__setattr__": object.__setattr__, "__delattr__": object.__delattr__,
    }  # fmt: skip
    return type(f"{kind.__name__}Open", (kind,), inside)


def _filling(kind: Any, told: dict[str, Any]) -> Any:
    """What Python compiles to fill an unfrozen dataclass of the same fields: it lets none be below a frozen one."""
    above = {name: getattr(kind, name) for name in ("__dataclass_fields__", "__post_init__") if hasattr(kind, name)}
    base = type(kind.__name__, (), {**above, _PARAMS: _OPEN})
    # With a docstring, for which the signature would be asked for else: that takes as long as all the rest.
    filled: Any = type(kind.__name__, (base,), {**told, "__doc__": "Filled."})
    return dataclass(slots=True, eq=False, repr=False, match_args=False)(filled).__init__


def closed(value: Any) -> Any:
    """The value itself, made by a twin, as one of the class that it is the twin of: from here on it is frozen."""
    value.__class__ = value.__class__.__base__
    return value


@cache
def reading(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    """A function that takes all fields of a value of such a class, in their order."""
    return _taking([one.name for one in fields(kind)])


@cache
def _compared(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    return _taking([one.name for one in fields(kind) if one.compare])


@cache
def _hashed(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    return _taking([one.name for one in fields(kind) if (one.compare if one.hash is None else one.hash)])


def _taking(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


def _first_init(kind: Any) -> Any:
    """Makes the first value of a class, and what makes all others."""

    def first(self: Any, *args: Any, **given: Any) -> None:
        twin = opened(kind)
        fill = twin.__init__

        @wraps(fill)
        def filled(self: Any, *args: Any, **given: Any) -> None:
            own = self.__class__
            # A class below may have other places, and may be a twin that is being filled itself.
            _give(self, twin if own is kind else opened(own))
            try:
                fill(self, *args, **given)
            finally:
                self.__class__ = own

        kind.__init__ = filled
        filled(self, *args, **given)

    return first


class _Signature:
    """What a class of values takes, for whoever asks (``inspect.signature``), also before the first is made."""

    def __get__(self, value: Any, kind: Any) -> Any:
        from inspect import signature  # asked for by tools alone

        maker = next(one for one in kind.__mro__ if "__init__" in vars(one))
        if value is not None or vars(maker).get("__signature__") is not self:
            raise AttributeError("__signature__")  # of a value that can be called, or of who fills itself otherwise
        found = signature(opened(maker).__init__)
        return found.replace(parameters=list(found.parameters.values())[1:])


_SIGNATURE: Final = _Signature()
_PARAMS: Final = "__dataclass_params__"
_OPEN: Final = SimpleNamespace(frozen=False)
_give: Final = vars(object)["__class__"].__set__
"""Gives a value another class, past the freezing."""
_put: Final = object.__setattr__


def _setattr(self: Any, name: str, value: Any) -> None:
    if _is_held(self, name):
        raise FrozenInstanceError(f"cannot assign to field {name!r} of {self.__class__.__name__}")
    _put(self, name, value)


def _delattr(self: Any, name: str) -> None:
    if _is_held(self, name):
        raise FrozenInstanceError(f"cannot delete field {name!r} of {self.__class__.__name__}")
    object.__delattr__(self, name)


def _is_held(value: Any, name: str) -> bool:
    # What a plain class below has of its own is its own affair.
    return "__dataclass_fields__" in vars(value.__class__) or name in value.__dataclass_fields__


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
    return hash(_hashed(self.__class__)(self))


@recursive_repr()
def _repr(self: Any) -> str:
    shown = (f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


_SHARED: Final[dict[str, Any]] = {
    "__setattr__": _setattr,
    "__delattr__": _delattr,
    "__getstate__": _getstate,
    "__setstate__": _setstate,
    "__eq__": _eq,
    "__hash__": _hash,
    "__repr__": _repr,
}
