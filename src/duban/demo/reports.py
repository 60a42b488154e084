"""The weekly reports: every unit owes one on Wednesday; most come in time, some a day or two later."""

from datetime import date
from typing import Final

from duban.demo.stage import OFFICE, Stage
from duban.engine.runtime.operations import Operations

READER: Final = "office-materials-1"
A_DAY_LATE: Final = 9
TWO_DAYS_LATE: Final = 17
"""Of so many reports one is late by so many days."""

_MOST: Final = 100


class Reports:
    """How late a report is follows from its number alone."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def morning(self, desk: Operations, _day: int) -> None:
        """Accept what came in."""
        for case in desk.find("report", by=OFFICE, state="submitted", limit=_MOST):
            desk.fire(case.ref, "accept", by=READER)

    def afternoon(self, desk: Operations, _day: int) -> None:
        """Submit what is ready."""
        today = date.fromisoformat(self._stage.day(self._stage.clock.now()))
        for case in desk.find("report", by=OFFICE, state="owed", limit=_MOST):
            number = self._stage.number(case.ref)
            days = 0 if number % A_DAY_LATE else 1
            days = days if number % TWO_DAYS_LATE else 2
            if (today - date.fromisoformat(case.data["due_on"])).days < days:
                continue
            desk.fire(
                case.ref, "submit", by=self._stage.handler(case.unit), data={"summary": self._stage.say("report-text")},
                evidence={"material": self._stage.note(case.ref, "report-text")},
            )  # fmt: skip
