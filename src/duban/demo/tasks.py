"""The work on the tasks, which the demonstration invents: begun in the first week, done one after the other.

Which task moves on which day follows from its place in the register alone, so that every performance is the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from duban.demo.stage import OFFICE, Stage
from duban.engine.errors import DubanError
from duban.engine.model.case import Case

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
    """Moves the tasks on at the end of each working day."""

    def __init__(self, stage: Stage, campaign: str) -> None:
        self._stage = stage
        self._campaign = campaign
        self._day = 0
        self._works: list[_Work] = []

    def at_close(self, _at: datetime) -> None:
        """The work of one day."""
        if not self._works:
            self._works = list(self._register())
        self._day += 1
        for work in self._works:
            if work.number % NEVER_BEGUN == NEVER_BEGUN - 1:
                continue
            if self._day == 1 + work.number % DAYS_TO_BEGIN:
                self._begin(work)
            elif work.measure and work.number % LEFT_OPEN and self._day == FIRST_PARTS_ON + work.number % 20:
                self._finish_parts(work)
            elif work.measure and work.number % LEFT_OPEN and self._day == FIRST_PARTS_ON + 2 + work.number % 20:
                self._finish(work)

    def _register(self) -> Iterator[_Work]:
        engine = self._stage.engine
        parents = engine.find("task", by=OFFICE, limit=200)
        for number, case in enumerate(sorted(parents, key=lambda case: case.ref)):
            yield _Work(number, case.ref, "measure" in str(case.data.get("register")))

    def _begin(self, work: _Work) -> None:
        case = self._case(work)
        handler = self._handler(case.unit)
        data = {"in_charge": handler, "plan": self._stage.say("task-plan")}
        self._stage.engine.fire(work.ref, "begin", by=handler, data=data)

    def _finish_parts(self, work: _Work) -> None:
        engine = self._stage.engine
        for part in engine.find("part", by=OFFICE, parent=work.ref, open=True, limit=100):
            contribution = {"contribution": self._stage.say("part-done")}
            engine.fire(part.ref, "complete", by=self._handler(part.unit), data=contribution)

    def _finish(self, work: _Work) -> None:
        engine, case = self._stage.engine, self._case(work)
        words = self._stage.say("task-result")
        note = (f"{work.ref}.txt", f"{words}\n".encode())
        engine.fire(
            work.ref, "report_done", by=self._handler(case.unit), data={"result": words}, evidence={"material": note}
        )
        if work.number % 5:
            engine.fire(work.ref, "confirm", by=OFFICE)

    def _case(self, work: _Work) -> Case:
        return self._stage.engine.get(work.ref, by=OFFICE)

    def _handler(self, unit: str | None) -> str:
        """A post of the unit that works on tasks: its handler, else its head."""
        posts = self._stage.engine.world.directory.posts_of(unit)
        for role in ("handler", "unit-head"):
            for post in posts:
                if role in post.roles:
                    return post.name
        raise DubanError(unit=unit)
