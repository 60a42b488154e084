"""The daily rounds: walked and submitted by the handlers of their units; some are missed."""

from typing import Final

from duban.demo.stage import OFFICE, Stage
from duban.engine.model.case import Case
from duban.engine.runtime.operations import Operations

MISSED: Final = 29
"""Of so many rounds one is not walked."""

_MOST: Final = 100


class Rounds:
    """Which round is missed follows from its number alone."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def morning(self, desk: Operations, _day: int) -> None:
        """Begin the rounds of the day."""
        today = self._stage.day(self._stage.clock.now())
        for case in desk.find("round", by=OFFICE, state="planned", data={"day": today}, limit=_MOST):
            if self._stage.number(case.ref) % MISSED:
                desk.fire(case.ref, "begin", by=self._stage.handler(case.unit))

    def afternoon(self, desk: Operations, _day: int) -> None:
        """Submit what was walked. The scheduler locks it the day after."""
        for case in desk.find("round", by=OFFICE, state="in_progress", limit=_MOST):
            desk.fire(
                case.ref, "submit", by=self._stage.handler(case.unit), data=self._told(case),
                evidence={"photo_route": self._stage.note(case.ref, "round-photo")},
            )  # fmt: skip

    def _told(self, case: Case) -> dict[str, object]:
        result = "findings" if case.data.get("finding_title") else "clear"
        points = len(case.data.get("points") or ())
        return {"route": self._stage.say("round-route"), "points_checked": points, "result": result}
