"""An issue that goes back: the unit that got it says whose it is, the office agrees and assigns it anew."""

from collections.abc import Mapping
from typing import Final

from duban.demo.found import Finding, FoundIssue, Work
from duban.demo.stage import OFFICE, OTHER_OFFICE
from duban.engine.runtime.operations import Operations

OTHER_UNIT: Final = "planning-construction"


class PassedOnIssue(FoundIssue):
    """Waste water of a restaurant, which was taken for a matter of the shop's licence."""

    finding = Finding(9, "cleanliness", "waste-water", "small-shops", "restaurants")

    request = ""

    def course(self) -> Mapping[int, Work]:
        """Returned on the day of its assignment, assigned anew a day later."""
        return {
            2: self.assign, 3: self._ask, 4: self._grant, 5: self._assign_anew, 6: self.accept, 8: self.rectify,
            9: self.verify, 10: self.close,
        }  # fmt: skip

    def _ask(self, desk: Operations) -> None:
        grounds = self.stage.say("return-grounds")
        (self.request,) = self.fire(desk, "request_return", self.handler(desk), grounds=grounds, hand_to=OTHER_UNIT)

    def _grant(self, desk: Operations) -> None:
        data = {"decision": self.stage.say("return-decision")}
        desk.fire(self.request, "grant_return", by=OTHER_OFFICE, data=data)

    def _assign_anew(self, desk: Operations) -> None:
        self.fire(desk, "assign", OFFICE, unit=OTHER_UNIT)
