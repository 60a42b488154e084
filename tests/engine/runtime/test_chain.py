"""Whatever is changed in the database is found, and where; what was not changed raises no alarm."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.engine.runtime.family import begun, family
from tests.engine.runtime.street import assigned, closed, reported
from tests.engine.runtime.tampering import TAMPERINGS, WATCHES, Tamper

import duban
import duban.testing
from duban.engine.model.case import Broken
from duban.engine.runtime.recalculation import CALENDAR, FIRST_CALENDAR


@pytest.fixture
def street(engine: duban.Engine, clock: duban.testing.FrozenClock) -> duban.Engine:
    """A store with cases in several states, with steps, evidence and keys."""
    engine.migrate()
    reported(engine, key="req-1")
    running = assigned(engine)
    ended = assigned(engine, severity="minor")
    clock.advance("1 working day")
    engine.sweep()
    closed(engine, ended)
    engine.fire(running.ref, "suspend", by="leader", data={"reason": "rain"}, key="req-2")
    engine.fire(running.ref, "resume", by="leader")
    assert engine.verify() == []
    return engine


@pytest.mark.parametrize("seed", range(len(TAMPERINGS)), ids=lambda seed: f"{seed}-{TAMPERINGS[seed].__name__}")
@pytest.mark.asvs("7.3.3")
def test_what_was_tampered_with_is_found_and_located(street: duban.Engine, tmp_path: Path, seed: int) -> None:
    with closing(sqlite3.connect(tmp_path / "street.db")) as connection, connection:
        expected = TAMPERINGS[seed](connection, random.Random(seed))
    connection.close()
    found = street.verify()
    assert found, "nothing was found"
    unreadable = {broken.ref for broken in found if broken.what == "next-case-unreadable"}
    if expected is not None and not unreadable:
        assert expected in {broken.ref for broken in found}
    elif unreadable:
        before = {"ISS-000001": "", "ISS-000002": "ISS-000001", "ISS-000003": "ISS-000002"}
        assert unreadable == {before[expected or ""]}


@pytest.mark.parametrize("tamper", WATCHES, ids=lambda tamper: tamper.__name__)
def test_after_the_calendar_changed_all_of_a_stopwatch_is_compared_but_what_was_used_before(
    street: duban.Engine, tmp_path: Path, tamper: Tamper
) -> None:
    with street.store.write() as writer:
        assert writer.setting(FIRST_CALENDAR) == writer.setting(CALENDAR)
        writer.put_setting(FIRST_CALENDAR, "")
    assert street.verify() == []
    with closing(sqlite3.connect(tmp_path / "street.db")) as connection, connection:
        ref = tamper(connection, random.Random(7))
    connection.close()
    assert {one.ref for one in street.verify()} == (set() if "used" in tamper.__name__ else {ref})


def test_there_are_at_least_sixty_ways() -> None:
    assert len(TAMPERINGS) >= 60


@pytest.mark.parametrize("damage", ["changed", "emptied", "gone"])
def test_a_changed_evidence_file_is_found_at_its_row(street: duban.Engine, tmp_path: Path, damage: str) -> None:
    [file] = [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()]
    file.chmod(0o600)
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(b"" if damage == "emptied" else b"another photograph")
    assert street.verify() == [Broken("ISS-000003", 5, "evidence-differs")]


def test_an_evidence_file_that_the_store_lists_no_more_is_found_before_it_is_removed(
    street: duban.Engine, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "street.db")) as connection, connection:
        connection.execute("DELETE FROM duban_evidence")
    assert street.verify() == [Broken("ISS-000003", 5, "evidence-unlisted")]


def test_a_history_written_anew_from_end_to_end_is_found_by_a_checkpoint(street: duban.Engine, tmp_path: Path) -> None:
    published = street.checkpoint()
    assert street.verify(published=published) == []
    reported(street)
    assert street.verify(published=published) == []
    with closing(sqlite3.connect(tmp_path / "street.db")) as connection, connection:
        for table in ("duban_history", "duban_stopwatches", "duban_outbox"):
            connection.execute(f"DELETE FROM {table} WHERE case_id = 4")
        connection.execute("DELETE FROM duban_cases WHERE id = 4")
        connection.execute("UPDATE duban_references SET last = 3")
    connection.close()
    assert street.verify(published=published) == []
    later = street.checkpoint()
    street.fire("ISS-000001", "assign", by="office", data={"unit": "office"})
    # The last row is cut off, and the case set back to fit: within the database nothing shows.
    head = later["ISS-000001"][1]
    with closing(sqlite3.connect(tmp_path / "street.db")) as connection, connection:
        connection.execute("DELETE FROM duban_history WHERE case_id = 1 AND seq = 2")
        connection.execute("DELETE FROM duban_stopwatches WHERE case_id = 1")
        connection.execute(
            "UPDATE duban_cases SET version = 1, state = 'reported', head = ?, unit = NULL, due_at = NULL,"
            " updated_at = opened_at, data = json_remove(data, '$.unit') WHERE id = 1",
            (head,),
        )
    connection.close()
    moved = {**later, "ISS-000001": (2, "0" * 64), "ISS-000007": (1, head)}
    assert street.verify(published=later) == []
    assert street.verify(published=moved) == [
        Broken("ISS-000001", 2, "published-head-differs"),
        Broken("ISS-000007", None, "case-missing"),
    ]


@pytest.mark.parametrize("seed", range(60))
def test_a_store_that_nobody_touched_raises_no_alarm(
    make: Callable[..., duban.Engine], tmp_path: Path, clock: duban.testing.FrozenClock, seed: int
) -> None:
    chance, engine = random.Random(seed), make(family(tmp_path / "pack"))
    plan, parts = begun(engine, tuple(chance.sample(["office", "roads", "parks"], chance.randint(0, 3))))
    for _ in range(8):
        ref = chance.choice([plan, *parts]).ref
        event, by = chance.choice(
            [("finish", "road-hand"), ("finish", "chief"), ("hold", "chief"), ("resume", "chief"), ("reopen", "chief"),
             ("mention", "park-hand"), ("begin", "clerk")]
        )  # fmt: skip
        try:
            engine.fire(ref, event, by=by, key=chance.choice([None, f"{ref}-{event}"]))
        except duban.DubanError:
            clock.advance(f"{chance.randint(1, 9)} working hours")
            engine.sweep()
    assert engine.verify() == []
    assert engine.verify(published=engine.checkpoint()) == []
