"""Frozen values of which a step makes many: made, copied and filled in a fraction of the time.

A frozen dataclass writes each of its fields by way of ``object.__setattr__``, which is most of what making one costs.
Here a class has a twin that is not frozen, with its fields in the same places. A value is of the twin's class for as
long as it is being filled, and nobody else holds it; then it is given its own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import wraps
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeVar, dataclass_transform

from duban.engine.model.frozen import SHARED

T = TypeVar("T")


class Ways(NamedTuple):
    """How values of one class are made: its twin, ``opened``, and ``get``, which takes all fields of one in order."""

    opened: type[Any]
    get: Callable[[Any], tuple[Any, ...]]


WAYS: Final[dict[type, Ways]] = {}
"""Of each class that is made here."""

_give: Final = vars(object)["__class__"].__set__
"""Gives a value another class, past the freezing."""


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def hot(kind: type[T]) -> type[T]:
    """Make it what ``frozen`` makes, and no other behaviour.

    Raises:
        TypeError: it has a base class, a ``__post_init__``, one field alone, or fields that ``__init__`` does not take
            by their place.
    """
    names = tuple(kind.__annotations__)
    inside = {name: value for name, value in vars(kind).items() if name not in ("__dict__", "__weakref__")}
    places = type(f"{kind.__name__}Places", (), {"__slots__": names})
    of_values = {name: inside[name] for name in names if name in inside}
    twin = type(f"{kind.__name__}Open", (places,), {**of_values, "__annotations__": kind.__annotations__})
    opened: Any = dataclass(slots=True, eq=False, repr=False)(twin)
    made: Any = type(kind.__name__, (places,), {**SHARED, **inside})
    made = dataclass(frozen=True, slots=True, init=False, eq=False, repr=False)(made)
    is_plain = kind.__bases__ == (object,) and not hasattr(kind, "__post_init__") and len(names) > 1
    if not is_plain or tuple(one.name for one in fields(made) if one.init and not one.kw_only) != names:
        raise TypeError(f"{kind.__name__} is made in a way of its own: use frozen")
    made.__init__ = _filling(made, opened)
    WAYS[made] = Ways(opened, attrgetter(*names))
    return made  # type: ignore[no-any-return]


def _filling(made: Any, opened: Any) -> Callable[..., None]:
    fill = opened.__init__

    @wraps(fill)
    def filled(self: Any, *args: Any, **given: Any) -> None:
        _give(self, opened)
        try:
            fill(self, *args, **given)
        finally:
            self.__class__ = made

    return filled
