"""Works of many threads that come to one group, and what is in the file of a store."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

from tests.contract.samples import started

from duban.persistence.store import SqlStore

THREADS = 16


@contextmanager
def gathered(file: Path) -> Iterator[None]:
    """Another process writes while the block lasts, so that all threads come to wait and write as one group."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def written(store: SqlStore, file: Path, works: list[Callable[[], object]]) -> list[Future[object]]:
    """What works of as many threads came to, all of one group."""
    turns = store._database._group  # type: ignore[attr-defined]
    with ThreadPoolExecutor(len(works)) as pool:
        with gathered(file):
            futures = [pool.submit(work) for work in works]
            while len(turns._queue) < len(works) - 1 and not any(one.done() for one in futures):
                threading.Event().wait(0.001)
        return futures


def kept(file: Path) -> set[str]:
    """The references that are in the file, seen through a connection of its own."""
    with closing(sqlite3.connect(file)) as other:
        return {ref for (ref,) in other.execute("SELECT ref FROM duban_cases")}


def begins(store: SqlStore, number: int) -> str:
    """A case of a thread."""
    return started(store, f"ISS-{number}").ref
