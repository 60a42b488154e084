"""What counts are counted from, and which cases refer to which: kept, counted, forgotten, found by their index."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event
from tests.contract.samples import EVERYTHING, HOUR, T0, a_row, started, undone, undone_part

from duban.engine.model.case import Case
from duban.engine.model.scope import Scope
from duban.persistence import statements
from duban.persistence.store import SqlStore
from duban.persistence.visibility import shape_of

RULE, SUBJECT = "issue.reworks", "ISS-000001"


def noted(store: SqlStore, case: Case, *hours: int, rule: str = RULE, subject: str = SUBJECT) -> None:
    """Let it happen to the subject in this case, so many hours after ``T0`` each time."""
    with store.write() as writer:
        for seq, hour in enumerate(hours, 1):
            writer.add_occurrence(rule, subject, T0 + hour * HOUR, case.id, seq)


def often(store: SqlStore, since: datetime | None = None, rule: str = RULE, subject: str = SUBJECT) -> int:
    """How often it happened to the subject."""
    with store.read() as reader:
        return reader.count_occurrences(rule, subject, since)


def latest(store: SqlStore, scope: Scope = EVERYTHING, **wanted: Any) -> str | None:
    """The reference of the case in which it happened last."""
    given = {"rule": RULE, "subject": SUBJECT, "since": None, "audience": (), "other_than": None, **wanted}
    with store.read() as reader:
        found = reader.latest_occurrence(scope=scope, **given)
    return found.ref if found else None


def test_occurrences_are_counted_by_rule_and_subject(store: SqlStore) -> None:
    case = started(store)
    noted(store, case, 1, 2, 3)
    noted(store, case, 4, subject="another")
    noted(store, case, 4, 5, rule="issue.returns")
    assert (often(store), often(store, subject="another"), often(store, rule="issue.returns")) == (3, 1, 2)
    assert often(store, rule="never") == 0


def test_what_happened_at_the_beginning_of_the_window_counts_and_what_was_before_does_not(store: SqlStore) -> None:
    noted(store, started(store), 1, 2, 3)
    assert often(store, T0 + 2 * HOUR) == 2
    assert often(store, T0 + 2 * HOUR + timedelta(microseconds=1)) == 1


def test_the_same_row_is_counted_once(store: SqlStore) -> None:
    case = started(store)
    noted(store, case, 1)
    noted(store, case, 1)
    assert often(store) == 1


def test_forgetting_begins_anew_for_the_named_rules_of_one_subject_only(store: SqlStore) -> None:
    case = started(store)
    for rule, subject in [(RULE, SUBJECT), (f"{RULE}@3", SUBJECT), (RULE, "other"), ("issue.returns", SUBJECT)]:
        noted(store, case, 1, rule=rule, subject=subject)
    with store.write() as writer:
        writer.forget_occurrences([RULE, f"{RULE}@3"], SUBJECT)
    assert (often(store), often(store, rule=f"{RULE}@3")) == (0, 0)
    assert (often(store, subject="other"), often(store, rule="issue.returns")) == (1, 1)


def test_what_is_rolled_back_was_neither_counted_nor_forgotten(store: SqlStore) -> None:
    case = started(store)
    noted(store, case, 1)
    with undone(store) as writer:
        writer.add_occurrence(RULE, SUBJECT, T0, case.id, 9)
        writer.forget_occurrences([RULE], SUBJECT)
    with store.write() as writer, undone_part(writer):
        writer.add_occurrence(RULE, SUBJECT, T0, case.id, 9)
    assert often(store) == 1


def test_the_latest_case_is_the_one_in_which_it_happened_last_not_the_one_that_began_last(store: SqlStore) -> None:
    old, new = started(store, "ISS-1"), started(store, "ISS-2")
    noted(store, new, 1)
    noted(store, old, 2)
    assert latest(store) == "ISS-1"
    assert latest(store, other_than=old.id) == "ISS-2"
    assert latest(store, since=T0 + 2 * HOUR, other_than=old.id) is None
    assert latest(store, subject="another") is None


def test_of_two_at_the_same_moment_the_case_that_began_later_is_the_latest(store: SqlStore) -> None:
    noted(store, started(store, "ISS-1"), 1)
    noted(store, started(store, "ISS-2"), 1)
    assert latest(store) == "ISS-2"


def test_a_hidden_case_is_passed_over_for_the_latest_one_that_is_seen(store: SqlStore) -> None:
    clerk, judge = (Scope(role, frozenset({role}), "all") for role in ("clerk", "judge"))
    for hour, (ref, audience, unit) in enumerate(
        [("ISS-1", (), "roads"), ("ISS-2", (), "parks"), ("ISS-3", ("judge",), "roads")]
    ):
        noted(store, started(store, ref, audience=audience, unit=unit), hour)
    assert latest(store, clerk) == "ISS-2"
    assert latest(store, Scope("hand", frozenset({"hand"}), "unit", frozenset({"roads"}))) == "ISS-1"
    assert latest(store, judge, audience=("judge",)) == "ISS-3"
    assert latest(store, audience=("judge",)) == "ISS-3"
    # Who sees the other case can see this one as well: a public case is not linked to a confidential one.
    assert latest(store, judge) == latest(store) == latest(store, audience=("clerk", "judge")) == "ISS-2"


def test_open_cases_that_refer_to_one_are_found_by_field_oldest_first(store: SqlStore) -> None:
    first, second, third = (started(store, ref) for ref in ("ISS-1", "ISS-2", "ISS-3"))
    other, done = started(store, "REP-1", workflow="report"), started(store, "ISS-4", closed_at=T0)
    with store.write() as writer:
        for case in (second, first, other, done):
            writer.put_links(case.id, "master", ["ISS-9"])
        writer.put_links(third.id, "earlier", ["ISS-9"])
    with store.read() as reader:
        assert [case.ref for case in reader.referring("ISS-9", "issue", "master")] == ["ISS-1", "ISS-2"]
        assert [case.ref for case in reader.referring("ISS-9", "report", "master")] == ["REP-1"]
        assert reader.referring("ISS-8", "issue", "master") == []
        assert reader.referring("ISS-9", "issue", "seen") == []


def test_links_of_a_field_replace_those_before(store: SqlStore) -> None:
    case = started(store, "ISS-1")
    with store.write() as writer:
        writer.put_links(case.id, "others", ["ISS-2", "ISS-3", "ISS-3"])
        writer.put_links(case.id, "master", ["ISS-2"])
        writer.put_links(case.id, "others", ["ISS-4"])
    with store.read() as reader:
        found = {ref: [c.ref for c in reader.referring(ref, "issue", "others")] for ref in ("ISS-2", "ISS-3", "ISS-4")}
        assert found == {"ISS-2": [], "ISS-3": [], "ISS-4": ["ISS-1"]}
        assert [c.ref for c in reader.referring("ISS-2", "issue", "master")] == ["ISS-1"]
    with store.write() as writer:
        writer.put_links(case.id, "master", [])
    with store.read() as reader:
        assert reader.referring("ISS-2", "issue", "master") == []


def test_the_opening_event_is_the_one_of_the_first_row(store: SqlStore) -> None:
    first, second = started(store, "ISS-1"), started(store, "ISS-2")
    with store.write() as writer:
        writer.add_row(first.id, a_row(first, 2, event="assign"))
    with store.read() as reader:
        assert reader.opening_events([first.id, second.id, 4711]) == {first.id: "report", second.id: "report"}
        assert reader.opening_events([]) == {}


STATEMENTS = [
    ("duban_occurrences", statements.COUNT_OCCURRENCES),
    ("duban_occurrences", statements.latest_occurrence("sqlite", shape_of(EVERYTHING))),
    ("duban_occurrences", statements.FORGET_OCCURRENCES),
    ("duban_links_target", statements.REFERRING),
    ("duban_links", statements.DROP_LINKS),
    ("duban_history", statements.OPENING_EVENTS),
]
KEYS = {
    "duban_occurrences": "duban_occurrences USING PRIMARY KEY (rule=? AND subject=?",
    "duban_links_target": "duban_links USING COVERING INDEX ix_duban_links_target (target=? AND field=?",
    "duban_links": "duban_links USING PRIMARY KEY (case_id=? AND field=?",
    "duban_history": "duban_history USING INDEX",
}
VALUES = {
    "rule": "r", "subject": "s", "since": T0, "other_than": 0, "own_audience": (), "rules": ["r"], "of_subject": "s",
    "wanted": "ISS-1", "of_workflow": "issue", "in_field": "master", "of_case": 1, "cases": [1],
}  # fmt: skip


def plan(url: str, statement: Any, explain: str) -> str:
    """How a database says that it carries out a statement, run as the store runs it."""
    engine, sent = create_engine(url), list[tuple[str, Any]]()
    event.listen(engine, "before_cursor_execute", lambda _c, _r, words, values, *_more: sent.append((words, values)))
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            # With few rows a scan is cheaper, so it is asked which index can be used, not which is.
            connection.exec_driver_sql("SET enable_seqscan = off")
        connection.execute(statement, {name: VALUES[name] for name in statement.compile().params if name in VALUES})
        words, values = sent[-1]
        told = "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {words}", values))
        connection.rollback()
    engine.dispose()
    return told


@pytest.mark.parametrize(("table", "statement"), STATEMENTS)
def test_sqlite_finds_occurrences_and_links_by_their_key(table: str, statement: Any, migrated_file: Path) -> None:
    told = plan(f"sqlite:///{migrated_file}", statement, "EXPLAIN QUERY PLAN")
    assert KEYS[table] in told
    assert f"SCAN {table.removesuffix('_target')}" not in told


@pytest.mark.xdist_group("postgresql")
@pytest.mark.parametrize(
    ("index", "statement"),
    [
        ("pk_duban_occurrences", statements.COUNT_OCCURRENCES),
        ("pk_duban_occurrences", statements.latest_occurrence("postgresql", shape_of(EVERYTHING))),
        ("pk_duban_occurrences", statements.FORGET_OCCURRENCES),
        ("ix_duban_links_target", statements.REFERRING),
        ("duban_links", statements.DROP_LINKS),
    ],
)
def test_postgresql_finds_occurrences_and_links_by_their_key(
    index: str, statement: Any, migrated_postgres: str
) -> None:
    told = plan(migrated_postgres.replace("postgresql://", "postgresql+psycopg://"), statement, "EXPLAIN")
    assert index in told
    assert "Seq Scan on duban_occurrences" not in told
    assert "Seq Scan on duban_links" not in told
