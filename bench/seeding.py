"""Makes large stores that hold: every case a copy of one that went through the engine, with a chain of its own.

A few cases go the ordinary way, one for each kind; their rows are then copied with another reference, other data and
other salts, and each copy's chain is worked out with duban's own functions. So ``engine.verify()`` finds nothing.
"""

import random
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, TypeVar

import duban
from bench.peers.engine import PACK
from duban.engine.model.case import Case, HistoryRow, Stopwatch
from duban.engine.model.changing import changed
from duban.engine.model.scope import Scope
from duban.engine.runtime.chain import digest_data, hash_row
from duban.persistence import tables
from duban.persistence.columns import Audience, Document, Instant
from duban.testing import FrozenClock

BEGAN: Final = datetime(2024, 3, 4, 2, 0, tzinfo=UTC)
"""A Monday, ten o'clock in the morning in Shanghai: when the overdue cases began. They have five days of work."""

LATE: Final = datetime(2024, 3, 11, 3, 0, tzinfo=UTC)
"""By then those are due, spread over the hour before."""

T = TypeVar("T")

UNITS: Final = ("unit-0", "unit-1", "unit-2", "unit-3")
BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class Pattern:
    """A case that went through the engine, to be copied."""

    case: Case
    rows: tuple[HistoryRow, ...]
    watches: tuple[Stopwatch, ...]


def seeded(file: Path, cases: int, *, overdue: int = 10_000, rows: int = 8, open_share: float = 0.2) -> Path:
    """An SQLite store of so many matters with so many rows each, of which ``overdue`` are overdue at ``LATE``.

    Of the others a share is open and due a year later, the rest is closed. The overdue ones lie evenly among them.
    """
    url = f"sqlite:///{file}"
    clock = FrozenClock(BEGAN)
    with closing(duban.Engine(url, pack=PACK, clock=clock)) as engine:
        engine.migrate()
        patterns = {"late": _pattern(engine, rows, close=False), "closed": _pattern(engine, rows, close=True)}
        clock.move_to(BEGAN + timedelta(days=364))
        patterns["open"] = _pattern(engine, rows, close=False)
    every = max(1, cases // overdue) if overdue else cases + 1
    rng = random.Random(20)

    def kind_of(number: int) -> str:
        if overdue and number % every == 0 and number // every < overdue:
            return "late"
        return "open" if rng.random() < open_share else "closed"

    inserting: list[tuple[str, Callable[[int, Any], Sequence[Any]], Callable[[Pattern], Sequence[Any]]]] = [
        (*_insertion("cases", Case), lambda copy: (copy.case,)),
        (*_insertion("history", HistoryRow), lambda copy: copy.rows),
        (*_insertion("stopwatches", Stopwatch), lambda copy: copy.watches),
    ]
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -200000")
        for table in ("stopwatches", "outbox", "history", "cases"):
            connection.execute(f"DELETE FROM duban_{table}")
        for first in range(0, cases, BATCH):
            copies = [
                _copied(patterns[kind_of(number)], number + 1, rng)
                for number in range(first, min(first + BATCH, cases))
            ]
            connection.execute("BEGIN")
            for statement, written, parts in inserting:
                found = (written(copy.case.id, part) for copy in copies for part in parts(copy))
                connection.executemany(statement, found)
            connection.execute("COMMIT")
        connection.execute("UPDATE duban_references SET last = ? WHERE prefix = 'MAT'", (cases,))
        connection.execute("ANALYZE")
        connection.execute("PRAGMA journal_mode = WAL")
    return file


def _pattern(engine: duban.Engine, rows: int, *, close: bool) -> Pattern:
    data = {"title": "a matter", "unit": UNITS[0], "amount": 1}
    ref = engine.start("matter", by="office", data=data, key=f"seed-{rows}-{close}-{engine.world.clock.now()}").ref
    event = "submit"
    for seq in range(2, rows + 1 - close):
        engine.fire(
            ref, event, by="office", data={"amount": seq, "note": "looked at and handed on"}, key=f"{ref}:{seq}"
        )
        event = "rework" if event == "submit" else "submit"
    if close:
        engine.fire(ref, "close", by="office", data={"note": "done"}, key=f"{ref}:close")
    with engine.store.read() as reader:
        case = reader.case(ref, Scope.unbounded())
        assert case is not None
        return Pattern(case, tuple(reader.history(case)), tuple(reader.stopwatches(case.id).values()))


def _copied(pattern: Pattern, number: int, rng: random.Random) -> Pattern:
    """The pattern as the case of this number, all of it some seconds later: due times are spread over an hour."""
    ref, unit, later = f"MAT-{number:06}", rng.choice(UNITS), timedelta(seconds=number % 3_600)
    own = {"title": f"a matter, number {number}", "unit": unit, "amount": 1}
    case = changed(_later(pattern.case, later), id=number, ref=ref)
    head, rows, data = "", [], dict[str, Any]()
    for row in pattern.rows:
        brought = own if row.seq == 1 else row.data
        salt = f"{rng.getrandbits(128):032x}"
        copy = changed(
            _later(row, later), ref=ref, data=brought, salt=salt, data_digest=digest_data(salt, brought),
            key=f"{ref}:{row.seq}",
        )  # fmt: skip
        head = hash_row(copy, head, case)
        rows.append(changed(copy, hash=head))
        data |= brought
    watches = tuple(_later(watch, later) for watch in pattern.watches)
    return Pattern(changed(case, data=data, unit=unit, head=head), tuple(rows), watches)


def _later(value: T, later: timedelta) -> T:
    found = {name: getattr(value, name) for name in _names(type(value))}  # type: ignore[arg-type]
    return changed(value, **{name: at + later for name, at in found.items() if isinstance(at, datetime)})


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


def _insertion(name: str, kind: type) -> tuple[str, Callable[[int, Any], Sequence[Any]]]:
    """The INSERT of a table, and what makes its row of a case's id and a value of this kind."""
    columns = [column for column in getattr(tables, name).columns if column.name != "case_id"]
    own = [column for column in columns if column.name in _names(kind)]
    get = attrgetter(*(column.name for column in own))
    writers = [(place, _WRITERS[type(one.type)]) for place, one in enumerate(own) if type(one.type) in _WRITERS]

    def written(case_id: int, value: Any) -> Sequence[Any]:
        found = list(get(value))
        for place, write in writers:
            found[place] = write(found[place])
        return found if name == "cases" else [case_id, *found]

    names = ([] if name == "cases" else ["case_id"]) + [column.name for column in own]
    quoted = ", ".join(f'"{one}"' for one in names)
    return f"INSERT INTO duban_{name} ({quoted}) VALUES ({', '.join('?' * len(names))})", written


_WRITERS: Final[Mapping[type, Callable[[Any], Any]]] = {
    Instant: Instant.write, Document: Document.write, Audience: Audience.write,
}  # fmt: skip
