"""``duban scheduler``: sweeps and delivers until it is told to stop."""

import logging
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

import click

from duban.cli.kit.answer import Answer, Cell, Facts, Table, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.logs import listen
from duban.cli.kit.options import Option
from duban.cli.metrics import empty_metrics, watched
from duban.engine.errors import StoreBusy, StoreLost, StoreUnreachable, UsageError
from duban.engine.model.saying import why_of

if TYPE_CHECKING:
    from duban.app import Engine
    from duban.engine.ports.clock import Clock
    from duban.engine.ports.store import Store
    from duban.observing.endpoint import Address, Page
    from duban.observing.metrics import Metrics
    from duban.scheduler import Stop, Summary

EVERY = Option(["--every"], says="option.every", metavar="SECONDS", type=click.IntRange(1, 86_400), default=30)

HEARTBEAT = Option(
    ["--heartbeat"], says="option.heartbeat", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path)
)

_COUNTS: Final = ("ticks", "climbed", "cadences", "delivered", "failed")

METRICS = Option(["--metrics"], says="option.metrics", metavar="HOST:PORT")


def scheduler(desk: Desk, every: int, heartbeat: Path | None, metrics: str | None) -> Answer:
    """Tick every ``every`` seconds and when something is due; SIGTERM and Ctrl-C end it after the work under way."""
    from duban.scheduler import Stop, run

    listen(verbose=desk.verbose, environ=desk.environ, usual=logging.INFO)
    if desk.given.is_office:
        return of_offices(desk, every, heartbeat, metrics)
    address = _address(metrics)
    series = empty_metrics() if address is not None else None
    desk.observers = [series] if series is not None else []
    opened = _opener(desk, series)
    _touched(heartbeat)
    stop = Stop()
    with ExitStack() as stack:
        stack.enter_context(_signalled(stop))
        if address is not None and series is not None:
            from duban.observing.offices import health_of

            def seen(_name: str) -> "tuple[Store, Clock]":
                return opened().store, opened().world.clock

            stack.enter_context(_answering(address, series.text, lambda: health_of("", seen)))
        summary = run(opened, every=timedelta(seconds=every), stop=stop, heartbeat=heartbeat)
    counts = _counts(summary)
    return Answer(counts, [_facts(desk, counts)])


def _opener(desk: Desk, series: "Metrics | None") -> "Callable[[], Engine]":
    """Opens the store and has it watched. One that nothing can be done with is told at once, not at every tick; one
    that is only out of reach now is tried again, as an office is."""
    is_watched = False

    def opened() -> "Engine":
        nonlocal is_watched
        engine = desk.engine
        if series is not None and not is_watched:
            is_watched = True
            series.watch(engine.store, engine.world.clock)
        return engine

    with suppress(StoreBusy, StoreLost, StoreUnreachable), opened().store.read():
        pass
    return opened


def of_offices(desk: Desk, every: int, heartbeat: Path | None, metrics: str | None) -> Answer:
    """The same for the offices that were named, or for all; one that cannot be opened is tried again with each tick."""
    from duban.offices import Offices
    from duban.scheduler import Stop, run_offices

    address, names = _address(metrics), desk.office_names
    empty = empty_metrics() if address is not None else None
    _touched(heartbeat)
    stop = Stop()
    with ExitStack() as stack:
        stack.enter_context(_signalled(stop))
        if address is None or empty is None:
            offices = desk.offices
        else:
            from duban.observing.offices import OfficeMetrics, health_of, health_of_all

            series = OfficeMetrics(names)
            counted = Offices(desk.offices.path, environ=desk.environ, observers=lambda name: [series.of(name)])
            offices = stack.enter_context(counted)
            seen = watched(offices)
            series.watch(seen)
            others = {f"/health/{name}": partial(health_of, name, seen) for name in names}
            stack.enter_context(_answering(address, series.text, lambda: health_of_all(names, seen), others))
        ran = run_offices(offices, names, every=timedelta(seconds=every), stop=stop, heartbeat=heartbeat)
    found = {name: _counts(summary) for name, summary in ran.items()}
    total = {key: sum(counts[key] for counts in found.values()) for key in _COUNTS}
    rows: list[list[Cell | str]] = [
        [name, *(cell(count) for count in counts.values())] for name, counts in found.items()
    ]
    return Answer({**total, "offices": found}, [Table(desk.head("office", *_COUNTS), rows)])


def _touched(heartbeat: Path | None) -> None:
    if heartbeat is not None:
        try:
            heartbeat.touch()
        except OSError as fault:
            raise UsageError("file-unwritable", file=str(heartbeat), why=why_of(fault)) from None


@contextmanager
def _signalled(stop: "Stop") -> Iterator[None]:
    """Within the block a signal to end asks for it, and does nothing else."""

    def asked(_number: int, _frame: FrameType | None) -> None:
        stop.ask()

    before = {number: signal.signal(number, asked) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _address(metrics: str | None) -> "Address | None":
    """Where to listen, if anywhere."""
    if metrics is None:
        return None
    from duban.observing.endpoint import Address

    return Address.parsed(metrics)


@contextmanager
def _answering(
    address: "Address", metrics: "Callable[[], bytes]", health: "Callable[[], Page]",
    others: "Mapping[str, Callable[[], Page]] | None" = None,
) -> Iterator[None]:  # fmt: skip
    """Answer on the endpoint meanwhile."""
    from duban.engine.log import log
    from duban.observing.endpoint import listening

    with listening(address, metrics, health, others) as where:
        log.info("metrics.listening", address=f"{where.host}:{where.port}")
        yield


def _counts(summary: "Summary") -> dict[str, int]:
    return {name: getattr(summary, name) for name in _COUNTS}


def _facts(desk: Desk, counts: "Mapping[str, int]") -> Facts:
    heads = desk.head(*counts)
    return Facts([(name, heads[name], cell(count)) for name, count in counts.items()])


command = Command("scheduler", "command.scheduler", scheduler, [EVERY, HEARTBEAT, METRICS])
