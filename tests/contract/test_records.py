"""Stopwatches, definitions, settings, evidence, refusals."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, create_engine, text
from tests.contract.samples import EVERYTHING, HOUR, T0, a_stopwatch, started

from duban.engine.model.label import Label
from duban.engine.ports.records import Refusal
from duban.persistence.statements import DUE_STEPS, NEXT_DUE
from duban.persistence.store import SqlStore
from duban.persistence.tables import SCHEMA


def test_stopwatches_are_put_and_replaced_by_deadline(store: SqlStore) -> None:
    case = started(store)
    first, second = a_stopwatch("response"), a_stopwatch("rectification", since=None, due_at=None, next_at=None)
    later = replace(first, entry=2, limit=5, used=3, provisional=True, next_step=1, next_at=T0 + HOUR)
    with store.write() as writer:
        writer.put_stopwatches(case.id, [first, second])
        writer.put_stopwatches(case.id, [later])
        writer.put_stopwatches(case.id, [])
    with store.read() as reader:
        assert reader.stopwatches(case.id) == {"response": later, "rectification": second}
        assert reader.stopwatches(4711) == {}


def test_due_steps_come_by_their_time_and_then_their_case_and_only_when_due(store: SqlStore) -> None:
    for ref, hours in [("a", 2), ("b", 1), ("c", 1), ("d", 3), ("e", None)]:
        case = started(store, ref)
        with store.write() as writer:
            next_at = None if hours is None else T0 + hours * HOUR
            writer.put_stopwatches(case.id, [a_stopwatch(next_at=next_at)])
    with store.read() as reader:
        assert [step.ref for step in reader.due_steps(T0 + 2 * HOUR, 9)] == ["b", "c", "a"]
        assert [step.ref for step in reader.due_steps(T0 + 2 * HOUR, 2)] == ["b", "c"]
        assert reader.due_steps(T0, 9) == []
        (step, *_rest) = reader.due_steps(T0 + HOUR, 9)
        watch = a_stopwatch(next_at=T0 + HOUR)
        found = step.deadline, step.entry, step.next_step, step.next_at
        assert found == (watch.deadline, watch.entry, watch.next_step, watch.next_at)
        assert reader.case_by_id(step.case_id) == reader.case("b", EVERYTHING)
        assert reader.next_due_at() == T0 + HOUR


def test_nothing_is_due_where_no_stopwatch_runs(store: SqlStore) -> None:
    with store.read() as reader:
        assert reader.next_due_at() is None
        assert reader.due_steps(T0, 9) == []


@pytest.mark.parametrize("statement", [DUE_STEPS, NEXT_DUE], ids=["due_steps", "next_due_at"])
def test_what_is_due_is_read_from_the_partial_index_in_its_order(statement: Select[Any], migrated_file: Path) -> None:
    engine = create_engine(f"sqlite:///{migrated_file}")
    with engine.connect() as connection:
        compiled = statement.compile(engine, compile_kwargs={"render_postcompile": True})
        plan = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {compiled}", tuple(1 for _ in compiled.positiontup or ())
        )
        told = " ".join(row[-1] for row in plan)
    engine.dispose()
    assert "ix_duban_stopwatches_next" in told
    assert "TEMP B-TREE" not in told


def test_definitions_are_kept_once_and_told_oldest_first(store: SqlStore) -> None:
    with store.write() as writer:
        writer.add_definition("z", "issue", 1, "source 督办", T0 + HOUR)
        writer.add_definition("a", "issue", 2, "other", T0)
        writer.add_definition("z", "issue", 9, "forged", T0)
    with store.read() as reader:
        assert reader.definition("z") == "source 督办"
        assert reader.definition("unknown") is None
        assert reader.definitions() == [("z", "issue", 1), ("a", "issue", 2)]


def test_a_setting_holds_its_last_value(store: SqlStore) -> None:
    with store.write() as writer:
        writer.put_setting("pack", "civility")
        writer.put_setting("pack", "other")
        assert writer.setting("pack") == "other"
        assert writer.setting("swept_at") is None


def test_evidence_is_noted_by_row_and_field_and_told_once(store: SqlStore) -> None:
    case = started(store)
    with store.write() as writer:
        writer.add_evidence(case.id, 1, [("before", "a" * 64), ("after", "b" * 64), ("after", "b" * 64)])
        writer.add_evidence(case.id, 1, [("after", "b" * 64)])
        writer.add_evidence(case.id, 2, [("after", "a" * 64)])
        writer.add_evidence(case.id, 3, [])
    with store.read() as reader:
        assert reader.evidence_digests() == {"a" * 64, "b" * 64}


@pytest.mark.asvs("5.3.4")
def test_a_refusal_is_written_down_whatever_was_asked_for(store: SqlStore) -> None:
    asked = Refusal(T0, "who\0", "ref\ud800", "\0", "督办\0", "unknown-case", (Label("be\0cause", "理由"),))
    with store.write() as writer:
        writer.add_refusal(asked)
    with store.read() as reader:
        (told,) = reader.refusals(EVERYTHING, 9)
    assert (told.at, told.actor, told.event, told.labels) == (T0, "who�", "督办�", (Label("be�cause", "理由"),))


def test_the_facts_tell_what_a_doctor_asks(store: SqlStore) -> None:
    facts = store.facts()
    assert facts["schema"] == SCHEMA
    assert facts["kind"] in ("sqlite", "postgresql")
    assert facts["url"] == store.url
    assert facts["version"][0].isdigit()


def test_a_file_is_written_through_a_log_and_every_commit_reaches_the_disk(url_of: Callable[[str], str]) -> None:
    store = SqlStore(url_of("sqlite"))
    facts = store.facts()
    store.close()
    assert (facts["journal"], facts["synchronous"], facts["foreign_keys"]) == ("wal", "2", "1")


def test_the_sqlite_library_can_return_what_it_changed() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT sqlite_version() >= '3.35'")).scalar() == 1
    engine.dispose()
