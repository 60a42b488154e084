"""The staff at work on every working day: what each act does in the morning and in the afternoon."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Final, Protocol

from duban.demo.stage import Stage
from duban.engine.runtime.operations import Operations
from duban.importing.replay import Moment

MORNING: Final = time(9, 30)
AFTERNOON: Final = time(16, 30)


class Act(Protocol):
    """One piece of the work that the demonstration invents.

    ``desk`` takes all of half a day in one transaction; ``day`` is the number of the working day, from 1.
    """

    def morning(self, desk: Operations, day: int) -> None:
        """What is done when the day begins, after the rounds and orders of the day were opened."""
        ...

    def afternoon(self, desk: Operations, day: int) -> None:
        """What is done before the day ends."""
        ...


class Staff:
    """Lets the acts take their turns, always in the same order."""

    def __init__(self, stage: Stage, acts: Sequence[Act]) -> None:
        self._engine = stage.engine
        self._acts = acts
        self._day = 0

    @property
    def moments(self) -> Mapping[time, Moment]:
        """When they work."""
        return {MORNING: self._morning, AFTERNOON: self._afternoon}

    def _morning(self, _at: datetime) -> None:
        self._day += 1
        with self._engine.batch() as desk:
            for act in self._acts:
                act.morning(desk, self._day)

    def _afternoon(self, _at: datetime) -> None:
        with self._engine.batch() as desk:
            for act in self._acts:
                act.afternoon(desk, self._day)
