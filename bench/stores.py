"""The large stores of a run: made once for each size, used by every part that wants one."""

from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

import duban
from bench.floors.large import LargeFloor
from bench.peers.engine import PACK
from bench.places import Places
from bench.seeding import LATE, seeded
from duban.testing import FrozenClock


class Large:
    """A seeded store with an engine on it, whose clock is moved by hand, and the floor's copy of it.

    ``running``: every case is open, and none overdue. ``began`` is where the clock stands at first, in microseconds: a
    minute after the overdue ones were due.
    """

    def __init__(self, places: Places, size: int, *, running: bool = False) -> None:
        self.size = size
        self.overdue = 0 if running else min(10_000, size // 10)
        share = 1.0 if running else 0.2
        self.file: Path = seeded(places.file(f"large-{size}"), size, overdue=self.overdue, open_share=share)
        self.clock = FrozenClock(LATE + timedelta(minutes=1))
        self.began = int(self.clock.now().timestamp()) * 1_000_000
        self.engine = duban.Engine(f"sqlite:///{self.file}", pack=PACK, clock=self.clock)
        self.floor = LargeFloor(places.file(f"large-floor-{size}"), self.file)

    def close(self) -> None:
        """Close both."""
        self.engine.close()
        self.floor.close()


class Stores:
    """Large stores by size; each is made when it is first asked for."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._made: dict[int, Large] = {}
        self._stack = ExitStack()

    def of(self, size: int) -> Large:
        """The store of this size."""
        if size not in self._made:
            self._made[size] = self._stack.enter_context(closing(Large(self._places, size)))
        return self._made[size]

    def close(self) -> None:
        """Close all."""
        self._stack.close()
