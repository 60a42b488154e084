"""A bar on standard error while something long goes on and a person waits; otherwise nothing."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from duban.cli.kit.desk import Desk


@contextmanager
def counting(desk: Desk, what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Give a function that hears how far it is. ``what`` names a sentence of the catalogue's ``say``."""
    if not sys.stderr.isatty():
        yield lambda _count: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    words = TextColumn("{task.description}", markup=False)
    columns = (SpinnerColumn(), words, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(file=sys.stderr, markup=False, highlight=False, emoji=False)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(desk.say(what), total=total)
        yield lambda count: bar.update(task, completed=count)
