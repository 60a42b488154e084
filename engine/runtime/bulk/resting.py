"""Keeps the garbage collector of Python at rest during a batch."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Do not look for circles meanwhile.

    What a batch makes lives until the batch is written, and has no circles: to look through all that lives, again and
    again as it grows, took a third of the time. A batch is short, so others in the process do not wait long either.
    Several at once are no harm: whoever stopped the collector starts it again, and who found it at rest lets it rest.
    """
    if not gc.isenabled():
        yield
        return
    stopped, mark = _stopped(), object()
    try:
        stopped.add(mark)
        gc.disable()
        yield
    finally:
        gc.enable()
        stopped.discard(mark)


@cache
def _stopped() -> set[object]:
    """By whom the collector was stopped. None of them lives on in a forked child, where it begins to work again."""
    stopped: set[object] = set()

    def begin_anew() -> None:
        if stopped:
            gc.enable()
            stopped.clear()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=begin_anew)
    return stopped
