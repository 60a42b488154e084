"""How the service stands, as everybody may know: confidential cases are not in it."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Final, get_args

from duban.engine.model.archive import ArchiveStanding
from duban.engine.model.frozen import frozen
from duban.engine.model.scope import Scope
from duban.engine.ports.store import Store
from duban.engine.ports.watching import Pulse
from duban.engine.runtime.sweep import LAST_FAILED, LAST_SWEEP, SCHEDULER_EVERY

LATE: Final = timedelta(seconds=60)
"""Two ticks of a scheduler that did not tell how often it ticks."""


@frozen
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


@frozen
class Shelf:
    """How many archives stand how, each standing named; and of how many cases that are in the store again an archive
    still holds rows."""

    standings: Counter[str]
    unsettled: int


def shelf(store: Store) -> Shelf:
    """Ask the store, and look at the file of each archive.

    Raises:
        StoreError: the store is out of reach, or has no tables.
    """
    with store.read() as reader:
        found = reader.archive_standings(Scope.of_nobody())
        left = reader.unsettled(Scope.of_nobody())
    counts = Counter(dict.fromkeys(get_args(ArchiveStanding), 0))
    counts.update(found.values())
    return Shelf(counts, sum(left.values()))
