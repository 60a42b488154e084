"""How the service stands, as everybody may know: confidential cases are not in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from duban.engine.model.scope import Scope
from duban.engine.ports.store import Store
from duban.engine.ports.watching import Pulse
from duban.engine.runtime.sweep import LAST_FAILED, LAST_SWEEP, SCHEDULER_EVERY

LATE: Final = timedelta(seconds=60)
"""Two ticks of a scheduler that did not tell how often it ticks."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a store tells at ``now`` (UTC): what waits, when a sweep last ended and how many cases failed in it.

    ``late`` is after how long without a sweep the service counts as stopped.
    """

    now: datetime
    pulse: Pulse
    swept_at: datetime | None
    failed: int
    late: timedelta

    @property
    def is_healthy(self) -> bool:
        """Whether a sweep ended not too long ago."""
        return self.swept_at is not None and self.now - self.swept_at <= self.late


def standing(store: Store, now: datetime) -> Standing:
    """Ask the store.

    Raises:
        StoreError: it is out of reach, or has no tables.
    """
    with store.read() as reader:
        swept, failed, every = (reader.setting(name) for name in (LAST_SWEEP, LAST_FAILED, SCHEDULER_EVERY))
        pulse = reader.pulse(Scope.of_nobody(), now)
    late = timedelta(seconds=2 * float(every)) if every else LATE
    return Standing(now, pulse, datetime.fromisoformat(swept) if swept else None, int(failed or 0), late)
