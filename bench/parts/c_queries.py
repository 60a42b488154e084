"""C: the fifty most overdue of a unit, and counts by state and unit, in the largest store of the run."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from bench.measuring import Figure, Work, interleaved
from bench.plan import Plan

TIMES = 20
"""How often a round asks for the fifty; counts are asked for once."""


def queries(plan: Plan) -> Iterator[Figure]:
    """A figure for each of the two, as the office asks, which may see everything that is not confidential."""
    large = plan.stores.of(plan.size)
    engine, floor, now = large.engine, large.floor, large.began
    rivals = {
        "floor": _asked(lambda: floor.fifty("unit-1", now), TIMES),
        "duban": _asked(
            lambda: engine.find("matter", by="office", unit="unit-1", overdue=True, by_due=True, limit=50), TIMES
        ),
    }
    told = f"the fifty most overdue of a unit, among {plan.size:,}"
    yield Figure(f"C.fifty.{plan.size}", told, interleaved(rivals, plan.rounds), {"unit": "query"})
    rivals = {
        "floor": _asked(lambda: floor.counts(now), 1),
        "duban": _asked(lambda: engine.stats(by="office"), 1),
    }
    told = f"counts by state and unit, of {plan.size:,}"
    yield Figure(f"C.counts.{plan.size}", told, interleaved(rivals, plan.rounds), {"unit": "query"})


def _asked(ask: Callable[[], Any], times: int) -> Work:
    def work() -> float:
        began = time.perf_counter()
        for _ in range(times):
            if not ask():
                raise ValueError("nothing was found, where there is something")
        return (time.perf_counter() - began) / times

    return work
