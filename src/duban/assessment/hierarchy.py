"""The assessment system as a table tells it, checked: values without behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from duban.engine.model.frozen import frozen


@frozen
class Item:
    """A major item, sub-item, minor item, indicator or inspection point.

    ``number`` counts the items of its level from 1, in the order of the table. ``line`` is its row there. ``link`` and
    ``unit`` are an indicator's, ``community`` and ``place`` a point's.
    """

    level: str
    code: str
    title: str
    parent: str | None
    number: int
    line: int
    standard: str | None = None
    link: str | None = None
    unit: str | None = None
    community: str | None = None
    place: str | None = None


@dataclass(frozen=True)
class Hierarchy:
    """A whole table. ``code`` names it for good, ``items`` holds those of each level in order.

    ``allotment`` is how many households each community has. ``counts`` holds the number of each level.
    """

    code: str
    title: str
    items: Mapping[str, tuple[Item, ...]]
    allotment: Mapping[str, int]
    counts: Mapping[str, int]

    @cached_property
    def by_code(self) -> Mapping[str, Item]:
        """Every item by its code."""
        return {item.code: item for items in self.items.values() for item in items}

    def ancestors(self, item: Item) -> dict[str, Item]:
        """The items above this one, by level."""
        found: dict[str, Item] = {}
        while item.parent is not None:
            item = self.by_code[item.parent]
            found[item.level] = item
        return found
