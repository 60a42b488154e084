"""A store that is gone for a while: the scheduler comes back by itself, and the doctor says so while it lasts."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
from tests.faults import errands
from tests.faults.running import Running, document
from tests.postgres import Server

import duban
import duban.testing
from duban.engine.runtime.operations import Operations
from duban.persistence.tables import metadata

IMPATIENT = [] if errands.FULL else ["impatient"]
LOCKED = 60 if errands.FULL else 0
"""Seconds for which a store stays locked, at least three ticks; in the long run everybody waits as long as always."""

EVERY = "1"
"""Seconds between two ticks. The scheduler runs on the clock of the machine, so that the doctor can tell its age."""


class Watched:
    """A store with a scheduler on it, and the doctor who looks at both."""

    def __init__(self, url: str, pack: Path, heartbeat: Path) -> None:
        self.url, self.pack, self.heartbeat = url, pack, heartbeat
        # What begins a month ago is due by now.
        self.clock = duban.testing.FrozenClock(datetime.now(UTC) - timedelta(days=30))
        with self.engine() as engine:
            engine.migrate()
            engine.sweep()
        self.scheduler = Running("scheduler", url, str(pack), "now", EVERY, str(heartbeat), *IMPATIENT)

    def engine(self) -> duban.Engine:
        """An engine a month ago."""
        return duban.Engine(self.url, pack=self.pack, clock=self.clock)

    def doctor(self) -> dict[str, Any]:
        """What ``duban doctor`` says, in words and with its exit code."""
        code, told = document("doctor", self.url, *IMPATIENT)
        assert (code, told["healthy"]) == ((0, True) if told["warnings"] == [] else (1, False))
        return told

    def fails(self, ticks: int = 2, seconds: float = 0) -> None:
        """Return when so many ticks have failed for the store, and for so long."""
        until = time.monotonic() + seconds
        while ticks > 0 or time.monotonic() < until:
            ticks -= 1
            assert self.scheduler.until("scheduler.failed")["kind"] == "store"

    def recovers(self) -> dict[str, Any]:
        """The first good tick after an outage: within two ticks, apart from one that was under way at its end."""
        for _ in range(3):
            line = self.scheduler.until(lambda line: line["event"] in ("scheduler.tick", "scheduler.failed"))
            if line["event"] == "scheduler.tick":
                return line
        raise AssertionError(f"two ticks, and it has not recovered: {self.scheduler.told[-5:]}")

    def ends_well(self, ref: str) -> None:
        """Everything is as if there had been no outage."""
        assert self.doctor()["warnings"] == []
        self.scheduler.process.send_signal(signal.SIGTERM)
        assert self.scheduler.until("summary")["climbed"] == 3
        assert self.scheduler.ended() == 0
        with self.engine() as engine:
            assert [row.event for row in engine.history(ref, by="clerk")][1:] == [
                f"work@{one}" for one in errands.POINTS
            ]
            assert engine.verify() == []


Watch = Callable[[str], Watched]


@pytest.fixture
def watch(errand_pack: Path, tmp_path: Path) -> Iterator[Watch]:
    """Sets a scheduler on a store, and waits until it has swept."""
    with ExitStack() as stack:

        def watched(url: str) -> Watched:
            found = Watched(url, errand_pack, tmp_path / "heartbeat")
            stack.enter_context(found.scheduler)
            found.scheduler.says("go")
            found.scheduler.until("scheduler.tick")
            assert found.doctor()["warnings"] == []
            return found

        yield watched


def begun(operations: Operations) -> str:
    """An errand with three steps due."""
    return operations.start("errand", by="clerk", data={"speed": "quick"}).ref


@contextmanager
def locked(engine: duban.Engine, kind: str, mode: str) -> Iterator[str]:
    """Nobody else can write while the block lasts, or in the mode ``ACCESS EXCLUSIVE`` read; an errand that begins.

    The lock of SQLite is that of any write. PostgreSQL is locked table by table, as by somebody who changes them.
    """
    if kind == "sqlite":
        with engine.batch() as batch:
            yield begun(batch)
        return
    host = create_engine(engine.store.url.replace("postgresql:", "postgresql+psycopg:"))
    with Session(host) as session:
        ref = begun(engine.bind(session))
        session.execute(text(f"LOCK TABLE {', '.join(sorted(metadata.tables))} IN {mode} MODE"))
        yield ref
        session.commit()
    host.dispose()


@pytest.mark.parametrize(
    ("kind", "mode"), [("sqlite", ""), ("postgresql", "EXCLUSIVE"), ("postgresql", "ACCESS EXCLUSIVE")]
)
def test_a_store_that_stays_locked(watch: Watch, url: str, kind: str, mode: str) -> None:
    watched = watch(url)
    with watched.engine() as engine, locked(engine, kind, mode) as ref:
        watched.fails(ticks=3, seconds=LOCKED)
        beat = watched.heartbeat.stat().st_mtime_ns
        told = watched.doctor()
        assert ("locked" if kind == "sqlite" else "stayed busy") in told["warnings"][0]
        if mode != "ACCESS EXCLUSIVE":
            # Without a look at the store nobody can tell when it was last swept.
            assert told["sweep"]["age_seconds"] >= 2
            assert "every 1 seconds" in told["warnings"][1]
        watched.fails(ticks=1)
        assert watched.heartbeat.stat().st_mtime_ns == beat
        watched.scheduler.drained()
    assert watched.recovers()["climbed"] == 3
    assert watched.heartbeat.stat().st_mtime_ns > beat
    watched.ends_well(ref)


def test_a_file_that_is_moved_away_and_back(watch: Watch, tmp_path: Path) -> None:
    here, away = tmp_path / "here", tmp_path / "away"
    here.mkdir()
    away.mkdir()
    watched = watch(f"sqlite:///{here / 'street.db'}")
    with watched.engine() as engine:
        ref = begun(engine)
    watched.scheduler.until("step.climbed")
    # The file itself goes first and comes last: without it nobody looks at the others.
    files = [f"street.db{ending}" for ending in ("", "-wal", "-shm") if (here / f"street.db{ending}").exists()]
    for file in files:
        (here / file).rename(away / file)
    watched.fails()
    assert len(watched.doctor()["warnings"]) == 1
    for file in reversed(files):
        (away / file).rename(here / file)
    watched.scheduler.drained()
    watched.recovers()
    watched.ends_well(ref)


def test_a_server_that_stops_and_starts(watch: Watch) -> None:
    with Server() as server:
        watched = watch(server.url)
        with watched.engine() as engine:
            ref = begun(engine)
        watched.scheduler.until("step.climbed")
        server.stop()
        watched.fails()
        assert len(watched.doctor()["warnings"]) == 1
        watched.scheduler.drained()
        server.start()
        watched.recovers()
        watched.ends_well(ref)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_scheduler_that_was_killed_is_missed_and_the_next_one_goes_on(watch: Watch, url: str, kind: str) -> None:
    watched = watch(url)
    watched.scheduler.process.send_signal(signal.SIGKILL)
    assert watched.scheduler.ended() == -signal.SIGKILL
    with watched.engine() as engine:
        ref = begun(engine)
    until = time.monotonic() + 30
    while not (warnings := watched.doctor()["warnings"]):
        assert time.monotonic() < until
    assert "nobody sweeps" in warnings[0]
    following = watch(url)
    assert [line["climbed"] for line in following.scheduler.told if line["event"] == "scheduler.tick"] == [3]
    following.ends_well(ref)
