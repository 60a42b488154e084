"""A process of its own that works on a store together with others: ``python racer.py URL WORK`` prints what it did."""

import json
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta

from duban.engine.model.scope import Scope
from duban.persistence.store import SqlStore

NOW = datetime(2021, 2, 4, tzinfo=UTC)
ROUNDS = 15


def migrate(store: SqlStore) -> list[int]:
    """Make the tables."""
    store.migrate()
    return []


def number(store: SqlStore) -> list[int]:
    """Take numbers, each in a transaction of its own."""
    taken = []
    for _ in range(ROUNDS):
        with store.write() as writer:
            taken.append(writer.next_number("ISS"))
    return taken


def advance(store: SqlStore) -> list[int]:
    """Advance the one case under its lock; the versions that this process made."""
    from tests.contract.samples import a_row, advanced

    made = []
    for _ in range(ROUNDS):
        with store.write() as writer:
            case = writer.lock_case("ISS-000001", Scope.unbounded())
            assert case is not None
            after = advanced(case)
            assert writer.advance_case(after, case)
            writer.add_row(case.id, a_row(after, after.version))
        made.append(after.version)
    return made


def deliver(store: SqlStore) -> list[int]:
    """Claim and acknowledge until nothing is left; the messages that this process carried out."""
    done: list[int] = []
    token = f"process-{id(store)}"
    while claimed := store.outbox.claim(NOW, NOW + timedelta(hours=1), token, 2):
        done.extend(message.number for message in claimed if store.outbox.acknowledge(message.number, token, NOW))
    return done


WORK: dict[str, Callable[[SqlStore], list[int]]] = {work.__name__: work for work in (migrate, number, advance, deliver)}

if __name__ == "__main__":
    with closing(SqlStore(sys.argv[1], busy_seconds=30)) as opened:
        print(json.dumps(WORK[sys.argv[2]](opened)))  # noqa: T201 - the answer to whoever started it
