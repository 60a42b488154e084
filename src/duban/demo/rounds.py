"""The daily rounds: walked and submitted by the handlers of their units; some are missed."""

from typing import Final

from duban.demo.stage import OFFICE, Stage
from duban.engine.runtime.operations import Operations

MISSED: Final = 29
"""Of so many rounds one is not walked."""

_MOST: Final = 100


class Rounds:
    """Which round is missed follows from its number alone."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def morning(self, desk: Operations, _day: int) -> None:
        """Walk the rounds of the day: every point is checked, and nothing is found yet."""
        today = self._stage.day(self._stage.clock.now())
        for case in desk.find("round", by=OFFICE, state="planned", data={"day": today}, limit=_MOST):
            if self._stage.number(case.ref) % MISSED:
                for site in case.data["points"]:
                    data = {"site": site, "result": "clear"}
                    photograph = {"photo": self._stage.note(f"{case.ref}-{site}", "point-photo")}
                    desk.fire(case.ref, "check", by=self._stage.handler(case.unit), data=data, evidence=photograph)

    def afternoon(self, desk: Operations, _day: int) -> None:
        """Submit what was walked. The scheduler locks it the day after."""
        for case in desk.find("round", by=OFFICE, state="in_progress", limit=_MOST):
            desk.fire(
                case.ref, "submit", by=self._stage.handler(case.unit), data={"route": self._stage.say("round-route")},
                evidence={"photo_route": self._stage.note(case.ref, "round-photo")},
            )  # fmt: skip
