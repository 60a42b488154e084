"""The work on the tasks, which the demonstration invents: begun in the first week, done one after the other.

Which task moves on which day follows from its place in the register alone, so that every performance is the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from duban.demo.stage import OFFICE, Stage
from duban.engine.runtime.operations import Operations

DAYS_TO_BEGIN: Final = 5
FIRST_PARTS_ON: Final = 6
NEVER_BEGUN: Final = 27
"""Every so many tasks one is not begun, so that reminders go out."""

LEFT_OPEN: Final = 4
"""Every so many measures one is not finished."""


@dataclass(slots=True)
class _Work:
    """One task and how far it is."""

    number: int
    ref: str
    measure: bool
    done: bool = False


class Tasks:
    """Moves the tasks on every afternoon."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._works: list[_Work] = []

    def morning(self, _desk: Operations, _day: int) -> None:
        """Nothing: tasks move on in the afternoon."""

    def afternoon(self, desk: Operations, day: int) -> None:
        """The work of one day."""
        if not self._works:
            self._works = list(self._register(desk))
        for work in self._works:
            if work.number % NEVER_BEGUN == NEVER_BEGUN - 1:
                continue
            if day == 1 + work.number % DAYS_TO_BEGIN:
                self._begin(desk, work)
            elif work.measure and work.number % LEFT_OPEN and day == FIRST_PARTS_ON + work.number % 20:
                self._finish_parts(desk, work)
            elif work.measure and work.number % LEFT_OPEN and day == FIRST_PARTS_ON + 2 + work.number % 20:
                self._finish(desk, work)

    def _register(self, desk: Operations) -> Iterator[_Work]:
        parents = desk.find("task", by=OFFICE, limit=200)
        for number, case in enumerate(sorted(parents, key=lambda case: case.ref)):
            yield _Work(number, case.ref, "measure" in str(case.data.get("register")))

    def _begin(self, desk: Operations, work: _Work) -> None:
        handler = self._handler(desk, work)
        desk.fire(work.ref, "begin", by=handler, data={"in_charge": handler, "plan": self._stage.say("task-plan")})

    def _finish_parts(self, desk: Operations, work: _Work) -> None:
        for part in desk.find("part", by=OFFICE, parent=work.ref, open=True, limit=100):
            contribution = {"contribution": self._stage.say("part-done")}
            desk.fire(part.ref, "complete", by=self._stage.handler(part.unit), data=contribution)

    def _finish(self, desk: Operations, work: _Work) -> None:
        result = {"result": self._stage.say("task-result")}
        material = {"material": self._stage.note(work.ref, "task-result")}
        desk.fire(work.ref, "report_done", by=self._handler(desk, work), data=result, evidence=material)
        if work.number % 5:
            desk.fire(work.ref, "confirm", by=OFFICE)

    def _handler(self, desk: Operations, work: _Work) -> str:
        return self._stage.handler(desk.get(work.ref, by=OFFICE).unit)
