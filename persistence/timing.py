"""The time as the database has it, for all machines that share one: this machine's clock, put right by the difference.

What comes due and whose lease has lapsed is judged by one clock then, however wrong that of a machine is.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from duban.engine.ports.clock import Clock

FRESH: Final = 60.0
"""Seconds for which a measured difference is good."""
_SLOW: Final = 1.0
"""Seconds; what was measured on a longer trip than this is used only where nothing better was measured before."""
_ASKED: Final = "SELECT extract(epoch FROM clock_timestamp())::double precision"


class Offset:
    """How far the database's clock is ahead of this machine's, in seconds; below zero where it is behind.

    ``here`` tells this machine's time in seconds since 1970. A machine whose clock is put right, or that slept, has an
    offset that is stale at once.
    """

    def __init__(self, here: Callable[[], float] = time.time) -> None:
        self.here = here
        self.seconds = 0.0
        self._measured_at: float | None = None

    @property
    def is_known(self) -> bool:
        """Whether it was measured at all."""
        return self._measured_at is not None

    @property
    def is_stale(self) -> bool:
        """Whether it is to be measured when a connection is at hand."""
        return self._measured_at is None or not 0 <= self.here() - self._measured_at < FRESH

    def measured_on(self, connection: Any) -> None:
        """Ask the server on a driver's connection that commits by itself; one trip."""
        before = self.here()
        told = connection.execute(_ASKED).fetchone()[0]
        after = self.here()
        if self._measured_at is None or 0 <= after - before < _SLOW:
            self.seconds = told - (before + after) / 2
        self._measured_at = after


class DatabaseClock:
    """The time by the database's clock. ``measure`` reaches the database where the offset was never measured.

    Where it cannot be reached the clock of this ``machine`` has to do: what is to be written then fails by itself.
    """

    def __init__(self, machine: Clock, offset: Offset, measure: Callable[[], None]) -> None:
        self.machine: Final = machine
        self._offset = offset
        self._measure = measure

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        if not self._offset.is_known:
            self._measure()
        return self.machine.now() + timedelta(seconds=self._offset.seconds)
