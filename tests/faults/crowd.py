"""Many processes on one store: ``python crowd.py hammer|race URL PACK …``; one that has imported everything forks them.

Each opens the store by itself. What they came to is told by the first one, a line of JSON for each thing.
"""

import json
import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from tests.faults.parcels import MORNING

import duban
import duban.testing
from duban.persistence.store import SqlStore  # noqa: F401 - so that no child imports it for itself

FORK = multiprocessing.get_context("fork")
BUSY_SECONDS = 5.0
"""How long a store waits before it says that it is busy; told sooner, it was not true."""


def tell(**data: Any) -> None:
    """Tell a line."""
    sys.stdout.write(json.dumps(data) + "\n")
    sys.stdout.flush()


def opened(url: str, pack: str) -> duban.Engine:
    """An engine in the morning."""
    clock = duban.testing.FrozenClock(MORNING)
    return duban.Engine(url, pack=Path(pack), clock=clock, evidence=Path(pack) / "evidence")


@contextmanager
def crowd(count: int, work: Callable[..., None], *words: Any) -> Iterator[list[Connection]]:
    """So many processes that do the work, each with a line to us, its number, and a barrier before which all meet."""
    barrier = FORK.Barrier(count)
    lines = [FORK.Pipe() for _ in range(count)]
    members = [
        FORK.Process(target=work, args=(theirs, number, barrier, *words)) for number, (_, theirs) in enumerate(lines)
    ]
    for member in members:
        member.start()
    yield [ours for ours, _ in lines]
    for member in members:
        member.join()
        assert member.exitcode == 0


def stamping(line: Connection, number: int, barrier: Barrier, url: str, pack: str, times: int, refs: list[str]) -> None:
    """Stamp so often, by turns on each parcel, every third time only at the version that was seen last."""
    acknowledged, conflicts, early, late, longest = [], 0, [], 0, 0.0
    seen = dict.fromkeys(refs, 1)
    with opened(url, pack) as engine:
        barrier.wait()
        for turn in range(times):
            ref, key, expected = refs[(number + turn) % len(refs)], f"stamp-{number}-{turn}", None
            if turn % 3 == 0:
                expected = seen[ref]
            while True:
                began = time.monotonic()
                try:
                    done = engine.fire(ref, "stamp", by="clerk", key=key, expect_version=expected)
                except duban.VersionConflict as fault:
                    assert fault.data["expected"] == expected is not None
                    conflicts, expected = conflicts + 1, None
                    continue
                except duban.StoreBusy:
                    waited = time.monotonic() - began
                    late += 1
                    early += [waited] if waited < BUSY_SECONDS else []
                    continue
                break
            longest = max(longest, time.monotonic() - began)
            seen[ref] = done.case.version
            acknowledged.append((key, done.case.ref, done.row.seq))
    line.send({"acknowledged": acknowledged, "conflicts": conflicts, "early": early, "late": late, "longest": longest})


def racing(line: Connection, number: int, barrier: Barrier, url: str, pack: str) -> None:
    """For each reference that comes, meet all others, and take that parcel at its first version."""
    with opened(url, pack) as engine:
        while ref := line.recv():
            barrier.wait()
            line.send(_taken(engine, ref, f"take-{ref}-{number}"))


def _taken(engine: duban.Engine, ref: str, key: str) -> tuple[str, Any, Any, int | None]:
    """Take the parcel at its first version; asked again where the store was busy for as long as it says."""
    while True:
        began = time.monotonic()
        try:
            done = engine.fire(ref, "take", by="clerk", key=key, expect_version=1)
        except duban.StoreBusy as fault:
            if (waited := time.monotonic() - began) < BUSY_SECONDS:
                return fault.code, waited, None, None
        except duban.DubanError as fault:
            return fault.code, fault.data.get("expected"), fault.data.get("found"), None
        else:
            return "won", key, ref, done.row.seq


def hammer(url: str, pack: str, count: str, times: str, *refs: str) -> None:
    """Processes that all stamp the same few parcels; what each came to."""
    with crowd(int(count), stamping, url, pack, int(times), list(refs)) as lines:
        for line in lines:
            tell(event="stamped", **line.recv())


def race(url: str, pack: str, count: str) -> None:
    """For each line said, a race of all processes for the parcel that it names, until it names none."""
    with crowd(int(count), racing, url, pack) as lines:
        tell(event="ready")
        for said in sys.stdin:
            ref = said.strip()
            for line in lines:
                line.send(ref)
            if not ref:
                return
            tell(event="raced", ref=ref, answers=[line.recv() for line in lines])


WORK: dict[str, Callable[..., None]] = {"hammer": hammer, "race": race}

if __name__ == "__main__":
    WORK[sys.argv[1]](*sys.argv[2:])
