"""What is asked often goes by an index, on both databases, however many cases there are."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, text
from tests.contract.samples import T0, a_case

from duban.engine.model.archive import Movable
from duban.engine.model.scope import Scope
from duban.engine.ports.records import CaseQuery
from duban.persistence.columns import EPOCH, to_microseconds
from duban.persistence.listing import kind_of, listing, values_of
from duban.persistence.prepared import prepared
from duban.persistence.store import SqlStore
from duban.persistence.visibility import shape_of
from duban.persistence.writer import SqlWriter

CASES = 3_000
SCAN = re.compile(r"Seq Scan|SCAN \w+$", re.MULTILINE)
OFFICE = Scope(actor="office", roles=frozenset({"office"}), units=frozenset({"unit-1"}), sees="all")
LATER = T0 + timedelta(days=1)
LONG_AGO = EPOCH + timedelta(microseconds=50)

# With statistics of a table that is not empty, a database that scans does so because it has to.
FILL = f"""
INSERT INTO duban_cases (id, ref, workflow, definition, version, state, data, unit, level, opened_by, opened_at,
    updated_at, closed_at, due_at, due_provisional, audience, head)
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {CASES})
SELECT n, 'ISS-' || n, 'issue', 'd', 1, 'state-' || (n % 7), '{{}}', 'unit-' || (n % 40), 0, 'grid-worker', 0, 0,
    CASE WHEN n % 5 > 0 THEN n END, {to_microseconds(T0)} + n, (1 = 0), '', 'h' FROM numbers;
INSERT INTO duban_history (case_id, seq, kind, event, to_state, actor, at, level, data, salt, data_digest, key,
    definition, hash)
SELECT id, 1, 'start', 'report', state, 'grid-worker', 0, 0, '{{}}', '', '', 'key-' || id, 'd', 'h' FROM duban_cases;
INSERT INTO duban_stopwatches (case_id, deadline, entry, "limit", used, provisional, next_step, next_at, extra)
SELECT id, 'handling', 1, 1, 0, (1 = 0), 0, CASE WHEN id % 50 = 0 THEN due_at END, 0 FROM duban_cases
"""

ASKED: list[tuple[str, Callable[[SqlWriter], Any], str]] = [
    ("the next 500 due", lambda r: r.due_steps(LATER, 500), "ix_duban_stopwatches_next"),
    (
        "the fifty most overdue of a unit",
        lambda r: r.cases(CaseQuery(unit="unit-1", overdue=True, now=LATER, by_due=True), OFFICE),
        "ix_duban_cases_late",
    ),
    (
        "the next fifty of those",
        lambda r: r.cases(CaseQuery(unit="unit-1", by_due=True, after=41, after_due_at=T0), OFFICE),
        "ix_duban_cases_late",
    ),
    ("what is due first", lambda r: r.cases(CaseQuery(by_due=True), OFFICE), "ix_duban_cases_due"),
    ("counts by state and unit", lambda r: r.tallies(OFFICE, LATER), "ix_duban_cases_counts"),
    (
        "a page of a state",
        lambda r: r.cases(CaseQuery(workflow="issue", state="state-1", after=2_000), OFFICE),
        "ix_duban_cases_state",
    ),
    ("a page of a unit", lambda r: r.cases(CaseQuery(unit="unit-1", after=2_000), OFFICE), "ix_duban_cases_unit"),
    ("a case", lambda r: r.case("ISS-42", OFFICE), "ref|sqlite_autoindex_duban_cases"),
    (
        "its history",
        lambda r: r.history(a_case(id=42)),
        "pk_duban_history|sqlite_autoindex_duban_history",
    ),
    ("a key", lambda r: r.row_by_key("key-42", "grid-worker"), "uq_duban_history_key"),
    ("what may be moved", lambda r: r.movable(Movable("issue", LONG_AGO), None, 500), "ix_duban_cases_movable"),
    ("child cases", lambda r: r.children(42), "ix_duban_cases_parent"),
]


@pytest.fixture
def engine(shared_url: str) -> Iterator[Engine]:
    """An engine on a store with cases."""
    engine = create_engine(shared_url)
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                # Or VACUUM cannot know yet that everybody may see the rows, and an index alone would not do.
                connection.exec_driver_sql("SET LOCAL synchronous_commit = on")
            for statement in FILL.split(";"):
                connection.execute(text(statement))
        yield engine
    finally:
        engine.dispose()


def analyse(engine: Engine) -> None:
    """Let the planner know what is in the tables, as PostgreSQL does by itself."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("ANALYZE")
        else:
            for table in ("duban_cases", "duban_history", "duban_stopwatches"):
                connection.exec_driver_sql(f"VACUUM (ANALYZE) {table}")


def plan_of(connection: Connection, sql: str, values: Any = ()) -> str:
    if connection.dialect.name == "sqlite":
        return "\n".join(row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values))
    # A small table is read from end to end because that is cheaper; of a large one it is not.
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    return "\n".join(row[-1] for row in connection.exec_driver_sql(f"EXPLAIN {sql}", values))


def plans(engine: Engine) -> dict[str, str]:
    """How each of what is asked is found, by name."""
    found: dict[str, str] = {}
    heard: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, _context: Any, _many: Any) -> None:
        heard.append((sql, values))

    with closing(SqlStore(engine.url.render_as_string(hide_password=False))) as store, engine.connect() as connection:
        writer = store.join(connection)
        event.listen(engine, "before_cursor_execute", note)
        for name, ask, _ in ASKED:
            heard.clear()
            ask(writer)
            found[name] = plan_of(connection, *heard[-1])
        event.remove(engine, "before_cursor_execute", note)
    return found


def test_what_is_asked_often_goes_by_its_index_and_reads_no_table_from_end_to_end(engine: Engine) -> None:
    found = [plans(engine)] if engine.dialect.name == "sqlite" else []  # before it knows anything of the tables
    analyse(engine)
    found.append(plans(engine))

    for one in found:
        assert {name: one[name] for name, _, index in ASKED if not re.search(index, one[name])} == {}
        assert {name: plan for name, plan in one.items() if SCAN.search(plan)} == {}


def lists() -> Iterator[CaseQuery]:
    """Every list that can be asked for by what cases have in columns of their own."""
    orders: list[dict[str, Any]] = [
        {}, {"open": True}, {"open": False}, {"overdue": True, "now": LATER}, {"overdue": False, "now": LATER},
        {"by_due": True}, {"by_due": True, "overdue": True, "now": LATER},
    ]  # fmt: skip
    for workflow, unit, state, order, after in product(
        (None, "issue"), (None, "unit-1"), (None, "state-1"), orders, ({}, {"after": 2_000, "after_due_at": T0})
    ):
        yield CaseQuery(workflow=workflow, unit=unit, state=state, **order, **after)


def plans_of_lists(engine: Engine) -> dict[str, str]:
    found: dict[str, str] = {}
    dialect, shape = engine.dialect.name, shape_of(OFFICE)
    with engine.connect() as connection:
        for query in lists():
            kind = kind_of(query)
            assert kind is not None
            ready = prepared(listing(dialect, shape, kind), dialect)
            found[repr(query)] = plan_of(connection, ready.sql, ready.bound(values_of(query, OFFICE)))
    return found


def is_sorted(plan: str) -> bool:
    """Whether the database sorts what it found, for which it has to find all of it first."""
    return "TEMP B-TREE" in plan or re.search(r"^ *(->)? *Sort", plan, re.MULTILINE) is not None


def test_no_list_gathers_and_sorts_cases_of_which_it_shows_a_page_but_for_what_is_overdue(engine: Engine) -> None:
    found = [plans_of_lists(engine)]  # before it knows anything of the tables
    analyse(engine)
    found.append(plans_of_lists(engine))

    if engine.dialect.name == "postgresql":
        # It sorts where it knows that there is little to sort, and goes through no table from end to end.
        assert {query: plan for query, plan in found[-1].items() if SCAN.search(plan)} == {}
        return
    for one in found:
        late = {repr(query) for query in lists() if query.overdue and not query.by_due}
        assert {query: plan for query, plan in one.items() if query not in late and is_sorted(plan)} == {}
        assert {query: plan for query, plan in one.items() if "ix_duban_cases_counts" in plan} == {}


def test_a_list_by_data_and_one_to_be_locked_go_the_same_way(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        return  # which takes no hints
    analyse(engine)
    query = CaseQuery(workflow="issue", data={"site": "SITE-1"})
    heard: list[tuple[str, Any]] = []
    with closing(SqlStore(engine.url.render_as_string(hide_password=False))) as store:
        listen = partial(event.listen, store._database.engine, "before_cursor_execute")
        listen(lambda _connection, _cursor, sql, values, _context, _many: heard.append((sql, values)))
        with store.write() as writer:
            assert writer.cases(query, OFFICE) == writer.lock_found(query, OFFICE) == []
    asked = [one for one in heard if "FROM duban_cases" in one[0]]
    with engine.connect() as connection:
        found = [plan_of(connection, *one) for one in asked]
    assert len(found) == 2
    assert all("ix_duban_cases_workflow" in plan and not is_sorted(plan) for plan in found)


def test_that_a_table_is_read_from_end_to_end_would_be_found_out(engine: Engine) -> None:
    with engine.connect() as connection:
        plan = plan_of(connection, "SELECT count(*) FROM duban_cases WHERE updated_at = 7")

    assert SCAN.search(plan)
