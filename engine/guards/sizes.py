"""How large the values of an expression may become: a small arithmetic of upper bounds."""

from typing import Final

from duban.engine.model.frozen import frozen
from duban.engine.ports.guards import VariableType

TEXT: Final = 10_000
"""The most characters of one text: as many as a field takes."""
ITEMS: Final = 1_000
"""The most items of one list: as many as a field takes."""
ITEM: Final = 1_000
"""The most characters of an item for which a condition that goes through lists in each other is made."""
HANDLE: Final = 32
"""What an item of a list costs besides its content, in bytes."""


@frozen
class Size:
    """``weight`` in characters, of all that a value holds; ``items`` of a list, each at most as large as ``item``.

    Without ``item``, an item is whatever the value itself may be.
    """

    weight: int
    items: int = 0
    item: "Size | None" = None

    @property
    def one(self) -> "Size":
        """An item of it, or a part."""
        return self.item if self.item is not None else self

    def plus(self, other: "Size") -> "Size":
        """Both, one behind the other."""
        return Size(self.weight + other.weight, self.items + other.items, _item(self, other))

    def times(self, count: int) -> "Size":
        """It, so many times over."""
        return Size(self.weight * count, self.items * count, self.item)

    def either(self, other: "Size") -> "Size":
        """Whichever is larger."""
        return Size(max(self.weight, other.weight), max(self.items, other.items), _item(self, other))


SCALAR: Final = Size(16)
NOTHING: Final = Size(0)


def _item(one: Size, other: Size) -> Size | None:
    if one.items == 0 or other.items == 0:
        return one.item if one.items else other.item
    return one.item.either(other.item) if one.item is not None and other.item is not None else None


def of_variable(kind: VariableType, item: int) -> Size:
    """The largest value of a variable whose lists hold items of at most ``item`` characters."""
    if kind == "text":
        return Size(TEXT)
    if kind == "texts":
        return Size(ITEMS * item, ITEMS, Size(item))
    if kind == "any":
        return Size(ITEMS * item, ITEMS, Size(item, ITEMS))
    return SCALAR


def weight_of(value: object) -> int:
    """The characters that the heaviest item of a given value has, and its parts together."""
    if isinstance(value, list | tuple):
        return max(map(_content, value), default=0)
    return 0


def _content(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(_content(part) for pair in value.items() for part in pair)
    return sum(map(_content, value)) if isinstance(value, list | tuple) else 1
