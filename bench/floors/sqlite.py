"""A durable step by hand on the ``sqlite3`` of the standard library.

One transaction: the case is read, the guard is asked, a guarded UPDATE moves it on with its new due time, a history row
goes in with its key and its hash over the row before, and a message goes into the outbox.
"""

import hashlib
import json
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any, Final

from bench.steppers import EVENTS, MOST, STATES, Step, key_of, payload, ref_of

TABLES: Final = """
CREATE TABLE cases (
    id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, state TEXT NOT NULL,
    data TEXT NOT NULL, unit TEXT, level INTEGER NOT NULL, updated_at INTEGER NOT NULL, due_at INTEGER,
    head TEXT NOT NULL
);
CREATE INDEX ix_cases_state ON cases (state, id);
CREATE INDEX ix_cases_unit ON cases (unit, due_at);
CREATE INDEX ix_cases_due ON cases (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE history (
    case_id INTEGER NOT NULL REFERENCES cases (id), seq INTEGER NOT NULL, event TEXT NOT NULL, from_state TEXT,
    to_state TEXT NOT NULL, actor TEXT NOT NULL, at INTEGER NOT NULL, data TEXT NOT NULL, key TEXT UNIQUE,
    hash TEXT NOT NULL, PRIMARY KEY (case_id, seq)
);
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases (id), key TEXT NOT NULL UNIQUE,
    action TEXT NOT NULL, params TEXT NOT NULL, state TEXT NOT NULL, next_at INTEGER
);
CREATE INDEX ix_outbox_next ON outbox (next_at, number) WHERE state = 'waiting';
"""
READ: Final = "SELECT id, version, state, data, head FROM cases WHERE ref = ?"
MOVE: Final = (
    "UPDATE cases SET version = version + 1, state = ?, data = ?, updated_at = ?, due_at = ?, head = ?"
    " WHERE id = ? AND version = ?"
)
ROW: Final = "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
MESSAGE: Final = "INSERT INTO outbox VALUES (NULL, ?, ?, ?, ?, 'waiting', ?)"
FIVE_DAYS: Final = 5 * 86_400_000_000


def connected(file: Path) -> sqlite3.Connection:
    """A connection as duban's: WAL, ``synchronous=FULL``, foreign keys, transactions begun by hand."""
    connection = sqlite3.connect(file, isolation_level=None, timeout=60, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def filled(file: Path, cases: int) -> None:
    """A file with so many cases in ``working``, each with its first row."""
    connection = connected(file)
    connection.executescript(TABLES)
    connection.execute("BEGIN")
    data = json.dumps({"title": "a case", "unit": "unit-0", "amount": 1})
    for number in range(cases):
        head = hashlib.sha256(data.encode()).hexdigest()
        connection.execute(
            "INSERT INTO cases VALUES (?, ?, 1, 'working', ?, 'unit-0', 0, 0, ?, ?)",
            (number + 1, ref_of(number), data, FIVE_DAYS, head),
        )
        connection.execute(ROW, (number + 1, 1, "open", None, "working", "office", 0, data, None, head))
    connection.execute("COMMIT")
    connection.close()


def write(
    connection: sqlite3.Connection, read: tuple[Any, ...], event: str, target: str, brought: dict[str, Any], key: str
) -> None:
    """What a step writes, in the transaction that is open: the case, its row, its message."""
    case_id, version, state, data, head = read
    now = time.time_ns() // 1000
    changes = json.dumps(brought, separators=(",", ":"))
    after = json.dumps({**json.loads(data), **brought}, separators=(",", ":"))
    row = (case_id, version + 1, event, state, target, "office", now, changes, key)
    digest = hashlib.sha256(f"{head}{row}".encode()).hexdigest()
    moved = connection.execute(MOVE, (target, after, now, now + FIVE_DAYS, digest, case_id, version))
    if moved.rowcount != 1:
        raise LookupError("somebody else was first")
    connection.execute(ROW, (*row, digest))
    params = json.dumps({"to": "office", "event": event, "state": target})
    connection.execute(MESSAGE, (case_id, f"{case_id}:{version + 1}", "notify", params, now))


class SqliteFloor:
    """Steps by hand; threads take turns by a lock, which costs less than polling the file's."""

    name = "floor"

    def __init__(self, file: Path, cases: int) -> None:
        self._file = file
        self._turn = threading.Lock()
        self._connections: list[sqlite3.Connection] = []
        filled(file, cases)

    def session(self) -> Step:
        """A connection of its own."""
        connection = connected(self._file)
        self._connections.append(connection)

        def step(number: int, turn: int) -> None:
            event, expected, target = EVENTS[turn % 2], STATES[turn % 2], STATES[(turn + 1) % 2]
            brought = payload(turn)
            with self._turn:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    read = connection.execute(READ, (ref_of(number),)).fetchone()
                    if read[2] != expected or read[1] != turn + 1 or brought["amount"] > MOST:
                        raise ValueError("refused")
                    write(connection, read, event, target, brought, key_of(number, turn))
                except BaseException:
                    connection.execute("ROLLBACK")
                    raise
                connection.execute("COMMIT")

        return step

    def close(self) -> None:
        """Close the connections."""
        for connection in self._connections:
            connection.close()
