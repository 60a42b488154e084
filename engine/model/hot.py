"""Frozen values of which a step makes many: made, copied and filled in a fraction of the time.

A frozen dataclass writes each of its fields by way of ``object.__setattr__``, which is most of what making one costs.
Here the fields lie in a base class that is not frozen. A value is one of that class for as long as it is being filled,
and nobody else holds it; then it is given the frozen one.
"""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Final, NamedTuple, TypeVar, dataclass_transform

from duban.engine.model.frozen import SHARED

T = TypeVar("T")


class Ways(NamedTuple):
    """How values of one class are made: ``make`` of all fields in their order, ``copy`` of another one, still open."""

    make: Callable[..., Any]
    copy: Callable[[Any], Any]


WAYS: Final[dict[type, Ways]] = {}
"""Of each class that is made here."""

_OPEN: Final = """
def __init__(self, {parameters}):
    _open_up(self, _opened)
    {filling}
    self.__class__ = _kind

def make({names}):
    self = _new(_opened)
    {taking}
    self.__class__ = _kind
    return self

def copy(value):
    self = _new(_opened)
    {copying}
    return self
"""
_open_up: Final = vars(object)["__class__"].__set__


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def hot(kind: type[T]) -> type[T]:
    """Make it what ``frozen`` makes, and no other behaviour.

    Raises:
        TypeError: it has a base class, a ``__post_init__``, or fields that ``__init__`` does not take by their place.
    """
    names = tuple(kind.__annotations__)
    opened = type(f"{kind.__name__}Open", (), {"__slots__": names, "__module__": kind.__module__})
    inside = {name: value for name, value in vars(kind).items() if name not in ("__dict__", "__weakref__")}
    made: Any = type(kind.__name__, (opened,), {**SHARED, **inside})
    made = dataclass(frozen=True, slots=True, init=False, eq=False, repr=False)(made)
    is_plain = kind.__bases__ == (object,) and not hasattr(kind, "__post_init__")
    if not is_plain or tuple(one.name for one in fields(made) if one.init and not one.kw_only) != names:
        raise TypeError(f"{kind.__name__} is made in a way of its own: use frozen")
    written = _written(made, opened)
    made.__init__ = written["__init__"]
    made.__init__.__qualname__ = f"{kind.__qualname__}.__init__"
    made.__init__.__annotations__ = {**kind.__annotations__, "return": None}
    WAYS[made] = Ways(written["make"], written["copy"])
    return made  # type: ignore[no-any-return]


def _written(kind: Any, opened: type) -> dict[str, Callable[..., Any]]:
    """The functions of a class, compiled of a text as those of ``dataclass`` are: to go over names takes longer."""
    known: dict[str, Any] = {"_open_up": _open_up, "_new": object.__new__, "_opened": opened, "_kind": kind}
    known["_left_out"] = MISSING
    names = [one.name for one in fields(kind)]
    parameters, filling = [], []
    for one in fields(kind):
        parameter = value = one.name
        if one.default_factory is not MISSING:
            known[f"_made_{one.name}"] = one.default_factory
            parameter = f"{one.name}=_left_out"
            value = f"_made_{one.name}() if {one.name} is _left_out else {one.name}"
        elif one.default is not MISSING:
            known[f"_default_{one.name}"] = one.default
            parameter = f"{one.name}=_default_{one.name}"
        parameters.append(parameter)
        filling.append(f"self.{one.name} = {value}")
    text = _OPEN.format(
        parameters=", ".join(parameters),
        filling="; ".join(filling),
        names=", ".join(names),
        taking="; ".join(f"self.{name} = {name}" for name in names),
        copying="; ".join(f"self.{name} = value.{name}" for name in names),
    )
    exec(text, known)  # of the names of fields alone, which are identifiers
    return known
