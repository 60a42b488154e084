"""Values that are made many at once are those that their class would make, one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.engine.model.case import Case, Stopwatch
from duban.engine.model.changing import completed_each, made, made_of
from duban.persistence.rows import STOPWATCH_NAMES, names_of

ROW = st.tuples(*(st.one_of(st.none(), st.integers(), st.text(max_size=3)) for _ in STOPWATCH_NAMES))


@given(st.lists(ROW, max_size=12))
def test_values_made_of_rows_are_those_that_the_class_makes_of_each(rows) -> None:
    assert made(Stopwatch, rows) == [Stopwatch(*row) for row in rows] == [made_of(Stopwatch, row) for row in rows]


def test_a_row_with_a_field_too_few_makes_nothing() -> None:
    short = [tuple(range(len(STOPWATCH_NAMES) - 1))]
    with pytest.raises(TypeError, match="has 11 fields, and a row of 10"):
        made(Stopwatch, short)
    with pytest.raises(TypeError, match="has 11 fields, and a row of 12"):
        made_of(Stopwatch, tuple(range(len(STOPWATCH_NAMES) + 1)))


def test_each_value_is_completed_with_its_own() -> None:
    rows = [tuple(f"{name} {number}" for name in names_of(Case)) for number in range(3)]
    cases = made(Case, rows)
    completed_each(cases, id=[7, 8, 9], parent=[None, "ISS-000001", None])
    assert [(case.id, case.parent, case.ref) for case in cases] == [
        (7, None, "ref 0"), (8, "ISS-000001", "ref 1"), (9, None, "ref 2"),
    ]  # fmt: skip
    completed_each([], id=[])
    with pytest.raises(AttributeError):
        completed_each(cases, colour=[1, 2, 3])
