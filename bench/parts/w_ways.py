"""W: ways to a faster step on SQLite that could be taken without giving up a promise, each against duban as it is."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import event

from bench.measuring import Figure, interleaved
from bench.peers.engine import Duban
from bench.plan import Plan
from bench.steppers import Rounds

WAYS: Final[dict[str, Sequence[str]]] = {
    "as it is": (),
    "as it is, again": (),
    "without the index of counts": ("DROP INDEX ix_duban_cases_counts",),
    "without the index of states": ("DROP INDEX ix_duban_cases_state",),
    "without the index of units": ("DROP INDEX ix_duban_cases_unit",),
    "without the index of due times": ("DROP INDEX ix_duban_cases_due", "DROP INDEX ix_duban_cases_late"),
    "without the index of the outbox": ("DROP INDEX ix_duban_outbox_next",),
    "pages of 8 KiB": ("PRAGMA journal_mode = DELETE", "PRAGMA page_size = 8192", "VACUUM"),
}
"""What is done to the file once; the next connection puts it back into WAL."""

PRAGMAS: Final[dict[str, str]] = {
    "a checkpoint every 4,000 pages": "PRAGMA wal_autocheckpoint = 4000",
    "foreign keys not checked": "PRAGMA foreign_keys = OFF",
    "the file mapped into memory": "PRAGMA mmap_size = 268435456",
    "temporary tables in memory": "PRAGMA temp_store = MEMORY",
}
"""What is said on each connection. To check no foreign keys would give up a promise; it tells what that one costs."""


def ways(plan: Plan) -> Iterator[Figure]:
    """One figure. Twice as it is tells how much of a difference is chance."""
    with ExitStack() as stack:
        rivals = {}
        for name in (*WAYS, *PRAGMAS):
            file = plan.places.file("way")
            stepper = stack.enter_context(closing(Duban(f"sqlite:///{file}", plan.steps)))
            _prepare(stepper, file, WAYS.get(name, ()), PRAGMAS.get(name))
            rivals[name] = Rounds(stepper, plan.steps, 1, time.thread_time)
        taken = interleaved(rivals, plan.rounds)
    yield Figure("W", "the processor's part of one durable step, SQLite, by other ways", taken, {"unit": "step"})


def _prepare(stepper: Duban, file: Path, once: Sequence[str], always: str | None) -> None:
    stepper.engine.close()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for command in once:
            connection.execute(command)
    if always is None:
        return
    database: Any = vars(stepper.engine.store)["_database"]

    @event.listens_for(database.engine, "connect")
    def connected(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute(always)
