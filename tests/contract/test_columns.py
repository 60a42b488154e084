"""What lies in a column is read alike one by one and many at once, and documents as the library would."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.persistence.columns import Document, Instant

BROKEN = ["", " ", "{", "[1", '{"a": 1} x', "nan1", "1,2", "\ufeff{}"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(st.none() | st.integers(-(10**15), 4 * 10**15), max_size=12))
def test_instants_are_read_alike_one_by_one_and_together(column) -> None:
    assert list(Instant.read_all(column)) == [Instant.read(value) for value in column]


@given(st.lists(JSON, max_size=12), st.sampled_from(["", " ", "\n"]))
def test_documents_are_read_as_the_library_reads_them_also_with_blanks_around(values, blank) -> None:
    column = [None if value is None else f"{blank}{json.dumps(value)}{blank}" for value in values]
    assert list(Document.read_all(column)) == values
    assert [Document.read(one) for one in column] == values


@pytest.mark.parametrize("document", BROKEN)
def test_what_is_no_document_is_refused_as_the_library_refuses_it(document: str) -> None:
    with pytest.raises(ValueError) as expected:  # noqa: PT011 - compared below
        json.loads(document)
    for read in (Document.read, lambda one: Document.read_all(["{}", one])):
        with pytest.raises(type(expected.value), match=re.escape(str(expected.value))):
            read(document)
