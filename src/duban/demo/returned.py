"""One issue that comes back, which the demonstration invents: reopened with a joint part, sent back once, closed again.

The register of requests knows neither joint work nor rework; everything before its recorded end is real.
"""

from collections.abc import Callable
from typing import Final

from duban.demo.stage import OFFICE, Stage
from duban.engine.model.case import Case
from duban.engine.runtime.operations import Operations
from duban.engine.runtime.public_reads import MAX_PAGE

CATEGORY: Final = "illegal-dumping"
JOINT: Final = "law-enforcement"
SUPERVISOR: Final = "supervision-member-1"
OTHER_SUPERVISOR: Final = "supervision-member-2"


class ReturnedIssue:
    """Chooses the first issue of its category that was overdue and closed, and plays its second round day by day."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.ref = ""
        self._day = 0
        self._days: dict[int, Callable[[Operations], None]] = {
            1: self._reopen, 2: self._accept, 4: self._rectify, 5: self._rework, 6: self._part, 7: self._again,
        }  # fmt: skip

    def morning(self, _desk: Operations, _day: int) -> None:
        """Nothing: it moves on in the afternoon."""

    def afternoon(self, desk: Operations, _day: int) -> None:
        """What happens to it on this day."""
        if not self.ref:
            found = self._choose(desk)
            if found is None:
                return
            self.ref = found.ref
        self._day += 1
        work = self._days.get(self._day)
        if work is not None:
            work(desk)

    def _choose(self, desk: Operations) -> Case | None:
        closed = desk.find("issue", by=OFFICE, state="closed", data={"category": CATEGORY}, open=False, limit=MAX_PAGE)
        late = [case for case in closed if case.level > 0]
        return min(late, key=lambda case: case.ref, default=None)

    def _fire(self, desk: Operations, event: str, by: str, **data: object) -> None:
        desk.fire(self.ref, event, by=by, data=data)

    def _handler(self, desk: Operations) -> str:
        return self._stage.handler(desk.get(self.ref, by=OFFICE).unit)

    def _reopen(self, desk: Operations) -> None:
        self._fire(desk, "reopen", SUPERVISOR, reason=self._stage.say("issue-back"), joint_units=[JOINT])

    def _accept(self, desk: Operations) -> None:
        self._fire(desk, "accept", self._handler(desk))

    def _rectify(self, desk: Operations) -> None:
        measures = {"measures": self._stage.say("issue-measures")}
        photograph = {"photo_after": self._stage.note(self.ref, "issue-measures")}
        desk.fire(self.ref, "rectify", by=self._handler(desk), data=measures, evidence=photograph)

    def _rework(self, desk: Operations) -> None:
        self._fire(desk, "rework", OTHER_SUPERVISOR, reason=self._stage.say("issue-rework"))

    def _part(self, desk: Operations) -> None:
        for part in desk.find("part", by=OFFICE, parent=self.ref, open=True):
            contribution = {"contribution": self._stage.say("issue-part")}
            desk.fire(part.ref, "complete", by=self._stage.handler(part.unit), data=contribution)

    def _again(self, desk: Operations) -> None:
        self._rectify(desk)
        self._fire(desk, "verify", OTHER_SUPERVISOR)
        self._fire(desk, "close", OFFICE, answer=self._stage.say("issue-answer"))
