"""An issue that needs more time: the unit asks for an extension, and the office grants it, in part."""

from collections.abc import Mapping

from duban.demo.found import Finding, FoundIssue, Work
from duban.demo.stage import OTHER_OFFICE
from duban.engine.runtime.operations import Operations


class ExtendedIssue(FoundIssue):
    """Garbage in a back lane that only a crane can lift."""

    finding = Finding(6, "cleanliness", "garbage", "exposed-garbage", "back-lanes")

    request = ""

    def course(self) -> Mapping[int, Work]:
        """Asked for on the second day, granted the morning after."""
        return {
            2: self.assign, 3: self.accept, 5: self._ask, 6: self._grant, 13: self.rectify, 14: self.verify,
            15: self.close,
        }  # fmt: skip

    def _ask(self, desk: Operations) -> None:
        (self.request,) = self.fire(
            desk, "request_extension", self.handler(desk), days=5, grounds=self.stage.say("extension-grounds")
        )

    def _grant(self, desk: Operations) -> None:
        data = {"days": 3, "decision": self.stage.say("extension-decision")}
        desk.fire(self.request, "grant_extension", by=OTHER_OFFICE, data=data)
