"""B: a sweep of ten thousand overdue cases among a hundred thousand, and among a million."""

import time
from collections.abc import Iterator

from bench.measuring import Figure, Work, interleaved
from bench.plan import Plan
from bench.stores import Large

SMALL = 100_000


def sweeps(plan: Plan) -> Iterator[Figure]:
    """A figure for each size, and one of both where there are two; all taken in the same rounds."""
    sizes = sorted({min(SMALL, plan.size), plan.size})
    rivals: dict[str, Work] = {}
    for size in sizes:
        large = plan.stores.of(size)
        rivals[f"floor, {size:,}"] = _swept_by_hand(large)
        rivals[f"duban, {size:,}"] = _swept(large)
    taken = interleaved(rivals, min(plan.rounds, 12))
    for size in sizes:
        rounds = {name: taken[f"{name}, {size:,}"] for name in ("floor", "duban")}
        yield Figure(f"B.{size}", f"a ladder step in a sweep among {size:,}", rounds, {"unit": "step"})
    if len(sizes) > 1:
        rounds = {f"{size}": taken[f"duban, {size:,}"] for size in sizes}
        yield Figure("B.growth", "a ladder step in a sweep, by the number of cases", rounds, {"unit": "step"})


def _swept(large: Large) -> Work:
    """Rounds of sweeps, each a rung higher; seconds of one step.

    Raises:
        ValueError: it climbed another number of steps than were due.
    """

    def work() -> float:
        began = time.perf_counter()
        report = large.engine.sweep()
        taken = time.perf_counter() - began
        if report.climbed != large.overdue or report.failed:
            raise ValueError(f"{report.climbed} steps of {large.overdue}; failed: {report.failed[:5]}")
        large.clock.advance("1 working day")
        return taken / large.overdue

    return work


def _swept_by_hand(large: Large) -> Work:
    turn = 0

    def work() -> float:
        nonlocal turn
        now = large.began + turn * 86_400_000_000
        turn += 1
        began = time.perf_counter()
        climbed = large.floor.sweep(now)
        taken = time.perf_counter() - began
        if climbed != large.overdue:
            raise ValueError(f"{climbed} steps of {large.overdue}")
        return taken / large.overdue

    return work
