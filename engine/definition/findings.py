"""Collects what is wrong with one file, each thing with its place."""

from collections.abc import Iterable
from typing import Any, Final

from duban.engine.definition.nodes import Mapping, Node, Scalar, Sequence, locate
from duban.engine.errors import DefinitionError
from duban.engine.model.hint import few, hint
from duban.engine.model.problem import Problem

Loc = tuple[str | int, ...]

SHOWN: Final = 120
"""The most characters of a text of the file that a message repeats."""

MOST: Final = 100
"""The most problems of one file that are told; who has mended them sees the rest."""


def _short(words: str) -> str:
    return words if len(words) <= SHOWN else words[: SHOWN - 1] + "…"


class Findings:
    """Problems of one declared file; without a node (a stored definition), every place is line 1."""

    def __init__(self, path: str, node: Node | None) -> None:
        self.path = path
        self._node = node
        self.problems: list[Problem] = []

    def add(self, loc: Loc, key: str, *, at_key: bool = False, shift: int = 0, **data: Any) -> None:
        """Note a problem at a place of the document; ``shift`` moves the column, for places within a text."""
        if len(self.problems) > MOST:
            return
        line, column = locate(self._node, loc, prefer_key=at_key) if self._node is not None else (1, 1)
        if len(self.problems) == MOST:
            self.problems.append(Problem(self.path, line, column, "finding.more", {"limit": MOST}))
            return
        told = {name: _short(value) if isinstance(value, str) else value for name, value in data.items()}
        self.problems.append(Problem(self.path, line, column + shift, f"finding.{key}", told))

    def unknown(self, loc: Loc, kind: str, name: str, known: list[str], *, at_key: bool = False) -> None:
        """Note a name that is not declared, with the nearest that is."""
        if len(self.problems) > MOST:
            return
        self.add(loc, f"unknown-{kind}", at_key=at_key, name=name, known=few(known) or None, hint=hint(name, known))

    def shift(self, loc: Loc, column: int) -> int:
        """How far ``column`` (from 1) of the text at ``loc`` lies from its place; 0 where that cannot be told."""
        node = self._at(loc)
        return node.literal + column - 1 if isinstance(node, Scalar) and node.literal is not None else 0

    def entry(self, loc: Loc, value: str) -> Loc:
        """The place of ``value`` in the list at ``loc``, or of the list itself."""
        node = self._at(loc)
        if isinstance(node, Sequence):
            for index, item in enumerate(node.items):
                if isinstance(item, Scalar) and item.value == value:
                    return (*loc, index)
        return (*loc, value)

    def one(self, loc: Loc, value: str) -> Loc:
        """The place of ``value``, which stands at ``loc`` alone or in a list."""
        return self.entry(loc, value) if self.is_list(loc) else loc

    def first(self, *places: Loc) -> Loc:
        """The first of these places at which something stands; the last one where nothing does."""
        return next((loc for loc in places if self._at(loc) is not None), places[-1])

    def is_list(self, loc: Loc) -> bool:
        """Whether a list stands at ``loc``; not so in a stored definition, where places do not matter."""
        return isinstance(self._at(loc), Sequence)

    def values(self, loc: Loc) -> list[str]:
        """The texts of the list at ``loc``."""
        node = self._at(loc)
        items = node.items if isinstance(node, Sequence) else []
        return [item.value for item in items if isinstance(item, Scalar) and isinstance(item.value, str)]

    def has(self, loc: Loc) -> bool:
        """Whether something stands at ``loc``."""
        return self._at(loc) is not None

    def once(self, loc: Loc, names: Iterable[str]) -> None:
        """Note every name that stands in the list at ``loc`` a second time."""
        seen: set[str] = set()
        for index, name in enumerate(names):
            if name in seen:
                self.add((*loc, index), "named-twice", name=name)
            seen.add(name)

    def _at(self, loc: Loc) -> Node | None:
        node = self._node
        for part in loc:
            if isinstance(node, Mapping):
                node = node.get(str(part))
            elif isinstance(node, Sequence) and isinstance(part, int):
                node = node.items[part] if part < len(node.items) else None
        return node

    def raise_if_any(self) -> None:
        """Raise what was found, in the order of the file."""
        if self.problems:
            raise DefinitionError(sorted(self.problems, key=lambda problem: (problem.line, problem.column)))
