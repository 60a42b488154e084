"""A referral that a person proposes, and may therefore not decide on: the refusal is kept; somebody else decides."""

from typing import Final

from duban.demo.stage import EXECUTIVE, SECRETARY, Stage
from duban.engine.errors import GuardRefused
from duban.engine.runtime.operations import Operations

DAY: Final = 30
UNIT: Final = "law-enforcement"


class Recusal:
    """The discipline secretary proposes one, tries to approve it, and is refused."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.ref = ""
        self.reasons: tuple[str, ...] = ()

    def morning(self, desk: Operations, day: int) -> None:
        """Propose it, and try; two days later the executive leader declines it."""
        say = self._stage.say
        if day == DAY:
            data = {"title": say("referral-title"), "unit": UNIT, "grounds": "duty"}
            self.ref = desk.start("referral", by=SECRETARY, data=data).ref
            try:
                desk.fire(self.ref, "approve", by=SECRETARY)
            except GuardRefused as refused:
                self.reasons = tuple(self._stage.label(label) for label in refused.labels)
        elif day == DAY + 2:
            desk.fire(self.ref, "decline", by=EXECUTIVE, data={"reason": say("referral-declined")})

    def afternoon(self, desk: Operations, day: int) -> None:
        """Nothing: it waits for the decision."""
