"""A: one durable step, on one, four and sixteen threads, on SQLite and on PostgreSQL."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

from bench.floors.postgres import PostgresFloor, ReadingFloor
from bench.floors.sqlite import SqliteFloor
from bench.measuring import Figure, interleaved
from bench.peers.engine import Duban
from bench.peers.orm import Orm
from bench.plan import Plan
from bench.steppers import Rounds, Stepper

Maker = Callable[[Plan, int], Stepper]


def _dbos(url: str, below: Stepper) -> Stepper:
    from bench.peers.durable import Dbos  # starts threads of its own when it is imported

    return Dbos(url, below)


def _statemachine(plan: Plan, cases: int) -> Stepper:
    from bench.peers.statemachine import PythonStateMachine

    return PythonStateMachine(plan.places.file("statemachine"), cases)


def _sqlite(plan: Plan, name: str) -> str:
    return f"sqlite:///{plan.places.file(name)}"


SQLITE: dict[str, Maker] = {
    "floor": lambda plan, cases: SqliteFloor(plan.places.file("floor"), cases),
    "duban": lambda plan, cases: Duban(_sqlite(plan, "duban"), cases),
    "ORM + transitions": lambda plan, cases: Orm(_sqlite(plan, "orm"), cases),
    "python-statemachine": _statemachine,
    "DBOS": lambda plan, cases: _dbos(_sqlite(plan, "dbos"), SqliteFloor(plan.places.file("below"), cases)),
}
POSTGRESQL: dict[str, Maker] = {
    "floor": lambda plan, cases: PostgresFloor(plan.places.database(), cases),
    "read, then one statement": lambda plan, cases: ReadingFloor(plan.places.database(), cases),
    "duban": lambda plan, cases: Duban(plan.places.database(), cases),
    "ORM + transitions": lambda plan, cases: Orm(plan.places.database(), cases),
    "DBOS": lambda plan, cases: _dbos(plan.places.database(), PostgresFloor(plan.places.database(), cases)),
}
PEERS = {"python-statemachine", "DBOS"}
SLOW = {"DBOS"}
"""What would take most of the time: it takes a fifth of the steps, on one thread only."""


def steps(plan: Plan) -> Iterator[Figure]:
    """A figure for each store and number of threads, and one of SQLite's threads against its one."""
    for store, makers in (("sqlite", SQLITE), ("postgresql", POSTGRESQL)):
        if store == "postgresql" and not plan.postgres:
            continue
        for threads in plan.threads:
            left_out = set() if plan.peers else PEERS
            if threads > 1:
                left_out = left_out | SLOW
            chosen = {name: maker for name, maker in makers.items() if name not in left_out}
            yield _figure(plan, store, chosen, threads)
        if store == "sqlite":
            yield _processor(plan, makers)
    if len(plan.threads) > 1:
        yield _alone_and_together(plan)


def _figure(plan: Plan, store: str, makers: dict[str, Maker], threads: int) -> Figure:
    cases = _cases(plan, threads)
    with ExitStack() as stack:
        rivals = {}
        for name, maker in makers.items():
            own = max(cases // 5, 1) if name in SLOW else cases
            stepper = stack.enter_context(closing(maker(plan, own)))
            rivals[name] = Rounds(stepper, own, threads)
        taken = interleaved(rivals, plan.rounds)
    told = f"one durable step, {store}, {threads} thread{'s' * (threads > 1)}"
    return Figure(f"A.{store}.{threads}", told, taken, {"unit": "step", "steps": cases})


def _processor(plan: Plan, makers: dict[str, Maker]) -> Figure:
    """The same step without what waits for the disk: seconds of the processor."""
    with ExitStack() as stack:
        rivals = {}
        for name, maker in makers.items():
            if name not in SLOW and (plan.peers or name not in PEERS):
                stepper = stack.enter_context(closing(maker(plan, plan.steps)))
                rivals[name] = Rounds(stepper, plan.steps, 1, time.thread_time)
        taken = interleaved(rivals, plan.rounds)
    return Figure("A.sqlite.cpu", "the processor's part of a step, SQLite, 1 thread", taken, {"unit": "step"})


def _alone_and_together(plan: Plan) -> Figure:
    """duban and the floor on SQLite with one thread and with the most, in the same rounds."""
    most = max(plan.threads)
    cases = _cases(plan, most)
    with ExitStack() as stack:
        rivals = {}
        for name in ("duban", "floor"):
            for threads in (1, most):
                stepper = stack.enter_context(closing(SQLITE[name](plan, cases)))
                rivals[f"{name}, {threads}"] = Rounds(stepper, cases, threads)
        taken = interleaved(rivals, plan.rounds)
    return Figure("A.sqlite.threads", f"one durable step, SQLite, {most} threads and one", taken, {"unit": "step"})


def _cases(plan: Plan, threads: int) -> int:
    """As many cases as steps of a round, and four for each thread at least."""
    return max(plan.steps, 4 * threads)
