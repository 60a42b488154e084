"""A role that does not own the tables does all of duban's work with the grants of the documentation, and no more."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.contract.conftest import POSTGRESQL
from tests.contract.districts import new_district
from tests.engine.runtime import counting
from tests.engine.runtime.street import written
from tests.engine.runtime.test_erasing import NOTE, SECRET

import duban
import duban.testing


@pytest.fixture(params=[POSTGRESQL], scope="module")
def granted(request: pytest.FixtureRequest, postgres_server: str) -> Iterator[str]:
    """The URL of a store of the working role of a district."""
    with new_district(postgres_server) as district:
        yield district.working


def test_all_work_can_be_done_with_the_grants_that_are_named(granted: str, tmp_path: Path) -> None:
    clock = duban.testing.FrozenClock("2020-11-23T09:30:00+08:00")
    organization = counting.ORGANIZATION.replace("[judge, clerk]", "[judge, clerk, chief]")
    pack = written(tmp_path / "pack", organization, note=NOTE, job=counting.JOB, letter=counting.LETTER)
    with duban.Engine(granted, pack=pack, clock=clock, evidence=tmp_path / "evidence") as engine:
        engine.migrate()
        other = engine.start("note", by="clerk", data={"title": "other"})
        given = {"title": SECRET, "about": other.ref, "who": ["roads"]}
        note = engine.start("note", by="clerk", data=given, evidence={"photo": ("a.txt", SECRET.encode())})
        with pytest.raises(duban.NotPermitted):
            engine.fire(note.ref, "redact", by="clerk")
        engine.fire(note.ref, "redact", by="judge", data={"title": "withheld"})
        for _ in range(3):
            job = engine.start("job", by="clerk", data={"place": "bridge", "kind": "litter"})
        for event, by in (("check", "hand"), ("redo", "clerk"), ("end", "clerk"), ("reopen", "clerk")):
            engine.fire(job.ref, event, by=by)
        engine.fire(job.ref, "seal", by="judge")
        engine.get(job.ref, by="judge")
        clock.advance("9 working days")
        assert engine.sweep().climbed > 0
        assert engine.deliver().delivered > 0
        assert len(engine.readings(job.ref, by="judge")) > 0
        assert engine.verify() == []
        assert engine.fire(note.ref, "close", by="clerk").case.state == "over"


@pytest.mark.parametrize(
    "forbidden",
    [
        "DELETE FROM duban_history",
        "DELETE FROM duban_cases",
        "UPDATE duban_history SET hash = ''",
        "UPDATE duban_history SET actor = 'nobody'",
        "DELETE FROM duban_refusals",
        "UPDATE duban_readings SET actor = 'nobody'",
        "DELETE FROM duban_definitions",
        "UPDATE duban_schema SET version_num = '0001'",
        "TRUNCATE duban_history",
        "DROP TABLE duban_cases",
        "DELETE FROM duban_outbox",
        "DELETE FROM duban_archived_keys",
        "DELETE FROM duban_moving",
        "INSERT INTO duban_archived_keys VALUES (1, 1, 'key', 'nobody')",
        "INSERT INTO duban_moving VALUES (1, 'closed.db')",
        "UPDATE duban_cases SET archive = 'closed.db'",
        "UPDATE duban_cases SET ref = 'other'",
        "UPDATE duban_cases SET workflow = 'other'",
        "UPDATE duban_evidence SET digest = ''",
        "UPDATE duban_erased SET rule = ''",
        "UPDATE duban_notices SET en = 'forged'",
        "UPDATE duban_outbox SET key = ''",
        "UPDATE duban_suspensions SET hash = ''",
        "DELETE FROM duban_suspensions",
        "DELETE FROM duban_stopwatches",
        "DELETE FROM duban_settings",
        "UPDATE duban_survey_plans SET plan = '{}'",
        "DELETE FROM duban_answer_keys",
        "CREATE TABLE mine (id int)",
    ],
)
def test_what_is_not_granted_cannot_be_done(granted: str, forbidden: str) -> None:
    with psycopg.connect(granted) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(forbidden.encode())
