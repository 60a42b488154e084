"""Killed before each step of moving histories to an archive, or back: each is whole in one place, and once."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.engine.runtime import shelf
from tests.engine.runtime.street import MONDAY
from tests.faults import movers
from tests.faults.errands import FULL
from tests.faults.running import Running, _environment
from tests.faults.test_every_step import told_with

import duban
import duban.testing
from duban.engine.model.case import HistoryRow

NOTES = 2
EVERY = {"sqlite": 4, "postgresql": 6}
"""Of the steps that write or end something, one of so many is taken in the short run."""


class Movers(Running):
    """Children of ``tests/faults/movers.py``."""

    def __init__(self, url: str, pack: Path) -> None:
        command = [sys.executable, movers.__file__, url, str(pack)]
        self._began(subprocess.Popen(command, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        self.until("ready")

    def done(self, work: str, refs: list[str]) -> dict[str, Any]:
        """What the work came to, and its steps."""
        self.says(json.dumps([work, refs, None]))
        told = self.until("done")
        assert self.until("ended")["code"] == 0
        return told

    def killed(self, work: str, refs: list[str], last: int) -> None:
        """Return when a child was killed before that step."""
        self.says(json.dumps([work, refs, last]))
        assert self.line() == {"event": "ended", "code": -signal.SIGKILL}


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


@pytest.fixture
def notes_pack(tmp_path: Path) -> Path:
    """The pack of notes."""
    return shelf.pack(tmp_path / "notes")


@pytest.fixture
def notes(url: str, notes_pack: Path) -> Iterator[duban.Engine]:
    """An engine on notes, on the day on which they end."""
    clock = duban.testing.FrozenClock(MONDAY)
    with duban.Engine(url, pack=notes_pack, clock=clock, evidence=notes_pack / "evidence") as engine:
        engine.migrate()
        engine.store.archives.name_for(2020)
        yield engine


Told = dict[str, list[HistoryRow]]


def taken(steps: list[str], kind: str) -> list[int]:
    """The steps before which somebody is killed, by number: all of them in the long run."""
    if FULL:
        return list(range(len(steps)))
    words = ("INSERT", "UPDATE", "DELETE", "COMMIT")
    writing = [number for number, step in enumerate(steps) if step.split()[0] in words]
    return [*writing[:: EVERY[kind]], len(steps) - 1]


def finished(engine: duban.Engine, number: int) -> Told:
    """Notes that may be moved, with their histories. They ended in a year of their own: each has a new archive."""
    engine.world.clock.move_to(f"{1850 + number}-11-23T09:30:00+08:00")  # type: ignore[attr-defined]
    refs = [shelf.finished(engine, f"{number}-{one}", key=f"{number}-{one}") for one in range(NOTES)]
    return {ref: engine.history(ref, by="clerk") for ref in refs}


def whole(engine: duban.Engine, told: Told) -> None:
    """Each history is as it was, in the store or in the archive that its case names, and everything holds."""
    for ref, rows in told.items():
        assert engine.history(ref, by="clerk") == rows
    assert engine.verify() == []
    assert len({(row.key, row.actor) for rows in told.values() for row in rows if row.key}) == 2 * NOTES


def lying(engine: duban.Engine) -> tuple[set[int], set[int], set[int]]:
    """Which cases have rows in the store, which in archives, and which are noted as on their way."""
    store = engine.store
    with store._database.reading() as connection:  # type: ignore[attr-defined]
        here = set(connection.execute(text("SELECT DISTINCT case_id FROM duban_history")).scalars())
        moving = set(connection.execute(text("SELECT case_id FROM duban_moving")).scalars())
    away: set[int] = set()
    folder = store._files.folder  # type: ignore[attr-defined]
    for file in sorted(folder.glob("*.db")) if folder.is_dir() else ():
        with store._files.database(file.name).reading() as connection:  # type: ignore[attr-defined]
            found = [
                set(connection.execute(text(f"SELECT DISTINCT {column} FROM {table}")).scalars())
                for table, column in (("duban_cases", "id"), ("duban_history", "case_id"), ("duban_outbox", "case_id"))
            ]
        assert found[0] == found[1] == found[2]
        away |= found[0]
    return here, away, moving


def each_in_one_place(engine: duban.Engine) -> None:
    """Nothing lies twice, nothing is on its way any more."""
    here, away, moving = lying(engine)
    assert here & away == set()
    assert moving == set()


def no_message_is_lost(engine: duban.Engine, refs: list[str]) -> None:
    """What was delivered is noted where the history lies: two messages a note."""
    done = [message.key for message in engine.messages(by="system", state="done", limit=100_000)]
    assert len(done) == len(set(done))
    for ref in refs:
        count = sum(key.startswith(f"{ref}:") for key in done)
        assert count == (2 if engine.get(ref, by="clerk").archive is None else 0)


def test_whoever_is_killed_at_moving_loses_nothing_and_leaves_nothing_twice(
    notes: duban.Engine, url: str, notes_pack: Path, kind: str, record_property: Any
) -> None:
    with Movers(url, notes_pack) as children:
        dry = children.done("move", list(finished(notes, -1)))
        steps = dry["steps"]
        assert dry["came_to"] == NOTES
        assert {"INSERT duban_moving", "INSERT duban_history", "DELETE duban_history", "UPDATE duban_cases"} <= {*steps}
        record_property("steps", len(steps))
        for number in taken(steps, kind):
            with told_with(f"step {number} of {len(steps)}: {steps[number]}"):
                told = finished(notes, number)
                children.killed("move", list(told), number)
                whole(notes, told)
                no_message_is_lost(notes, list(told))
                children.done("move", list(told))
                whole(notes, told)
                each_in_one_place(notes)
                assert all(notes.get(ref, by="clerk").archive for ref in told)
                no_message_is_lost(notes, list(told))


def test_whoever_is_killed_at_bringing_back_loses_nothing_and_leaves_nothing_twice(
    notes: duban.Engine, url: str, notes_pack: Path, kind: str, record_property: Any
) -> None:
    with Movers(url, notes_pack) as children:

        def moved(number: int) -> Told:
            told = finished(notes, number)
            children.done("move", list(told))
            return told

        dry = children.done("bring_back", list(moved(-1)))
        steps = dry["steps"]
        assert dry["came_to"] == NOTES
        assert {"INSERT duban_moving", "DELETE duban_history", "DELETE duban_archived_keys"} <= {*steps}
        record_property("steps", len(steps))
        for number in taken(steps, kind):
            with told_with(f"step {number} of {len(steps)}: {steps[number]}"):
                told = moved(number)
                children.killed("bring_back", list(told), number)
                whole(notes, told)
                no_message_is_lost(notes, list(told))
                children.done("bring_back", list(told))
                whole(notes, told)
                notes.store.archives.settle()
                each_in_one_place(notes)
                assert not any(notes.get(ref, by="clerk").archive for ref in told)
                no_message_is_lost(notes, list(told))
