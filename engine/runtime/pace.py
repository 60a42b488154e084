"""How long one transaction of many may take, and when others get their turn."""

import time
from typing import Final, Protocol

HOLD: Final = 0.5
"""Seconds after which a transaction ends although there is more to do, and others get their turn to write."""

ASIDE: Final = 1.0
"""Seconds after which others get their turn to write who look for it only now and then."""


class _Shared(Protocol):
    def stand_aside(self) -> None: ...


class Turns:
    """Made where many transactions begin, one after the other."""

    def __init__(self, shared: _Shared) -> None:
        self._shared = shared
        self._since = time.monotonic()

    def give(self) -> None:
        """Between two transactions: stand aside where it is time to."""
        if time.monotonic() - self._since > ASIDE:
            self._shared.stand_aside()
            self._since = time.monotonic()


class Hold:
    """Made where a transaction begins."""

    def __init__(self) -> None:
        self._until = time.monotonic() + HOLD

    @property
    def is_over(self) -> bool:
        """Whether the transaction has had its time."""
        return time.monotonic() > self._until
