"""F: one event on very many cases at once, each with its guard, its row, its message and its answer."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from bench.measuring import Figure, Work, interleaved
from bench.plan import Plan
from bench.steppers import EVENTS, STATES
from bench.stores import Large


def bulks(plan: Plan) -> Iterator[Figure]:
    """One figure: a hundred thousand cases where the stores are a million, otherwise a fifth of ``size``."""
    cases = min(100_000, max(plan.size // 5, 100))
    with closing(Large(plan.places, cases, running=True)) as large:
        refs = [f"MAT-{number:06}" for number in range(1, cases + 1)]
        rivals: dict[str, Work] = {"floor": _by_hand(large, cases), "duban": _fired(large, refs)}
        taken = interleaved(rivals, plan.rounds)
    yield Figure(f"F.{cases}", f"one event on {cases:,} cases at once", taken, {"unit": "case", "cases": cases})


def _fired(large: Large, refs: Sequence[str]) -> Work:
    """Rounds of one event on all; seconds for each case.

    Raises:
        ValueError: a case refused it.
    """
    turn = 0

    def work() -> float:
        nonlocal turn
        # The patterns end with an odd number of events, so that they are checked.
        event, key = EVENTS[(turn + 1) % 2], f"bulk-{turn}"
        turn += 1
        data = {"amount": turn, "note": "all at once"}
        began = time.perf_counter()
        _fire(large.engine, refs, event, data, key)
        return (time.perf_counter() - began) / len(refs)

    return work


def _fire(engine: Any, refs: Sequence[str], event: str, data: dict[str, Any], key: str) -> None:
    if hasattr(engine, "fire_many"):
        engine.fire_many(refs, event, by="office", data=data, key=key)
        if engine.get(refs[-1], by="office").data["amount"] != data["amount"]:
            raise ValueError("the last case was not reached")
        return
    for first in range(0, len(refs), 500):
        with engine.batch() as batch:
            for ref in refs[first : first + 500]:
                batch.fire(ref, event, by="office", data=data, key=f"{key}:{ref}")


def _by_hand(large: Large, cases: int) -> Work:
    turn = 0

    def work() -> float:
        nonlocal turn
        source, target, event = STATES[(turn + 1) % 2], STATES[turn % 2], EVENTS[(turn + 1) % 2]
        turn += 1
        brought = {"amount": turn, "note": "all at once"}
        began = time.perf_counter()
        fired = large.floor.fire(event, source, target, brought, large.began + turn, f"bulk-{turn}")
        taken = time.perf_counter() - began
        if fired != cases:
            raise ValueError(f"{fired} cases of {cases}")
        return taken / cases

    return work
