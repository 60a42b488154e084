"""The scheduler service: a ticker that sweeps and delivers. It keeps nothing itself; due times lie in the store.

Any number of schedulers may run on one store: a step is climbed once, whoever comes first. That one is alive is told
by the age of the last sweep, never by this process.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from duban.app import Engine
from duban.engine.errors import DubanError, StoreError
from duban.engine.log import log
from duban.engine.runtime.agenda import next_occurrence_at
from duban.engine.runtime.delivery import DeliveryReport
from duban.engine.runtime.sweep import SCHEDULER_EVERY, SweepReport
from duban.heart import Heart
from duban.offices import Offices

T = TypeVar("T")
N = TypeVar("N", str, None)

EVERY: Final = timedelta(seconds=30)
_THREADS: Final = 64
"""The most offices that are worked for at a time; more of them take turns."""
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


def run(
    engine: Engine | Callable[[], Engine], *, every: timedelta = EVERY, stop: Stopping, heartbeat: Path | None = None
) -> Summary:
    """Tick at once, then each ``every`` and whenever a step or a cadence is due sooner, until ``stop``.

    Instead of an engine what opens it, asked at each tick: it raises while there is none yet, and then gives the same
    one. A store that fails is logged and tried again at the next tick. After each sweep that came to its end the file
    ``heartbeat`` is touched. Returns after the transaction or the action under way has ended.
    """
    opened = (lambda: engine) if isinstance(engine, Engine) else engine
    return _run({None: opened}, every, stop, heartbeat)[None]


def run_offices(
    offices: Offices, names: Sequence[str] = (), *, every: timedelta = EVERY, stop: Stopping,
    heartbeat: Path | None = None,
) -> dict[str, Summary]:  # fmt: skip
    """The same for several offices in one process, for all of them where none is named; what each came to.

    Each has a ticker of its own: what is slow or broken in one office, its pack, its store or a receiver, is logged
    with its name, tried again at its next tick, and holds up no other. ``heartbeat`` is touched when all of them have
    come to the end of a sweep since it last was: so it grows old with the worst of them.

    Raises:
        UnknownOffice: one of the names is not declared.
    """
    chosen = [offices.office(name).name for name in names or offices]
    ran = _run({name: partial(offices.__getitem__, name) for name in chosen}, every, stop, heartbeat)
    return {name: ran[name] for name in chosen}


def _run(
    engines: Mapping[N, Callable[[], Engine]], every: timedelta, stop: Stopping, heartbeat: Path | None
) -> dict[N, Summary]:  # fmt: skip
    # It warns, in words of its own between ours, of each tick that is passed over while a long one is under way.
    quiet = logging.Logger("duban.ticker", logging.ERROR)
    threads = ThreadPoolExecutor(min(len(engines), _THREADS))
    scheduler = BackgroundScheduler(executors={"default": threads}, timezone=UTC, logger=quiet)
    heart = Heart(heartbeat, [str(name) for name in engines])
    tickers = {name: _Ticker(name, opened, scheduler, every, heart) for name, opened in engines.items()}
    told: dict[str, Any] = {} if None in engines else {"offices": list(engines)}
    log.info("scheduler.started", every_seconds=every.total_seconds(), **told)
    scheduler.start()
    try:
        stop.wait()
    finally:
        for ticker in tickers.values():
            ticker.end()
        scheduler.shutdown(wait=True)
        for name, ticker in tickers.items():
            with _about(name):
                log.info("scheduler.stopped", ticks=ticker.summary.ticks, climbed=ticker.summary.climbed)
    return {name: ticker.summary for name, ticker in tickers.items()}


class _Ticker:
    """One job, in one thread at a time: a tick that takes long is never joined by a second, and missed ones are one.

    ``name`` is that of the office where there are several.
    """

    def __init__(
        self, name: str | None, opened: Callable[[], Engine], scheduler: BackgroundScheduler, every: timedelta,
        heart: Heart,
    ) -> None:  # fmt: skip
        self.summary = Summary()
        self._name = name
        self._opened = opened
        self._scheduler = scheduler
        self._every = every
        self._heart = heart
        self._ending = threading.Event()
        self._is_noted = False
        self._job = str(name)
        scheduler.add_job(
            self._tick, "interval", seconds=every.total_seconds(), id=self._job, next_run_time=datetime.now(UTC),
            coalesce=True, max_instances=1, misfire_grace_time=None,
        )  # fmt: skip

    def end(self) -> None:
        """Begin nothing more."""
        self._ending.set()

    def _tick(self) -> None:
        if self._ending.is_set():
            return
        self.summary.ticks += 1
        faults: list[Exception] = []
        with _about(self._name):
            engine = self._tried(self._opened, faults)
            if engine is None:
                self.summary.failed += 1
            else:
                self._engine = engine
                self._work()

    def _work(self) -> None:
        until = time.monotonic() + self._every.total_seconds()
        faults: list[Exception] = []
        swept = self._tried(self._sweep, faults)
        sent = None
        # Where the store is gone, one wait for it is enough.
        if not any(isinstance(fault, StoreError) for fault in faults):
            sent = self._tried(lambda: self._deliver(until), faults)
        wait = self._tried(lambda: until_due(self._engine), faults) if not faults else None
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
            self._heart.swept(self._job)
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

    def _wake_after(self, wait: timedelta) -> None:
        if self._ending.is_set():
            return
        try:
            self._scheduler.modify_job(self._job, next_run_time=datetime.now(UTC) + wait)
        except JobLookupError:
            return  # it is being stopped


def until_due(engine: Engine) -> timedelta | None:
    """How long until the next step or occurrence, if any. What just failed waits for the next tick.

    Confidential steps are climbed at the next ordinary tick: a tick of their own would tell when they are due.
    """
    now = engine.world.clock.now()
    with engine.store.read() as reader:
        coming = [reader.next_public_due_at(now), next_occurrence_at(engine.world, now)]
    due_at = min((at for at in coming if at is not None), default=None)
    return None if due_at is None else due_at - now


def _about(name: str | None) -> AbstractContextManager[None]:
    return log.about(office=name) if name is not None else nullcontext()


def _carried(swept: SweepReport) -> int:
    """How many occurrences were carried out, without those that were passed over."""
    return sum(not one.passed for one in swept.cadences)
