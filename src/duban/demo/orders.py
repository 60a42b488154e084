"""The supervision orders: most are answered the day after, some first in a way that does not suffice, some never."""

from contextlib import suppress
from typing import Final

from duban.demo.stage import OFFICE, Stage
from duban.engine.errors import UnknownCase
from duban.engine.model.case import Case
from duban.engine.runtime.operations import Operations

JUDGE: Final = "supervision-member-2"
NEVER: Final = 9
INSUFFICIENT: Final = 10
"""Of so many orders one is never answered, and one is answered twice."""


class Orders:
    """What becomes of an order follows from its number alone. ``most`` is how many orders are answered at all."""

    def __init__(self, stage: Stage, most: int) -> None:
        self._stage = stage
        self._most = most
        self._number = 0
        self._refs: list[str] = []
        self._seen: set[str] = set()
        self._judged: set[str] = set()

    def morning(self, desk: Operations, _day: int) -> None:
        """Judge the replies."""
        for case in self._open(desk, "replied"):
            number = self._stage.number(case.ref)
            if number % INSUFFICIENT == 1 and case.ref not in self._judged:
                data = {"reason": self._stage.say("order-insufficient")}
                desk.fire(case.ref, "insufficient", by=JUDGE, data=data)
            else:
                desk.fire(case.ref, "accept", by=JUDGE, data={"finding": self._stage.say("order-finding")})
            self._judged.add(case.ref)

    def afternoon(self, desk: Operations, _day: int) -> None:
        """Answer those that lay on the desk since the day before."""
        for case in self._open(desk, "issued"):
            if self._stage.number(case.ref) % NEVER == 0:
                continue
            if case.ref in self._seen:
                key = "order-reply-again" if case.ref in self._judged else "order-reply"
                desk.fire(case.ref, "reply", by=self._stage.handler(case.unit), data={"reply": self._stage.say(key)})
            self._seen.add(case.ref)

    def _open(self, desk: Operations, state: str) -> list[Case]:
        """The first orders there are, one by one: a page of the newest would leave out the ones that are answered."""
        reference = self._stage.workflow("supervision_order").reference
        with suppress(UnknownCase):
            while self._number < self._most:
                self._refs.append(desk.get(f"{reference}-{self._number + 1:06}", by=OFFICE).ref)
                self._number += 1
        cases = [desk.get(ref, by=OFFICE) for ref in self._refs]
        self._refs = [case.ref for case in cases if case.is_open]
        return [case for case in cases if case.state == state]
