"""``duban scheduler``: sweeps and delivers until it is told to stop."""

import logging
import signal
from datetime import timedelta
from pathlib import Path
from types import FrameType

import click

from duban.cli.kit.answer import Answer, Facts, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.logs import listen
from duban.cli.kit.options import Option
from duban.engine.errors import UsageError

EVERY = Option(["--every"], says="option.every", metavar="SECONDS", type=click.IntRange(1, 86_400), default=30)

HEARTBEAT = Option(
    ["--heartbeat"], says="option.heartbeat", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path)
)


def scheduler(desk: Desk, every: int, heartbeat: Path | None) -> Answer:
    """Tick every ``every`` seconds and when something is due; SIGTERM and Ctrl-C end it after the work under way."""
    from duban.scheduler import Stop, run

    listen(verbose=desk.verbose, environ=desk.environ, usual=logging.INFO)
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


command = Command("scheduler", "command.scheduler", scheduler, [EVERY, HEARTBEAT])
