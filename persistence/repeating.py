"""Does work again that the database undid for no fault of its own: a deadlock, an order that it could not keep, a
connection that was lost."""

import random
import time
from collections.abc import Callable
from typing import Final, TypeVar

from duban.engine.errors import StoreBusy, StoreError, StoreLost

T = TypeVar("T")

TRIES: Final = 5
"""How often work is done at most."""
_PAUSE: Final = 0.01
"""Seconds within which work that was undone first is done again; twice as long each time, so that two part ways."""


def repeated(work: Callable[[], T], *, keyed: bool) -> T:
    """What the work, a whole transaction, came to; at most ``TRIES`` times as long as the database undoes it.

    ``keyed`` says that the work does nothing a second time, so that it may be done again, too, where nobody knows
    whether it was kept.

    Raises:
        StoreError: of the last time; or StoreLost of an earlier one, where nobody knows whether that was kept.
    """
    unknown: StoreLost | None = None
    for tried in range(TRIES):
        try:
            return work()
        except StoreError as fault:
            if isinstance(fault, StoreLost) and fault.data["unknown"]:
                unknown = fault
            if tried == TRIES - 1 or not _was_undone(fault, keyed):
                if unknown is None or unknown is fault:
                    raise
                # What it could not do now says nothing of what it may have done before.
                raise unknown from fault
        time.sleep(random.uniform(0, _PAUSE * 2**tried))
    raise AssertionError("the last time returns or raises")


def _was_undone(fault: StoreError, keyed: bool) -> bool:
    if isinstance(fault, StoreLost):
        return keyed or not fault.data["unknown"]
    return isinstance(fault, StoreBusy) and bool(fault.data.get("deadlock"))
