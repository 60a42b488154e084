"""Where the time of a step goes: samples of what the thread was doing, by what was being done for whom.

A timer interrupts the thread some thousand times a second; each sample goes to the first frame, from the inside out,
that belongs to a named part. A statement is told by its verb and its table. What the disk takes is in the commit.
"""

import re
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

EVERY: Final = 0.0004
"""Seconds from one sample to the next."""

PARTS: Final = (
    (re.compile(r"/engine/guards/|cel_expr"), "guards in CEL"),
    (re.compile(r"/engine/interpreter\.py|/transitions/"), "the machine"),
    (re.compile(r"/engine/deadlines/"), "working time and deadlines"),
    (re.compile(r"/engine/runtime/(chain|request)\.py"), "chain: salt, digests, hash"),
    (re.compile(r"/engine/definition/|/runtime/(intake|judge|facts)\.py"), "judging: role, version, data"),
    (
        re.compile(r"/persistence/(prepared|columns|rows|statements|visibility|writer|reader|driving)\.py"),
        "binding values, reading rows",
    ),
    (re.compile(r"/persistence/|/sqlalchemy/"), "transaction, turn of the thread"),
    (re.compile(r"/engine/|/src/duban/"), "planning the rows, the answer"),
)  # fmt: skip
_VERB: Final = re.compile(r"\s*(\w+)(?:.*?\bduban_(\w+))?", re.DOTALL)
_SAID: Final = {
    "SELECT cases": "SQL: the case is read, the key looked up",
    "UPDATE cases": "SQL: guarded UPDATE of the case",
    "INSERT history": "SQL: the history row",
    "INSERT stopwatches": "SQL: the deadline's stopwatch",
    "SELECT stopwatches": "SQL: the stopwatches are read",
    "INSERT outbox": "SQL: the outbox message",
    "BEGIN": "SQL: begin",
    "COMMIT": "SQL: commit, which waits for the disk",
}


class ToldCursor(sqlite3.Cursor):
    """A cursor whose statements can be told apart in a sample."""

    def execute(self, sql: str, *values: Any) -> "ToldCursor":
        """As ``sqlite3`` does; ``sql`` stands in this frame."""
        super().execute(sql, *values)
        return self


class Told(sqlite3.Connection):
    """A connection of such cursors."""

    def cursor(self, *_factory: Any) -> Any:
        """One of those."""
        return super().cursor(ToldCursor)

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """As ``sqlite3`` does; ``sql`` stands in this frame."""
        return super().execute(sql, *values)

    def executemany(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """As ``sqlite3`` does."""
        return super().executemany(sql, *values)

    def commit(self) -> None:
        """As ``sqlite3`` does."""
        sql = "COMMIT"
        super().commit()
        del sql


def part_of(frame: FrameType | None) -> str:
    """The part to which a sample goes."""
    while frame is not None:
        if isinstance(frame.f_locals.get("self"), (Told, ToldCursor)) and "sql" in frame.f_locals:
            return _statement(frame.f_locals["sql"])
        file = frame.f_code.co_filename
        for pattern, name in PARTS:
            if pattern.search(file):
                return name
        frame = frame.f_back
    return "elsewhere"


def _statement(sql: str) -> str:
    found = _VERB.match(sql)
    verb, table = (found[1].upper(), found[2]) if found else ("?", None)
    name = f"{verb} {table}" if table else verb
    return _SAID.get(name, f"SQL: {name}")


@contextmanager
def sampled() -> Iterator[Counter[str]]:
    """Counts of samples by part, filled while the block runs. The main thread only."""
    counts: Counter[str] = Counter()

    def take(_signal: int, frame: FrameType | None) -> None:
        counts[part_of(frame)] += 1

    before = signal.signal(signal.SIGALRM, take)
    signal.setitimer(signal.ITIMER_REAL, EVERY, EVERY)
    try:
        yield counts
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def shares(work: Callable[[], int]) -> dict[str, float]:
    """The seconds of each part in one unit of ``work``, which tells how many units it did."""
    with sampled() as counts:
        began = time.perf_counter()
        units = work()
        taken = time.perf_counter() - began
    total = sum(counts.values()) or 1
    return {name: taken * count / total / units for name, count in counts.items()}
