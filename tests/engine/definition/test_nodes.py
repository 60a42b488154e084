"""A tree of nodes: looked into by key, made plain, and asked for the place of an error."""

import pytest

from duban.engine.definition.nodes import Mapping, Node, locate, to_plain
from duban.engine.definition.reader import read_document

SOURCE = """\
fields:
  title: {type: text, max: 9}
  kind:
    type: choice
    of: [a, b]
events:
  - 1: x
"""


@pytest.fixture
def tree() -> Mapping:
    return read_document("f.yaml", SOURCE.encode())


def test_a_mapping_gives_the_value_and_the_key_that_are_there(tree: Mapping) -> None:
    key, value = tree.key_node("events"), tree.get("events")
    assert key is not None
    assert (key.value, key.line, key.column) == ("events", 6, 1)
    assert value is not None
    assert (value.line, value.column) == (7, 3)
    assert tree.get("event") is None
    assert tree.key_node("event") is None


def test_a_declared_null_is_not_an_absent_key() -> None:
    value = read_document("f.yaml", b"a:\n").get("a")
    assert value is not None
    assert to_plain(value) is None


def test_the_plain_tree_keeps_the_order_of_the_file() -> None:
    assert list(to_plain(read_document("f.yaml", b"b: 1\na: {d: 1, c: 2}\n"))) == ["b", "a"]


@pytest.mark.parametrize(
    ("loc", "value_at", "key_at"),
    [
        ((), (1, 1), (1, 1)),
        (("fields",), (2, 3), (1, 1)),
        (("fields", "title"), (2, 10), (2, 3)),
        (("fields", "title", "max"), (2, 28), (2, 23)),
        (("fields", "title", "function-wrap[Text]", "max"), (2, 28), (2, 23)),
        (("fields", "title", "missing"), (2, 10), (2, 3)),
        (("fields", "kind", "of", 1), (5, 13), (5, 13)),
        (("fields", "kind", "of", 2), (5, 9), (5, 5)),
        (("fields", "kind", "of", -1), (5, 9), (5, 5)),
        (("fields", "kind", "list[str]", "of", "str"), (5, 9), (5, 5)),
        (("events", 0, 1), (7, 8), (7, 5)),
        (("nowhere", 3), (1, 1), (1, 1)),
        (("fields", "title", "[key]"), (2, 3), (2, 3)),
    ],
)
def test_an_error_is_placed_at_the_deepest_node_on_its_way(
    tree: Mapping, loc: tuple[str | int, ...], value_at: tuple[int, int], key_at: tuple[int, int]
) -> None:
    node: Node = tree
    assert locate(node, loc) == value_at
    assert locate(node, loc, prefer_key=True) == key_at
