"""The campaign: launched on the day of the notice, through its phases as its windows say."""

from datetime import datetime
from typing import Final

from duban.demo.stage import LEADER, OFFICE, Stage
from duban.engine.model.case import Case

LAUNCHED_AT: Final = "2020-11-19T09:30:00+08:00"
PLANNED_AT: Final = "2020-11-19T15:00:00+08:00"
MET_AT: Final = "2020-11-20T09:30:00+08:00"
RECTIFYING_AT: Final = "2020-11-21T09:00:00+08:00"
INSPECTING_AT: Final = datetime.fromisoformat("2021-02-10T09:00:00+08:00")
MEETING_ON: Final = "2020-11-20"
PLAN_NUMBER: Final = "大街工委发〔2020〕30号"


class Campaign:
    """The one campaign of the demonstration."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.ref = ""
        self._inspecting = False

    def launch(self) -> int:
        """Launch it on 2020-11-19, which opens its tasks; how many."""
        stage = self._stage
        stage.clock.move_to(LAUNCHED_AT)
        case = stage.engine.start(
            "campaign", by=OFFICE, data={"title": stage.say("campaign-title")}, key="demo:campaign"
        )
        self.ref = case.ref
        return sum(tally.count for tally in stage.engine.stats(by=OFFICE) if tally.workflow == "task")

    def mobilize(self) -> None:
        """Issue the plan and hold the meeting: the conditions of the next phase."""
        stage = self._stage
        stage.clock.move_to(PLANNED_AT)
        stage.engine.fire(self.ref, "issue_plan", by=OFFICE, data={"plan_number": PLAN_NUMBER})
        stage.clock.move_to(MET_AT)
        stage.engine.fire(self.ref, "hold_meeting", by=OFFICE, data={"meeting_on": MEETING_ON})

    def rectify(self) -> None:
        """Enter full rectification on 2020-11-21."""
        self._stage.clock.move_to(RECTIFYING_AT)
        self._stage.engine.fire(self.ref, "enter_rectification", by=LEADER)

    def at_close(self, at: datetime) -> None:
        """Enter inspection on 2021-02-10: the review does not wait for tasks that are still open."""
        stage = self._stage
        if self._inspecting or at < INSPECTING_AT:
            return
        self._inspecting = True
        if self.case().state == "rectification":
            reason = stage.say("inspection-reason")
            stage.engine.fire(self.ref, "decide_inspection", by=LEADER, data={"reason": reason})

    def case(self) -> Case:
        """The campaign as it stands."""
        return self._stage.engine.get(self.ref, by=OFFICE)
