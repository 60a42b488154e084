"""``duban scheduler``: sweeps and delivers until it is told to stop."""

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from duban.cli.kit.answer import Answer, Facts, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.logs import listen
from duban.cli.kit.options import Option
from duban.cli.metrics import empty_metrics
from duban.engine.errors import UsageError

if TYPE_CHECKING:
    from duban.observing.endpoint import Address
    from duban.observing.metrics import Metrics

EVERY = Option(["--every"], says="option.every", metavar="SECONDS", type=click.IntRange(1, 86_400), default=30)

HEARTBEAT = Option(
    ["--heartbeat"], says="option.heartbeat", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path)
)

METRICS = Option(["--metrics"], says="option.metrics", metavar="HOST:PORT")


def scheduler(desk: Desk, every: int, heartbeat: Path | None, metrics: str | None) -> Answer:
    """Tick every ``every`` seconds and when something is due; SIGTERM and Ctrl-C end it after the work under way."""
    from duban.scheduler import Stop, run

    listen(verbose=desk.verbose, environ=desk.environ, usual=logging.INFO)
    series = _series(desk, metrics)
    with desk.engine.store.read():
        pass  # a store that is not ready is told at once, not at every tick
    if heartbeat is not None:
        try:
            heartbeat.touch()
        except OSError as fault:
            raise UsageError("file-unwritable", file=str(heartbeat), why=fault.strerror or str(fault)) from None
    stop = Stop()

    def asked(_number: int, _frame: FrameType | None) -> None:
        stop.ask()

    before = {number: signal.signal(number, asked) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        with _told(desk, series):
            summary = run(desk.engine, every=timedelta(seconds=every), stop=stop, heartbeat=heartbeat)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    counts = {
        "ticks": summary.ticks, "climbed": summary.climbed, "cadences": summary.cadences,
        "delivered": summary.delivered, "failed": summary.failed,
    }  # fmt: skip
    heads = desk.head(*counts)
    return Answer(counts, [Facts([(name, heads[name], cell(count)) for name, count in counts.items()])])


def _series(desk: Desk, metrics: str | None) -> "tuple[Address, Metrics] | None":
    """Where to listen and what is counted; from now on the engine of the desk counts."""
    if metrics is None:
        return None
    from duban.observing.endpoint import Address

    address, series = Address.parsed(metrics), empty_metrics()
    desk.observers = [series]
    return address, series


@contextmanager
def _told(desk: Desk, series: "tuple[Address, Metrics] | None") -> Iterator[None]:
    """Answer on the endpoint meanwhile."""
    if series is None:
        yield
        return
    from duban.engine.log import log
    from duban.observing.endpoint import health, listening

    (address, metrics), store, clock = series, desk.engine.store, desk.engine.world.clock
    metrics.watch(store, clock)
    with listening(address, metrics.text, lambda: health(store, clock)) as where:
        log.info("metrics.listening", address=f"{where.host}:{where.port}")
        yield


command = Command("scheduler", "command.scheduler", scheduler, [EVERY, HEARTBEAT, METRICS])
