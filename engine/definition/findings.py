"""Collects what is wrong with one file, each thing with its place."""

from typing import Any

from duban.engine.definition.nodes import Mapping, Node, Scalar, Sequence, locate
from duban.engine.errors import DefinitionError
from duban.engine.model.hint import hint
from duban.engine.model.problem import Problem

Loc = tuple[str | int, ...]


class Findings:
    """Problems of one declared file; without a node (a stored definition), every place is line 1."""

    def __init__(self, path: str, node: Node | None) -> None:
        self.path = path
        self._node = node
        self.problems: list[Problem] = []

    def add(self, loc: Loc, key: str, *, at_key: bool = False, shift: int = 0, **data: Any) -> None:
        """Note a problem at a place of the document; ``shift`` moves the column, for places within a text."""
        line, column = locate(self._node, loc, prefer_key=at_key) if self._node is not None else (1, 1)
        self.problems.append(Problem(self.path, line, column + shift, f"finding.{key}", data))

    def unknown(self, loc: Loc, kind: str, name: str, known: list[str], *, at_key: bool = False) -> None:
        """Note a name that is not declared, with the nearest that is."""
        shown = known if len(known) <= 15 else [*known[:15], "…"]
        self.add(loc, f"unknown-{kind}", at_key=at_key, name=name, known=shown, hint=hint(name, known))

    def is_plain(self, loc: Loc) -> bool:
        """Whether a column within the text at ``loc`` can be told: it stands there unquoted."""
        node = self._node
        for part in loc:
            if isinstance(node, Mapping):
                node = node.get(str(part))
            elif isinstance(node, Sequence) and isinstance(part, int):
                node = node.items[part] if part < len(node.items) else None
        return isinstance(node, Scalar) and node.plain

    def raise_if_any(self) -> None:
        """Raise what was found, in the order of the file."""
        if self.problems:
            raise DefinitionError(sorted(self.problems, key=lambda problem: (problem.line, problem.column)))
