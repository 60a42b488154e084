"""An issue of conduct: people are persuaded at the place, and heed it; so nothing is enforced."""

from collections.abc import Mapping
from typing import Final

from duban.demo.found import Finding, FoundIssue, Work
from duban.demo.stage import OFFICE
from duban.engine.runtime.operations import Operations

PERSUADER: Final = "persuader"


class PersuadedIssue(FoundIssue):
    """Stalls at the market. Two attempts; the second one is heeded, and the issue closed."""

    finding = Finding(3, "street-order", "stalls", "street-trading", "market-perimeter")
    persuasion = ""

    def course(self) -> Mapping[int, Work]:
        """Persuaded before it is rectified."""
        return {
            2: self.assign, 3: self.accept, 4: self._persuade, 5: self._attempt, 7: self._attempt, 8: self._heed,
            9: self.rectify, 10: self.verify, 11: self.close,
        }  # fmt: skip

    def _persuade(self, desk: Operations) -> None:
        (self.persuasion,) = self.fire(desk, "persuade", OFFICE)

    def _attempt(self, desk: Operations) -> None:
        measures = {"measures": self.stage.say("persuasion-attempt")}
        desk.fire(self.persuasion, "attempt", by=PERSUADER, data=measures)

    def _heed(self, desk: Operations) -> None:
        desk.fire(self.persuasion, "heed", by=PERSUADER, data={"finding": self.stage.say("persuasion-heeded")})
