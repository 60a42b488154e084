"""The scheduler service: one ticker that sweeps and delivers. It keeps nothing itself; due times lie in the store.

Any number of schedulers may run on one store: a step is climbed once, whoever comes first. That one is alive is told
by the age of the last sweep, never by this process.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from duban.app import Engine
from duban.engine.errors import DubanError, StoreError
from duban.engine.log import log

EVERY: Final = timedelta(seconds=30)
_JOB: Final = "tick"
_SOONEST: Final = timedelta(milliseconds=100)
_LOOKS: Final = 0.1


class Stopping(Protocol):
    """What ends a run."""

    def wait(self) -> object:
        """Return when it is time to stop."""
        ...


class Stop:
    """Asked for by a signal handler: only a flag is set there, which can never come at a wrong moment."""

    def __init__(self) -> None:
        self._is_asked = False

    def ask(self) -> None:
        """End the run after the tick under way."""
        self._is_asked = True

    def wait(self) -> None:
        """Return when asked."""
        while not self._is_asked:
            time.sleep(_LOOKS)


@dataclass(slots=True)
class Summary:
    """What a run came to: its ticks, the steps it climbed, the messages it delivered, the ticks that failed."""

    ticks: int = 0
    climbed: int = 0
    delivered: int = 0
    failed: int = 0


def run(engine: Engine, *, every: timedelta = EVERY, stop: Stopping) -> Summary:
    """Tick at once, then each ``every`` and whenever the next step is due sooner, until ``stop``.

    A store that fails is logged and tried again at the next tick. Returns after the tick under way has ended.
    """
    ticker = _Ticker(engine, every)
    log.info("scheduler.started", every_seconds=every.total_seconds())
    ticker.scheduler.start()
    try:
        stop.wait()
    finally:
        ticker.scheduler.shutdown(wait=True)
        log.info("scheduler.stopped", ticks=ticker.summary.ticks, climbed=ticker.summary.climbed)
    return ticker.summary


class _Ticker:
    """One job in one thread. A tick that takes long is never joined by a second; those that were missed are one."""

    def __init__(self, engine: Engine, every: timedelta) -> None:
        self.summary = Summary()
        self._engine = engine
        self._every = every
        self.scheduler = BackgroundScheduler(executors={"default": ThreadPoolExecutor(1)}, timezone=UTC)
        self.scheduler.add_job(
            self._tick, "interval", seconds=every.total_seconds(), id=_JOB, next_run_time=datetime.now(UTC),
            coalesce=True, max_instances=1, misfire_grace_time=None,
        )  # fmt: skip

    def _tick(self) -> None:
        self.summary.ticks += 1
        try:
            swept, sent = self._engine.sweep(), self._engine.deliver()
            wait = self._until_due()
        except DubanError as fault:
            self.summary.failed += 1
            kind = "store" if isinstance(fault, StoreError) else "rules"
            log.warning("scheduler.failed", code=fault.code, kind=kind)
            return
        except Exception as fault:  # a ticker that dies of one fault would leave everything after it undone
            self.summary.failed += 1
            log.warning("scheduler.failed", code="fault", kind=type(fault).__name__)
            return
        self.summary.climbed += swept.climbed
        self.summary.delivered += sent.delivered
        log.info(
            "scheduler.tick", climbed=swept.climbed, failed=len(swept.failed), delivered=sent.delivered, dead=sent.dead
        )
        if wait is not None and wait < self._every and self.scheduler.running:
            self.scheduler.modify_job(_JOB, next_run_time=datetime.now(UTC) + max(wait, _SOONEST))

    def _until_due(self) -> timedelta | None:
        """How long until the next step is due; None when none is, or when it is one that just failed."""
        with self._engine.store.read() as reader:
            due_at = reader.next_due_at()
        now = self._engine.world.clock.now()
        return due_at - now if due_at is not None and due_at > now else None
