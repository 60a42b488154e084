"""The parts of a reader and of a writer fit together in any order, and none of them works alone."""

from itertools import permutations
from typing import Any

import pytest

from duban.persistence.reader import SqlReader
from duban.persistence.writer import SqlWriter

PARTS = [*SqlReader.__bases__, *(part for part in SqlWriter.__bases__ if part is not SqlReader)]


@pytest.mark.parametrize("whole", [SqlReader, SqlWriter])
def test_the_order_of_the_parts_does_not_matter(whole: type[Any]) -> None:
    names = [name for name in dir(whole) if not name.startswith("__") and name != "_abc_impl"]
    expected = {name: getattr(whole, name) for name in names}
    own = {name: value for name, value in vars(whole).items() if name in names}
    for number, parts in enumerate(permutations(whole.__bases__)):
        if number % 97 == 0 or len(whole.__bases__) < 6:
            other = type("Other", parts, own)
            assert {name: getattr(other, name) for name in names} == expected


@pytest.mark.parametrize("part", PARTS)
def test_a_part_alone_is_no_reader(part: type[Any]) -> None:
    with pytest.raises(TypeError, match="_run"):
        part()
