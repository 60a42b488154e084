"""A process of its own: ``python worker.py WORK URL PACK MOMENT WORDS…``; tells each thing as a line of JSON.

``MOMENT`` is where the clock stands, or ``now`` for the clock of the machine. With ``impatient`` as the last word a
locked store is waited for for a fifth of a second instead of five, so that the outage of a minute takes seconds.
"""

import json
import logging
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duban.app
import duban.testing
from duban.engine.runtime import cadences, retention
from duban.engine.runtime import sweep as sweeping
from duban.persistence.store import SqlStore


class Lines(logging.Handler):
    """Tells each line of the log on standard output."""

    def emit(self, record: logging.LogRecord) -> None:
        """Tell one line."""
        sys.stdout.write(record.getMessage() + "\n")
        sys.stdout.flush()


def tell(**data: Any) -> None:
    """Tell a line."""
    sys.stdout.write(json.dumps(data) + "\n")
    sys.stdout.flush()


def opened(url: str, pack: str, moment: str) -> duban.Engine:
    """An engine at a moment."""
    clock = None if moment == "now" else duban.testing.FrozenClock(moment)
    return duban.Engine(url, pack=Path(pack), clock=clock, evidence=Path(pack) / "evidence")


def sweep(url: str, pack: str, moment: str) -> None:
    """Sweep once."""
    with opened(url, pack, moment) as engine:
        report = engine.sweep()
        tell(event="swept", climbed=report.climbed, failed=report.failed)


def nursery(url: str, pack: str, moment: str, most: str) -> None:
    """For each line said, a scheduler in a child of its own that has everything imported, in batches of ``most``."""
    from duban.scheduler import Stop, run

    def work(engine: duban.Engine) -> None:
        run(engine, every=timedelta(seconds=1), stop=Stop())

    _children(url, pack, moment, most, work)


def almanac(url: str, pack: str, moment: str, most: str) -> None:
    """Like ``nursery``; each child sweeps once, in transactions of ``most``."""
    _children(url, pack, moment, most, lambda engine: engine.sweep(lambda count: tell(event="climbed", count=count)))


def _children(url: str, pack: str, moment: str, most: str, work: Callable[[duban.Engine], object]) -> None:
    """The children tell their log, in which every step and every occurrence of a cadence stands."""
    sweeping.BATCH = cadences.BATCH = retention.BATCH = int(most)
    logging.getLogger("duban").addHandler(Lines())
    logging.getLogger("duban").setLevel(logging.INFO)
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            with opened(url, pack, moment) as engine:
                tell(event="begins", pid=os.getpid())
                work(engine)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        tell(event="ended", pid=child, was_killed=os.WIFSIGNALED(status), code=os.waitstatus_to_exitcode(status))


def firing(url: str, pack: str, moment: str, *refs: str) -> None:
    """For each account said, fire with its rights until they are withdrawn: on each case in a process of its own."""
    ways = []
    for ref in refs:
        reading, writing = os.pipe()
        if os.fork() == 0:
            os.close(writing)
            for way in ways:
                os.close(way)
            with opened(url, pack, moment) as engine, os.fdopen(reading) as lines:
                for line in lines:
                    _fire(engine, ref, line.strip())
            os._exit(0)
        os.close(reading)
        ways.append(writing)
    for line in sys.stdin:
        for way in ways:
            os.write(way, line.encode())


def _fire(engine: duban.Engine, ref: str, who: str) -> None:
    fired = 0
    while True:
        try:
            engine.fire(ref, "add", by=who)
        except duban.StoreBusy:
            continue
        except duban.ActorSuspended:
            break
        fired += 1
        if fired == 1:
            tell(event="fires")
    tell(event="refused", fired=fired)


def scheduler(url: str, pack: str, moment: str, every: str, heartbeat: str = "", most: str = "1000") -> None:
    """Run the scheduler once a line was said, until SIGTERM."""
    from duban.scheduler import Stop, run

    sweeping.BATCH = cadences.BATCH = int(most)
    logging.getLogger("duban").addHandler(Lines())
    logging.getLogger("duban").setLevel(logging.INFO)
    stop = Stop()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.ask())
    with opened(url, pack, moment) as engine:
        tell(event="ready")
        sys.stdin.readline()
        file = Path(heartbeat) if heartbeat else None
        summary = run(engine, every=timedelta(seconds=float(every)), stop=stop, heartbeat=file)
        tell(
            event="summary", climbed=summary.climbed, cadences=summary.cadences, failed=summary.failed,
            delivered=summary.delivered,
        )  # fmt: skip


def doctor(url: str) -> None:
    """What the doctor says."""
    from duban.cli import main

    sys.argv = ["duban", "--db", url, "--lang", "en", "doctor", "--json"]
    sys.exit(main())


WORK: dict[str, Callable[..., None]] = {
    work.__name__: work for work in (sweep, nursery, almanac, firing, scheduler, doctor)
}

if __name__ == "__main__":
    if sys.argv[-1] == "impatient":
        sys.argv.pop()
        duban.app.SqlStore = partial(SqlStore, busy_seconds=0.2)  # type: ignore[assignment,misc]
    WORK[sys.argv[1]](*sys.argv[2:])
