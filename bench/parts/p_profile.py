"""P: the profile of a step on SQLite, each part named."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from sqlalchemy import event

from bench.measuring import Figure
from bench.peers.engine import Duban
from bench.plan import Plan
from bench.sampling import Told, shares


def profiles(plan: Plan) -> Iterator[Figure]:
    """One figure whose rivals are the parts of a step, the longest first."""
    file, cases = plan.places.file("profile"), max(plan.steps, 10)
    with closing(Duban(f"sqlite:///{file}", cases)) as stepper:
        database: Any = vars(stepper.engine.store)["_database"]  # nobody else needs to see it
        stepper.engine.close()

        @event.listens_for(database.engine, "do_connect")
        def connect(_dialect: Any, _record: Any, _arguments: Any, options: dict[str, Any]) -> sqlite3.Connection:
            return sqlite3.connect(file, factory=Told, **options)

        step, turn = stepper.session(), 0

        def work() -> int:
            nonlocal turn
            for number in range(cases):
                step(number, turn)
            turn += 1
            return cases

        work()
        rounds = [shares(work) for _ in range(plan.rounds)]
    names = {name for one in rounds for name in one}
    taken = {name: [one.get(name, 0.0) for one in rounds] for name in names}
    ordered = dict(sorted(taken.items(), key=lambda pair: -sum(pair[1])))
    yield Figure("P", "the profile of a step, SQLite, 1 thread", ordered, {"unit": "step", "steps": cases})
