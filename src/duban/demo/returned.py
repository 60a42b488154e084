"""One issue that comes back, which the demonstration invents: reopened with a joint part, sent back once, closed again.

The register of requests knows neither joint work nor rework; everything before its recorded end is real.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from duban.demo.stage import OFFICE, Stage
from duban.engine.model.case import Case

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
        self._days: dict[int, Callable[[], None]] = {
            1: self._reopen, 2: self._accept, 4: self._rectify, 5: self._rework, 9: self._part, 10: self._again,
        }  # fmt: skip

    def at_close(self, _at: datetime) -> None:
        """What happens to it on this day."""
        if not self.ref:
            found = self._choose()
            if found is None:
                return
            self.ref = found.ref
        self._day += 1
        work = self._days.get(self._day)
        if work is not None:
            work()

    def _choose(self) -> Case | None:
        closed = self._stage.engine.find(
            "issue", by=OFFICE, state="closed", data={"category": CATEGORY}, open=False, limit=1000
        )
        late = [case for case in closed if case.level > 0]
        return min(late, key=lambda case: case.ref, default=None)

    def _fire(self, event: str, by: str, **data: object) -> None:
        self._stage.engine.fire(self.ref, event, by=by, data=data)

    def _handler(self) -> str:
        unit = self._stage.engine.get(self.ref, by=OFFICE).unit
        return self._stage.engine.world.directory.carriers("handler", unit)[0].name

    def _reopen(self) -> None:
        self._fire("reopen", SUPERVISOR, reason=self._stage.say("issue-back"), joint_units=[JOINT])

    def _accept(self) -> None:
        self._fire("accept", self._handler())

    def _rectify(self) -> None:
        words = self._stage.say("issue-measures")
        note = (f"{self.ref}.txt", f"{words}\n".encode())
        self._stage.engine.fire(
            self.ref, "rectify", by=self._handler(), data={"measures": words}, evidence={"photo_after": note}
        )

    def _rework(self) -> None:
        self._fire("rework", OTHER_SUPERVISOR, reason=self._stage.say("issue-rework"))

    def _part(self) -> None:
        engine = self._stage.engine
        for part in engine.find("part", by=OFFICE, parent=self.ref, open=True):
            handler = engine.world.directory.carriers("handler", part.unit)[0].name
            engine.fire(part.ref, "complete", by=handler, data={"contribution": self._stage.say("issue-part")})

    def _again(self) -> None:
        self._rectify()
        self._fire("verify", OTHER_SUPERVISOR)
        self._fire("close", OFFICE, answer=self._stage.say("issue-answer"))
