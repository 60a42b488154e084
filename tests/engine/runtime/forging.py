"""Forgers: they change a store and make everything within it fit again, chains included, with duban's own code.

Nothing in the database tells of it. A checkpoint that was kept elsewhere does.
"""

import dataclasses
import json
import random
import sqlite3
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import duban
from duban.engine.model.case import Case, HistoryRow
from duban.engine.runtime.chain import digest_data, hash_row, micros
from duban.engine.runtime.record import replayed

Forge = Callable[[duban.Engine, sqlite3.Connection, random.Random], str]
"""Changes the store and tells the reference of a case at which that must be found."""


def _whole(engine: duban.Engine, ref: str) -> tuple[Case, list[HistoryRow]]:
    with engine.store.read() as reader:
        case = next(case for case in reader.all_cases() if case.ref == ref)
        return case, reader.history(case)


def _some(engine: duban.Engine, chance: random.Random, least: int = 1) -> tuple[Case, list[HistoryRow]]:
    with engine.store.read() as reader:
        refs = [case.ref for case in reader.all_cases() if case.version >= least]
    return _whole(engine, chance.choice(refs))


def _chained(case: Case, rows: Sequence[HistoryRow]) -> list[HistoryRow]:
    """The rows with digests and hashes worked out anew."""
    before, done = "", []
    for seq, given in enumerate(rows, 1):
        row = dataclasses.replace(given, ref=case.ref, seq=seq, data_digest=digest_data(given.salt, given.data))
        row = dataclasses.replace(row, hash=hash_row(row, before, case))
        before = row.hash
        done.append(row)
    return done


def _written(engine: duban.Engine, connection: sqlite3.Connection, case: Case, rows: Sequence[HistoryRow]) -> None:
    """Put a history in place of a case's own, and set the columns of the case to what it says."""
    with engine.store.read() as reader:
        workflow = engine.world.definitions.pinned(case.definition, reader).workflow
    after = replayed(case, workflow, rows)
    connection.execute("DELETE FROM duban_history WHERE case_id = ?", (case.id,))
    for row in rows:
        connection.execute(
            "INSERT INTO duban_history (case_id, seq, kind, event, from_state, to_state, actor, post, unit, at, level,"
            " data, salt, data_digest, key, request, definition, hash) VALUES (" + ", ".join("?" * 18) + ")",
            (case.id, row.seq, row.kind, row.event, row.from_state, row.to_state, row.actor, row.post, row.unit,
             micros(row.at), row.level, _json(row.data), row.salt, row.data_digest, row.key, row.request,
             row.definition, row.hash),
        )  # fmt: skip
    closed_at = None if after.closed_at is None else micros(after.closed_at)
    connection.execute(
        "UPDATE duban_cases SET version = ?, state = ?, data = ?, unit = ?, level = ?, opened_by = ?, opened_at = ?,"
        " updated_at = ?, closed_at = ?, head = ? WHERE id = ?",
        (after.version, after.state, _json(after.data), after.unit, after.level, after.opened_by,
         micros(after.opened_at), micros(after.updated_at), closed_at, after.head, case.id),
    )  # fmt: skip


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def retold(engine: duban.Engine, connection: sqlite3.Connection, chance: random.Random) -> str:
    """What a case was about reads differently from the beginning."""
    case, rows = _some(engine, chance)
    first = dataclasses.replace(rows[0], data={**rows[0].data, "title": f"Nothing to see {chance.random()}"})
    _written(engine, connection, case, _chained(case, [first, *rows[1:]]))
    return case.ref


def backdated(engine: duban.Engine, connection: sqlite3.Connection, chance: random.Random) -> str:
    """Somebody was in time after all."""
    case, rows = _some(engine, chance, 2)
    moved = [dataclasses.replace(row, at=row.at - timedelta(minutes=chance.randint(1, 600))) for row in rows[:1]]
    _written(engine, connection, case, _chained(case, [*moved, *rows[1:]]))
    return case.ref


def signed_by_another(engine: duban.Engine, connection: sqlite3.Connection, chance: random.Random) -> str:
    """It was somebody else."""
    case, rows = _some(engine, chance)
    at = chance.randrange(len(rows))
    changed = [dataclasses.replace(row, actor="leader") if n == at else row for n, row in enumerate(rows)]
    if rows[at].actor == "leader":
        changed[at] = dataclasses.replace(rows[at], actor="office")
    _written(engine, connection, case, _chained(case, changed))
    return case.ref


def with_another_photograph(engine: duban.Engine, connection: sqlite3.Connection, chance: random.Random) -> str:
    """Evidence is exchanged for another file, which is kept properly, and the history refers to that."""
    with engine.store.read() as reader:
        holding = [case.ref for case in reader.all_cases() if "photo_after" in case.data]
    case, rows = _whole(engine, chance.choice(holding))
    digest, size = engine.world.evidence.put(f"another {chance.random()}".encode(), max_bytes=1_000)
    item = [{"hash": digest, "name": "after.jpg", "size": size}]
    changed = [
        dataclasses.replace(row, data={**row.data, "photo_after": item}) if "photo_after" in row.data else row
        for row in rows
    ]
    _written(engine, connection, case, _chained(case, changed))
    connection.execute("UPDATE duban_evidence SET digest = ? WHERE case_id = ?", (digest, case.id))
    return case.ref


def cut(engine: duban.Engine, connection: sqlite3.Connection, chance: random.Random) -> str:
    """The last row never was."""
    case, rows = _some(engine, chance, 2)
    _written(engine, connection, case, rows[:-1])
    connection.execute("DELETE FROM duban_stopwatches WHERE case_id = ?", (case.id,))
    connection.execute("UPDATE duban_cases SET due_at = NULL, due_provisional = 0 WHERE id = ?", (case.id,))
    return case.ref


def exchanged(engine: duban.Engine, connection: sqlite3.Connection, chance: random.Random) -> str:
    """Two cases take each other's history."""
    with engine.store.read() as reader:
        refs = [case.ref for case in reader.all_cases()]
    (one, rows), (other, others) = (_whole(engine, ref) for ref in chance.sample(refs, 2))
    keyless = [[dataclasses.replace(row, key=None, request=None) for row in each] for each in (rows, others)]
    _written(engine, connection, one, _chained(one, keyless[1]))
    _written(engine, connection, other, _chained(other, keyless[0]))
    return one.ref


def gone(engine: duban.Engine, connection: sqlite3.Connection, chance: random.Random) -> str:
    """The last case never was, and the numbers know nothing of it."""
    case_id, ref = connection.execute("SELECT id, ref FROM duban_cases ORDER BY id DESC LIMIT 1").fetchone()
    for table in ("history", "stopwatches", "outbox", "notices", "evidence", "occurrences", "links"):
        connection.execute(f"DELETE FROM duban_{table} WHERE case_id = ?", (case_id,))
    connection.execute("DELETE FROM duban_cases WHERE id = ?", (case_id,))
    connection.execute("UPDATE duban_references SET last = last - 1")
    return str(ref)


FORGERIES: tuple[Forge, ...] = (
    retold, backdated, signed_by_another, with_another_photograph, cut, exchanged, gone,
)  # fmt: skip
