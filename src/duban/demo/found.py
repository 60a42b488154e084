"""Issues that the rounds find: reported on a round of their circuit and dealt with, half-day by half-day."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from duban.demo.stage import OFFICE, Stage
from duban.engine.model.case import Case
from duban.engine.model.frozen import frozen
from duban.engine.runtime.operations import Operations

VERIFIER: Final = "supervision-member-3"

Work = Callable[[Operations], None]


@frozen
class Finding:
    """What is found on which working day: ``key`` names the words under ``demo.found-KEY`` and ``demo.place-KEY``."""

    day: int
    circuit: str
    key: str
    category: str
    site: str


class FoundIssue:
    """One finding and its course. A subclass tells in ``course`` what is done, by half-days after it was reported."""

    finding: Finding

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.ref = ""
        self._half = 0

    def course(self) -> Mapping[int, Work]:
        """What is done in which half-day: 1 is the afternoon of the day on which it was reported."""
        return {2: self.assign, 3: self.accept, 5: self.rectify, 6: self.verify, 7: self.close}

    def morning(self, desk: Operations, day: int) -> None:
        """Report it on the first round of the circuit that is walked from its day on; go on with what was reported."""
        if self.ref:
            self._go_on(desk)
        elif day >= self.finding.day:
            self._report(desk)

    def afternoon(self, desk: Operations, _day: int) -> None:
        """Go on with it."""
        if self.ref:
            self._go_on(desk)

    def assign(self, desk: Operations) -> None:
        """The office sends it to the unit of its category."""
        self.fire(desk, "assign", OFFICE)

    def accept(self, desk: Operations) -> None:
        """The unit takes it on."""
        self.fire(desk, "accept", self.handler(desk))

    def rectify(self, desk: Operations) -> None:
        """The unit puts it right."""
        photograph = {"photo_after": self.stage.note(self.ref, "found-measures")}
        data = {"measures": self.stage.say("found-measures")}
        desk.fire(self.ref, "rectify", by=self.handler(desk), data=data, evidence=photograph)

    def verify(self, desk: Operations) -> None:
        """The supervision team looks at it."""
        self.fire(desk, "verify", VERIFIER)

    def close(self, desk: Operations) -> None:
        """The office closes it."""
        self.fire(desk, "close", OFFICE)

    def fire(self, desk: Operations, event: str, by: str, **data: Any) -> tuple[str, ...]:
        """Fire an event on it; the references of the cases that this starts."""
        return desk.fire(self.ref, event, by=by, data=data).started

    def case(self, desk: Operations) -> Case:
        """The issue as it stands."""
        return desk.get(self.ref, by=OFFICE)

    def handler(self, desk: Operations) -> str:
        """Who deals with it in its lead unit."""
        return self.stage.handler(self.case(desk).unit)

    def _go_on(self, desk: Operations) -> None:
        self._half += 1
        work = self.course().get(self._half)
        if work is not None:
            work(desk)

    def _report(self, desk: Operations) -> None:
        found, say = self.finding, self.stage.say
        for walk in desk.find("round", by=OFFICE, state="in_progress", data={"circuit": found.circuit}):
            data = {
                "site": found.site, "result": "reported", "what": say(f"found-{found.key}"),
                "place": say(f"place-{found.key}"), "category": found.category,
            }  # fmt: skip
            photograph = {"photo": self.stage.note(f"{walk.ref}-{found.site}", "point-photo")}
            by = self.stage.handler(walk.unit)
            self.ref = desk.fire(walk.ref, "check", by=by, data=data, evidence=photograph).started[0]
            return
