"""A process that forks inside a transaction: ``python forked.py URL CHILD…``; each of these children in its turn."""

import gc
import os
import sys
from collections.abc import Callable
from typing import NoReturn

from tests.contract.samples import a_case, started, stored

from duban.engine.errors import StoreError
from duban.persistence.store import SqlStore


def ends(_store: SqlStore) -> None:
    """The interpreter comes to its end, which collects whatever it still holds."""
    sys.exit(0)


def fails(_store: SqlStore) -> None:
    """An error leaves the block of the parent's transaction."""
    sys.excepthook = lambda kind, *_rest: os._exit(kind is not LookupError)
    raise LookupError


def collects(store: SqlStore) -> None:
    """Everything that holds the connections is let go of."""
    vars(store).clear()
    gc.collect()
    os._exit(0)


def closes(store: SqlStore) -> None:
    """The store is closed."""
    store.close()
    os._exit(0)


def works(store: SqlStore) -> None:
    """It reads on a connection of its own: what its parent has not committed is not there."""
    with store.read() as reader:
        assert "works-inside" not in [case.ref for case in reader.all_cases()]
    os._exit(0)


def goes_on(_store: SqlStore) -> None:
    """It comes to the end of the block, as if the transaction were its own."""
    sys.excepthook = lambda kind, *_rest: os._exit(kind is not StoreError)


CHILDREN: dict[str, Callable[[SqlStore], None]] = {
    child.__name__: child for child in (ends, fails, collects, closes, works, goes_on)
}


def parent(url: str, *children: str) -> NoReturn:
    """Fork each of them, and commit what was written before and after it."""
    store = SqlStore(url, busy_seconds=0.2)
    with store.read(), store.read():
        pass  # connections that lie idle meanwhile
    for name in children:
        with store.write() as writer:
            stored(writer, a_case(f"{name}-inside"))
            child = os.fork()
            if child == 0:
                CHILDREN[name](store)
            else:
                assert os.waitpid(child, 0)[1] == 0, f"the child that {name} failed"
                stored(writer, a_case(f"{name}-inside-after"))
        started(store, f"{name}-after")
    child = os.fork()
    if child == 0:
        started(store, "by-a-child")
        sys.exit(0)
    assert os.waitpid(child, 0)[1] == 0
    started(store, "last")
    store.close()
    sys.exit(0)


if __name__ == "__main__":
    parent(*sys.argv[1:])
