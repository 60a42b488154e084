"""An issue that is there already: the office merges it into the earlier one, with which it is closed."""

from collections.abc import Mapping

from duban.demo.extended import ExtendedIssue
from duban.demo.found import Finding, FoundIssue, Work
from duban.demo.stage import OFFICE, Stage
from duban.engine.runtime.operations import Operations


class DuplicateIssue(FoundIssue):
    """The same garbage, found again two days later."""

    finding = Finding(8, "cleanliness", "garbage-again", "exposed-garbage", "back-lanes")

    def __init__(self, stage: Stage, first: ExtendedIssue) -> None:
        super().__init__(stage)
        self._first = first

    def course(self) -> Mapping[int, Work]:
        """Merged in the morning after; from then on the earlier one's end is its end."""
        return {2: self._merge}

    def _merge(self, desk: Operations) -> None:
        self.fire(desk, "merge", OFFICE, master=self._first.ref, reason=self.stage.say("merge-reason"))
