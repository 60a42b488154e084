"""A large store by hand: a sweep in batches, the fifty most overdue of a unit, counts, an event on many at once.

Its cases and rows are those of a store of duban, copied, so that both trees of their indexes are as deep.
"""

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from bench.floors.sqlite import MESSAGE, connected

_TABLES: Final = """
CREATE TABLE cases (
    id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, state TEXT NOT NULL,
    data TEXT NOT NULL, unit TEXT, level INTEGER NOT NULL, updated_at INTEGER NOT NULL, closed_at INTEGER,
    due_at INTEGER, next_at INTEGER, next_step INTEGER NOT NULL, head TEXT NOT NULL
);
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
_COPY: Final = """
INSERT INTO cases SELECT id, ref, version, state, data, unit, level, updated_at, closed_at, due_at,
    (SELECT next_at FROM duban.duban_stopwatches WHERE case_id = id), 0, head FROM duban.duban_cases ORDER BY id;
INSERT INTO history SELECT case_id, seq, event, from_state, to_state, actor, at, data, key, hash
    FROM duban.duban_history ORDER BY case_id, seq;
CREATE INDEX ix_cases_unit ON cases (unit, due_at) WHERE closed_at IS NULL AND due_at IS NOT NULL;
CREATE INDEX ix_cases_next ON cases (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX ix_cases_counts ON cases (state, unit, due_at);
ANALYZE;
"""
_DUE: Final = (
    "SELECT id, version, state, level, head, next_at, next_step FROM cases WHERE next_at <= ? ORDER BY next_at LIMIT ?"
)
_CLIMB: Final = (
    "UPDATE cases SET version = ?, level = ?, head = ?, updated_at = ?, next_at = ?, next_step = ?"
    " WHERE id = ? AND version = ?"
)
_IN: Final = "SELECT id, version, data, head FROM cases WHERE id > ? AND state = ? ORDER BY id LIMIT ?"
_MOVE: Final = (
    "UPDATE cases SET version = ?, state = ?, data = ?, head = ?, updated_at = ?, due_at = ?, next_at = ?"
    " WHERE id = ? AND version = ?"
)
_ROW: Final = "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_FIFTY: Final = (
    "SELECT ref, state, data, unit, level, due_at FROM cases"
    " WHERE unit = ? AND closed_at IS NULL AND due_at < ? ORDER BY due_at LIMIT 50"
)
_COUNTS: Final = "SELECT state, unit, count(*), count(*) FILTER (WHERE due_at < ?) FROM cases GROUP BY state, unit"
_DAY: Final = 86_400_000_000
_LEVELS: Final = (1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3)
BATCH: Final = 1_000


class LargeFloor:
    """One connection on a file of its own."""

    def __init__(self, file: Path, source: Path) -> None:
        with closing(sqlite3.connect(file)) as filling:
            filling.execute("PRAGMA journal_mode = OFF")
            filling.execute("PRAGMA synchronous = OFF")
            filling.execute("PRAGMA cache_size = -200000")
            filling.executescript(_TABLES)
            filling.execute("ATTACH ? AS duban", (f"file:{source}",))
            filling.executescript(f"BEGIN; {_COPY} COMMIT;")
        self._connection = connected(file)

    def sweep(self, now: int) -> int:
        """Climb what is due at ``now`` (microseconds), a batch in a transaction; how many. The next is a day later."""
        climbed = 0
        while done := self._batch(now):
            climbed += done
        return climbed

    def _batch(self, now: int) -> int:
        execute, many = self._connection.execute, self._connection.executemany
        execute("BEGIN IMMEDIATE")
        moved, rows, messages = [], [], []
        for case_id, version, state, level, head, due, step in execute(_DUE, (now, BATCH)).fetchall():
            event = f"handling@{step}"
            row = (case_id, version + 1, event, state, state, "scheduler", now, "{}", f"step:{case_id}:{step}")
            digest = hashlib.sha256(f"{head}{row}".encode()).hexdigest()
            risen = max(level, _LEVELS[step])
            moved.append((version + 1, risen, digest, now, due + _DAY, step + 1, case_id, version))
            rows.append((*row, digest))
            params = json.dumps({"to": "office", "event": event, "state": state, "level": risen})
            messages.append((case_id, f"{case_id}:{version + 1}", "notify", params, now))
        if many(_CLIMB, moved).rowcount != len(moved) and moved:
            raise LookupError("somebody else was first")
        many(_ROW, rows)
        many(MESSAGE, messages)
        execute("COMMIT")
        return len(moved)

    def fire(self, event: str, source: str, target: str, brought: dict[str, Any], now: int, key: str) -> int:
        """One event on every case in ``source``, a batch in a transaction; how many."""
        fired, last = 0, 0
        execute, many = self._connection.execute, self._connection.executemany
        changes, due = json.dumps(brought, separators=(",", ":")), now + 5 * _DAY
        params = json.dumps({"to": "office", "event": event, "state": target})
        while True:
            execute("BEGIN IMMEDIATE")
            found = execute(_IN, (last, source, BATCH)).fetchall()
            moved, rows, messages = [], [], []
            for case_id, version, data, head in found:
                row = (case_id, version + 1, event, source, target, "office", now, changes, f"{key}:{case_id}")
                digest = hashlib.sha256(f"{head}{row}".encode()).hexdigest()
                after = json.dumps({**json.loads(data), **brought}, separators=(",", ":"))
                moved.append((version + 1, target, after, digest, now, due, due, case_id, version))
                rows.append((*row, digest))
                messages.append((case_id, f"{case_id}:{version + 1}", "notify", params, now))
            if found and many(_MOVE, moved).rowcount != len(moved):
                raise LookupError("somebody else was first")
            many(_ROW, rows)
            many(MESSAGE, messages)
            execute("COMMIT")
            if not found:
                return fired
            fired, last = fired + len(found), found[-1][0]

    def fifty(self, unit: str, now: int) -> Sequence[Any]:
        """The fifty most overdue of a unit, with their data."""
        found = self._connection.execute(_FIFTY, (unit, now)).fetchall()
        return [(*row[:2], json.loads(row[2]), *row[3:]) for row in found]

    def counts(self, now: int) -> Sequence[Any]:
        """How many there are of each state and unit, and how many of those are overdue."""
        return self._connection.execute(_COUNTS, (now,)).fetchall()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
