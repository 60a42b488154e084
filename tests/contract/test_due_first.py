"""Cases by due time: the most overdue first, page by page."""

from datetime import datetime

import pytest
from tests.contract.samples import EVERYTHING, HOUR, T0, started

from duban.engine.model.case import Case
from duban.engine.ports.records import CaseQuery
from duban.persistence.store import SqlStore


def pages(store: SqlStore, size: int) -> list[list[str]]:
    found: list[list[str]] = []
    last: Case | None = None
    while True:
        after: tuple[int | None, datetime | None] = (None, None) if last is None else (last.id, last.due_at)
        query = CaseQuery(by_due=True, limit=size, after=after[0], after_due_at=after[1])
        with store.read() as reader:
            page = reader.cases(query, EVERYTHING)
        if not page:
            return found
        found.append([case.ref for case in page])
        last = page[-1]


def test_those_due_first_come_first_and_pages_neither_skip_nor_repeat_those_due_at_once(store: SqlStore) -> None:
    started(store, "late", due_at=T0 + 3 * HOUR)
    for number in range(4):
        started(store, f"same-{number}", due_at=T0)
    started(store, "first", due_at=T0 - HOUR)

    assert pages(store, 2) == [["first", "same-0"], ["same-1", "same-2"], ["same-3", "late"]]


def test_what_is_closed_or_never_due_is_not_among_them(store: SqlStore) -> None:
    started(store, "closed", due_at=T0, closed_at=T0)
    started(store, "never")
    started(store, "due", due_at=T0, unit="office")

    assert pages(store, 5) == [["due"]]


def test_a_page_after_a_case_must_say_when_that_was_due(store: SqlStore) -> None:
    with store.read() as reader, pytest.raises(ValueError, match="after_due_at"):
        reader.cases(CaseQuery(by_due=True, after=1), EVERYTHING)
