"""Who takes durable steps, and how a round of them is timed, on one thread or on many."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

Step = Callable[[int, int], Any]
"""Takes the step ``turn`` (0, 1, …) of a case (by number): working → checked → working → …"""

EVENTS: Final = ("submit", "rework")
STATES: Final = ("working", "checked")
MOST: Final = 1000
"""The guard of each step: an amount above this is refused."""


class Stepper(Protocol):
    """One way to take a durable step. Its cases exist already, in ``working``, version 1."""

    name: str

    def session(self) -> Step:
        """A step for the use of one thread, on a connection of its own where the way has connections."""
        ...

    def close(self) -> None:
        """Give everything back."""
        ...


def key_of(number: int, turn: int) -> str:
    """The idempotency key of a step."""
    return f"request-{turn:04}-{number:06}"


def ref_of(number: int) -> str:
    """The reference of a case, as duban gives it out: from 1 on."""
    return f"STP-{number + 1:06}"


def payload(turn: int) -> dict[str, Any]:
    """What a step brings."""
    return {"amount": 100 + turn % 100, "note": "looked at and handed on"}


class Rounds:
    """Rounds of one stepper: in each, every case takes one step. Cases are split among the threads.

    ``clock`` is what one thread is timed by: the clock on the wall, or ``time.thread_time``, for which neither the disk
    nor others at work on the machine count.
    """

    def __init__(
        self, stepper: Stepper, cases: int, threads: int, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._clock = clock
        self._steps = [stepper.session() for _ in range(threads)]
        self._shares: list[Sequence[int]] = [range(thread, cases, threads) for thread in range(threads)]
        self._cases = cases
        self._turn = 0

    def __call__(self) -> float:
        """One round; seconds for each step."""
        turn, self._turn = self._turn, self._turn + 1
        if len(self._steps) == 1:
            began = self._clock()
            _steps(self._steps[0], self._shares[0], turn)
            return (self._clock() - began) / self._cases
        return self._together(turn) / self._cases

    def _together(self, turn: int) -> float:
        gate, faults = threading.Barrier(len(self._steps) + 1), list[BaseException]()

        def work(step: Step, share: Sequence[int]) -> None:
            gate.wait()
            try:
                _steps(step, share, turn)
            except BaseException as fault:
                faults.append(fault)

        threads = [threading.Thread(target=work, args=pair) for pair in zip(self._steps, self._shares, strict=True)]
        for thread in threads:
            thread.start()
        gate.wait()
        began = time.perf_counter()
        for thread in threads:
            thread.join()
        taken = time.perf_counter() - began
        if faults:
            raise faults[0]
        return taken


def _steps(step: Step, share: Sequence[int], turn: int) -> None:
    for number in share:
        step(number, turn)
