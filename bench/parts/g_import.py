"""G: the import of a table, each row a case with its first row of history, its deadline and its key."""

import csv
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import duban
from bench.floors.sqlite import FIVE_DAYS, ROW, TABLES, connected
from bench.measuring import Figure, interleaved
from bench.peers.engine import PACK
from bench.places import Places
from bench.plan import Plan
from bench.seeding import UNITS
from duban.engine.definition.mapping import load_map
from duban.importing.rejects import Rejects
from duban.importing.run import Importer, chunks
from duban.importing.table import Table

BATCH: Final = 1_000
"""Rows in a transaction of the floor."""


def imports(plan: Plan) -> Iterator[Figure]:
    """One figure, into new stores in each round: a hundred thousand rows where the stores are a million, or a tenth."""
    rows = min(100_000, max(plan.size // 20, 100))
    table = written(plan.places.folder / f"table-{rows}.csv", rows)
    taken = interleaved(
        {"floor": lambda: _by_hand(plan.places, table), "duban": lambda: _imported(plan.places, table, rows)},
        max(3, plan.rounds // 2), warm=0,
    )  # fmt: skip
    yield Figure(f"G.{rows}", f"a row of a table of {rows:,} imported", taken, {"unit": "row"})


def written(file: Path, rows: int, first: int = 0) -> Path:
    """A table of so many matters, numbered from ``first`` on."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("no", "title", "unit", "amount"))
        for number in range(first, first + rows):
            writer.writerow((number, f"a matter, number {number}", UNITS[number % len(UNITS)], number % 100))
    return file


def imported(engine: duban.Engine, file: Path) -> int:
    """Import a table; how many rows became cases.

    Raises:
        ValueError: rows were rejected.
    """
    table = Table(file)
    with Rejects(table, None, "en", "utf-8") as rejects:
        importer = Importer(engine, load_map(PACK / "maps" / "matters.yaml", engine.pack), table, rejects)
        importer.run()
        report = importer.finish()
    if report.rejected or report.imported != report.read:
        raise ValueError(f"{report.rejected} of {report.read} rows were rejected")
    return report.imported


def _imported(places: Places, table: Path, rows: int) -> float:
    with closing(duban.Engine(f"sqlite:///{places.file('import')}", pack=PACK)) as engine:
        engine.migrate()
        began = time.perf_counter()
        imported(engine, table)
        return (time.perf_counter() - began) / rows


def _by_hand(places: Places, table: Path) -> float:
    count = 0
    with closing(connected(places.file("import-floor"))) as connection:
        connection.executescript(TABLES)
        began = time.perf_counter()
        with table.open(encoding="utf-8", newline="") as file:
            for batch in chunks(csv.DictReader(file), BATCH):
                connection.execute("BEGIN IMMEDIATE")
                now, cases, rows = time.time_ns() // 1000, [], []
                for read in batch:
                    count += 1
                    data = json.dumps({"title": read["title"], "unit": read["unit"], "amount": float(read["amount"])})
                    row = (count, 1, "open", None, "working", "office", now, data, f"import:bench:{read['no']}")
                    head = hashlib.sha256(str(row).encode()).hexdigest()
                    due = now + FIVE_DAYS
                    cases.append((count, f"MAT-{count:06}", 1, "working", data, read["unit"], 0, now, due, head))
                    rows.append((*row, head))
                connection.executemany("INSERT INTO cases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", cases)
                connection.executemany(ROW, rows)
                connection.execute("COMMIT")
        return (time.perf_counter() - began) / count
