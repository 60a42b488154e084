"""The referrals that the ladders propose: people decide. One is taken up and seen through, some are declined.

Who approves is not who transfers, and nobody decides on a matter of the own unit. Only these posts see any of it.
"""

from datetime import timedelta
from typing import Any, Final

from duban.demo.stage import EXECUTIVE, SECRETARY, Stage
from duban.engine.model.case import Case
from duban.engine.runtime.operations import Operations
from duban.engine.runtime.public_reads import MAX_PAGE

STAFF: Final = "discipline-staff-1"
ARCHIVIST: Final = "discipline-staff-2"
CONSIDERED: Final = timedelta(days=2)
"""How long a proposal lies before anybody decides on it."""

DECLINED: Final = 3
"""Of so many later proposals one is declined; the others are left to the reminders."""


class Referrals:
    """Takes up the first proposal. ``most`` is how many proposals are decided at all."""

    def __init__(self, stage: Stage, most: int) -> None:
        self._stage = stage
        self._most = most
        self.ref = ""

    def morning(self, desk: Operations, _day: int) -> None:
        """Decline what does not suffice; one step of the one that was taken up."""
        for case in desk.find("referral", by=EXECUTIVE, state="proposed", limit=MAX_PAGE):
            number = self._stage.number(case.ref)
            if not self.ref and number == 1:
                self.ref = case.ref
            elif number % DECLINED == 0 and number <= self._most and self._is_considered(case):
                desk.fire(case.ref, "decline", by=EXECUTIVE, data={"reason": self._stage.say("referral-declined")})
        if self.ref:
            case = desk.get(self.ref, by=EXECUTIVE)
            if case.state in _STEPS and self._is_considered(case):
                self._step(desk, case)

    def afternoon(self, desk: Operations, _day: int) -> None:
        """Nothing: the committee works in the mornings."""

    def _is_considered(self, case: Case) -> bool:
        return self._stage.clock.now() - case.opened_at >= CONSIDERED

    def _step(self, desk: Operations, case: Case) -> None:
        event, by, field = _STEPS[case.state]
        data: dict[str, Any] = {field: self._stage.say(f"referral-{event}")} if field and field != "material" else {}
        if event == "hear":
            data["concerned"] = self._stage.handler(case.unit)
        material = {"material": self._stage.note(case.ref, "referral-material")} if field == "material" else {}
        desk.fire(case.ref, event, by=by, data=data, evidence=material)


_STEPS: Final = {
    "proposed": ("approve", EXECUTIVE, "opinion"),
    "approved": ("transfer", SECRETARY, "material"),
    "transferred": ("register", STAFF, None),
    "registered": ("hear", STAFF, "statement"),
    "heard": ("open_interview", SECRETARY, "opinion"),
    "interview": ("conclude", STAFF, "conclusion"),
    "concluded": ("feed_back", STAFF, "feedback"),
    "fed_back": ("archive", ARCHIVIST, None),
}
"""What is done in which state, by whom, and the field that is told with it."""
