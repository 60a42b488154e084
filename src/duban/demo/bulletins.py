"""The weekly bulletins: cut off by the scheduler, drafted, open to objections, reviewed, signed, issued, answered."""

from collections.abc import Mapping
from typing import Any, Final

from duban.demo.stage import OFFICE, OTHER_OFFICE, SECRETARY, Stage
from duban.engine.model.case import Case
from duban.engine.runtime.operations import Operations

SIGNER: Final = "subdistrict-director"
OBJECTING: Final = "law-enforcement-head"
OBJECTED_TO: Final = 3
LEFT_LYING: Final = 6
"""The numbers of the bulletin that a unit objects to, and of the one that is drafted too late to be issued in time."""

_LYING: Final = 4


class Bulletins:
    """One post each drafts, reviews, signs and issues: nobody decides on what that post wrote."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._lay = 0

    def morning(self, desk: Operations, _day: int) -> None:
        """Draft on the first morning after the week was cut off; object; sign; archive what was answered."""
        for case in self._open(desk):
            if case.state == "cut_off" and case.data.get("snapshot") and not self._still_lies(case):
                words = {"overall": "bulletin-overall", "demands": "bulletin-demands"}
                self._fire(desk, case, "draft", OTHER_OFFICE, words)
            elif case.state == "objection" and self._stage.number(case.ref) == OBJECTED_TO:
                self._fire(desk, case, "object", OBJECTING, {"objection": "bulletin-objection"})
            elif case.state == "reviewed":
                desk.fire(case.ref, "sign", by=SIGNER)
            elif case.state == "responded":
                desk.fire(case.ref, "archive", by=OTHER_OFFICE)

    def afternoon(self, desk: Operations, _day: int) -> None:
        """Circulate, review and issue; sum up what the units answered."""
        for case in self._open(desk):
            if case.state == "drafted":
                self._fire(desk, case, "circulate", OTHER_OFFICE, {})
            elif case.state == "objections_closed":
                self._fire(desk, case, "review", SECRETARY, {"review": "bulletin-review"})
            elif case.state == "signed":
                desk.fire(case.ref, "issue", by=OTHER_OFFICE, data={"number": self._stage.number(case.ref)})
            elif case.state == "issued" and not case.data.get("responses"):
                self._fire(desk, case, "respond", OBJECTING, {"unit_response": "bulletin-answer"})
            elif case.state == "issued":
                self._fire(desk, case, "conclude_responses", OTHER_OFFICE, {"response": "bulletin-answers"})

    def _open(self, desk: Operations) -> list[Case]:
        return list(desk.find("bulletin", by=OFFICE, open=True, limit=50))

    def _fire(self, desk: Operations, case: Case, event: str, by: str, words: Mapping[str, str]) -> None:
        data: dict[str, Any] = {name: self._stage.say(key) for name, key in words.items()}
        desk.fire(case.ref, event, by=by, data=data)

    def _still_lies(self, case: Case) -> bool:
        if self._stage.number(case.ref) != LEFT_LYING:
            return False
        self._lay += 1
        return self._lay <= _LYING
