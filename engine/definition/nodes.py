"""What a YAML file holds: a small tree in which every node knows its place.

Lines and columns count from 1; columns count characters, not bytes.
"""

from dataclasses import field
from typing import Any

from duban.engine.model.frozen import frozen


@frozen
class Scalar:
    """One value. ``plain`` tells that it stood without quotes. A scalar used as a key is always text.

    ``literal`` is how many columns after its place the value begins, None where the file shows it in another form:
    over several lines, or with escapes.
    """

    value: str | int | float | bool | None
    line: int
    column: int
    plain: bool
    literal: int | None = field(default=None, compare=False)


@frozen
class Sequence:
    """A list, in order."""

    items: tuple["Node", ...]
    line: int
    column: int


@frozen
class Mapping:
    """Keys with their values, in the order of the file; no key stands twice.

    The place of a mapping in block style is that of its first key.
    """

    entries: tuple[tuple[Scalar, "Node"], ...]
    line: int
    column: int
    # A file may have tens of thousands of keys, and something may be wrong with each of them.
    _by_key: dict[str, tuple[Scalar, "Node"]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_key", {str(entry[0].value): entry for entry in self.entries})

    def get(self, key: str) -> "Node | None":
        """The value under ``key``, or None. A declared null is a ``Scalar`` whose value is None."""
        found = self._by_key.get(key)
        return found[1] if found is not None else None

    def key_node(self, key: str) -> Scalar | None:
        """The key itself, for its place, or None."""
        found = self._by_key.get(key)
        return found[0] if found is not None else None


Node = Scalar | Sequence | Mapping


def to_plain(node: Node) -> Any:
    """The same values as dicts, lists and scalars. Depth is bounded by the reader."""
    if isinstance(node, Mapping):
        return {str(key.value): to_plain(value) for key, value in node.entries}
    if isinstance(node, Sequence):
        return [to_plain(item) for item in node.items]
    return node.value


def locate(node: Node, loc: tuple[str | int, ...], prefer_key: bool = False) -> tuple[int, int]:
    """Where an error at ``loc`` belongs: the (line, column) of the deepest node on that way.

    Parts that match nothing, such as the tags of a union or a missing field, are passed over. With ``prefer_key``,
    the place is that of the last matched key instead of its value. ``"[key]"``, with which pydantic
    ends the location of an error in a key, asks for the key as well.
    """
    key: Scalar | None = None
    for part in loc:
        if isinstance(node, Mapping):
            found = node.get(str(part))
            if found is not None:
                key, node = node.key_node(str(part)), found
            elif part == "[key]":
                prefer_key = True
        elif isinstance(node, Sequence) and isinstance(part, int) and 0 <= part < len(node.items):
            key, node = None, node.items[part]
        elif part == "[key]":
            prefer_key = True
    if prefer_key and key is not None:
        return key.line, key.column
    return node.line, node.column
