"""H: what the bulletin of a year counts, from the histories of all cases, per unit."""

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bench.measuring import Figure, interleaved
from bench.plan import Plan
from bench.seeding import BEGAN
from bench.stores import Large
from duban.engine.figures.periods import named
from duban.engine.runtime.figures import Wish, evaluated_all
from duban.engine.runtime.telling import Telling

FIGURES = ("opened", "closed", "in_time")


def bulletins(plan: Plan) -> Iterator[Figure]:
    """One figure: three figures per unit and of the whole, told at once, as a bulletin is; seconds for each case."""
    cases = min(20_000, plan.size) if plan.size < 1_000_000 else 100_000
    large = plan.stores.of(cases)
    taken = interleaved(
        {"floor": lambda: _by_hand(large.file) / cases, "duban": lambda: _told(large) / cases}, plan.rounds
    )
    yield Figure(f"H.{cases}", f"a case in the bulletin of a year of {cases:,} cases", taken, {"unit": "case"})


def _told(large: Large) -> float:
    world = large.engine.world
    period = named(str(BEGAN.year), world.hours.zone)
    assert period is not None
    wishes = [Wish(name, period, per) for name in FIGURES for per in (None, "unit")]
    actor = world.directory.actor("office")
    began = time.perf_counter()
    with large.engine.store.read() as reader:
        telling = Telling(reader, actor, world.directory.scope(actor))
        found = evaluated_all(reader, world, telling.scope, wishes)
    taken = time.perf_counter() - began
    # Those that are open and not overdue began a year later.
    if found[0][0].n < large.size // 2:
        raise ValueError(f"{found[0][0].n} cases were counted of {large.size}")
    return taken


def _by_hand(file: Path) -> float:
    """The same counts by hand: every row of the year is read, with its data, case by case."""
    began = time.perf_counter()
    opened: Counter[str] = Counter()
    closed: Counter[str] = Counter()
    unit = ""
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT seq, to_state, at, data FROM duban_history ORDER BY case_id, seq")
        for seq, state, _at, data in rows:
            brought = json.loads(data)
            unit = brought["unit"] if seq == 1 else unit
            opened[unit] += seq == 1
            closed[unit] += state == "closed"
    if not opened:
        raise ValueError("nothing was read")
    return time.perf_counter() - began
