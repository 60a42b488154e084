"""SQLite goes along the index that it is told of, whatever is asked for, and says what to do where that is missing."""

import sqlite3
from contextlib import closing
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from tests.contract.samples import EVERYTHING, HOUR, T0, started

from duban.engine.errors import StoreError
from duban.engine.ports.records import CaseQuery
from duban.persistence.store import SqlStore
from duban.persistence.tables import cases

NOWHERE = "nowhere\ud800"
"""What is in no database."""


@pytest.mark.parametrize("overdue", [None, True, False])
@pytest.mark.parametrize("by_due", [False, True])
@pytest.mark.parametrize("odd", ["workflow", "state", "unit", "parent", "data", "field"])
def test_a_list_by_what_is_in_no_database_is_empty(
    store: SqlStore, odd: str, by_due: bool, overdue: bool | None
) -> None:
    started(store, "ISS-1", due_at=T0)
    asked: dict[str, Any] = {odd: NOWHERE}
    if odd in ("data", "field"):
        asked = {"data": {"title": NOWHERE} if odd == "data" else {'a"b': "c"}}
    query = CaseQuery(**asked, overdue=overdue, by_due=by_due, now=T0 + HOUR)

    assert store.consult(lambda reader: reader.cases(query, EVERYTHING)) == []
    assert store.transact(lambda writer: writer.lock_found(query, EVERYTHING)) == []


def test_a_store_that_lost_its_indexes_says_so_and_is_given_them_again(migrated_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "duban.db"
    file.write_bytes(migrated_file.read_bytes())
    names = {str(index.name) for index in cases.indexes}
    with closing(sqlite3.connect(file)) as other:
        for name in names:
            other.execute(f"DROP INDEX {name}")
    queries = [
        CaseQuery(workflow=workflow, state=state, unit=unit, overdue=overdue, now=T0)
        for workflow, state, unit, overdue in product((None, "issue"), (None, "open"), (None, "a"), (None, True))
    ]
    with closing(SqlStore(f"sqlite:///{file}")) as store:
        with pytest.raises(StoreError) as caught:
            store.consult(lambda reader: reader.cases(CaseQuery(workflow="issue"), EVERYTHING))
        assert "ix_duban_cases_workflow" in caught.value.message("en")
        for lang in ("en", "zh"):
            assert "`duban init`" in caught.value.message(lang)
        store.migrate()
        for query in queries:
            assert store.consult(lambda reader, query=query: reader.cases(query, EVERYTHING)) == []  # type: ignore[misc]
    with closing(sqlite3.connect(file)) as other:
        assert names <= {name for (name,) in other.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
