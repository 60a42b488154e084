"""The scheduler service: one ticker that sweeps and delivers. It keeps nothing itself; due times lie in the store.

Any number of schedulers may run on one store: a step is climbed once, whoever comes first. That one is alive is told
by the age of the last sweep, never by this process.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol, TypeVar

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from duban.app import Engine
from duban.engine.errors import DubanError, StoreError
from duban.engine.log import log
from duban.engine.runtime.agenda import next_occurrence_at
from duban.engine.runtime.delivery import DeliveryReport
from duban.engine.runtime.sweep import SCHEDULER_EVERY, SweepReport

T = TypeVar("T")

EVERY: Final = timedelta(seconds=30)
_JOB: Final = "tick"
_SOONEST: Final = timedelta(milliseconds=100)
_LOOKS: Final = 0.1
_SLICE: Final = 10
"""Messages between two looks at whether it is time to stop or to sweep again: a slow receiver holds up nothing else."""


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
        """End the run after the work under way."""
        self._is_asked = True

    def wait(self) -> None:
        """Return when asked."""
        while not self._is_asked:
            time.sleep(_LOOKS)


@dataclass(slots=True)
class Summary:
    """What a run came to: its ticks, the steps it climbed, the occurrences of cadences it carried out, the messages it
    delivered, the ticks that failed.
    """

    ticks: int = 0
    climbed: int = 0
    cadences: int = 0
    delivered: int = 0
    failed: int = 0


def run(engine: Engine, *, every: timedelta = EVERY, stop: Stopping, heartbeat: Path | None = None) -> Summary:
    """Tick at once, then each ``every`` and whenever a step or a cadence is due sooner, until ``stop``.

    A store that fails is logged and tried again at the next tick. After each sweep that came to its end the file
    ``heartbeat`` is touched. Returns after the transaction or the action under way has ended.
    """
    ticker = _Ticker(engine, every, heartbeat)
    log.info("scheduler.started", every_seconds=every.total_seconds())
    ticker.scheduler.start()
    try:
        stop.wait()
    finally:
        ticker.end()
        log.info("scheduler.stopped", ticks=ticker.summary.ticks, climbed=ticker.summary.climbed)
    return ticker.summary


class _Ticker:
    """One job in one thread. A tick that takes long is never joined by a second; those that were missed are one."""

    def __init__(self, engine: Engine, every: timedelta, heartbeat: Path | None) -> None:
        self.summary = Summary()
        self._engine = engine
        self._every = every
        self._heartbeat = heartbeat
        self._ending = threading.Event()
        self._is_noted = False
        # It warns, in words of its own between ours, of each tick that is passed over while a long one is under way.
        quiet = logging.Logger("duban.ticker", logging.ERROR)
        self.scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(1)}, timezone=UTC, logger=quiet
        )  # fmt: skip
        self.scheduler.add_job(
            self._tick, "interval", seconds=every.total_seconds(), id=_JOB, next_run_time=datetime.now(UTC),
            coalesce=True, max_instances=1, misfire_grace_time=None,
        )  # fmt: skip

    def end(self) -> None:
        """Begin nothing more, and wait for what is under way."""
        self._ending.set()
        self.scheduler.shutdown(wait=True)

    def _tick(self) -> None:
        self.summary.ticks += 1
        until = time.monotonic() + self._every.total_seconds()
        faults: list[Exception] = []
        swept = self._tried(self._sweep, faults)
        sent = None
        # Where the store is gone, one wait for it is enough.
        if not any(isinstance(fault, StoreError) for fault in faults):
            sent = self._tried(lambda: self._deliver(until), faults)
        wait = self._tried(self._until_due, faults) if not faults else None
        if faults:
            self.summary.failed += 1
        elif swept is not None and sent is not None:
            log.info(
                "scheduler.tick", climbed=swept.climbed, failed=len(swept.failed), cadences=_carried(swept),
                failed_cadences=len(swept.failed_cadences), delivered=sent.delivered, dead=sent.dead,
            )  # fmt: skip
        if sent is not None and time.monotonic() >= until:
            wait = _SOONEST
        if wait is not None and wait < self._every:
            self._wake_after(max(wait, _SOONEST))

    def _tried(self, work: Callable[[], T], faults: list[Exception]) -> T | None:
        """What the work came to; None where it failed. A ticker that dies of one fault leaves all after it undone."""
        try:
            return work()
        except Exception as fault:
            faults.append(fault)
            kind = "store" if isinstance(fault, StoreError) else "rules"
            if isinstance(fault, DubanError):
                log.warning("scheduler.failed", code=fault.code, kind=kind)
            else:
                log.warning("scheduler.failed", code="fault", kind=type(fault).__name__)
            return None

    def _sweep(self) -> SweepReport:
        swept = self._engine.sweep(self._climbed, self._ending.is_set, by=None)
        self.summary.cadences += _carried(swept)
        if not self._ending.is_set():
            if not self._is_noted:
                every = f"{self._every.total_seconds():g}"
                self._engine.store.transact(lambda writer: writer.put_setting(SCHEDULER_EVERY, every), keyed=True)
                self._is_noted = True
            if self._heartbeat is not None:
                self._heartbeat.touch()
        return swept

    def _climbed(self, _count: int) -> None:
        self.summary.climbed += 1

    def _deliver(self, until: float) -> DeliveryReport:
        """Deliver what waits, until it is time for the next tick."""
        total = DeliveryReport(0, 0, 0)
        while not self._ending.is_set():
            sent = self._engine.deliver(_SLICE, by=None)
            self.summary.delivered += sent.delivered
            total += sent
            if sent.delivered + sent.postponed + sent.dead + sent.sent < _SLICE or time.monotonic() >= until:
                break
        return total

    def _until_due(self) -> timedelta | None:
        """How long until the next step or occurrence, if any. What just failed waits for the next tick.

        Confidential steps are climbed at the next ordinary tick: a tick of their own would tell when they are due.
        """
        now = self._engine.world.clock.now()
        with self._engine.store.read() as reader:
            coming = [reader.next_public_due_at(now), next_occurrence_at(self._engine.world, now)]
        due_at = min((at for at in coming if at is not None), default=None)
        return None if due_at is None else due_at - now

    def _wake_after(self, wait: timedelta) -> None:
        if self._ending.is_set():
            return
        try:
            self.scheduler.modify_job(_JOB, next_run_time=datetime.now(UTC) + wait)
        except JobLookupError:
            return  # it is being stopped


def _carried(swept: SweepReport) -> int:
    """How many occurrences were carried out, without those that were passed over."""
    return sum(not one.passed for one in swept.cadences)
