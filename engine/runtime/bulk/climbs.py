"""Climbs ladder steps that are due, in their order, many in one transaction."""

from collections import deque
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple, cast

from duban.engine.model.organization import SCHEDULER
from duban.engine.runtime.bulk.gathering import Gathering
from duban.engine.runtime.bulk.resting import collector_at_rest
from duban.engine.runtime.commands import Commands
from duban.engine.runtime.pace import Hold

if TYPE_CHECKING:
    from duban.engine.ports.records import DueStep
    from duban.engine.ports.store import Writer
    from duban.engine.runtime.climbing import Climbed
    from duban.engine.runtime.world import World


class Place(NamedTuple):
    """A due step in its place: by due time, then case, then the order of the index."""

    due_at: datetime
    case_id: int
    number: int
    step: "DueStep"


class Queue:
    """What is due by ``until``, in order. ``is_all`` tells whether that is all of it.

    What lies behind the rows that were read is not known yet, so nothing later than their end is climbed.
    """

    def __init__(self, found: Sequence[Place], until: datetime, *, is_all: bool) -> None:
        self._found = deque(found)
        self._following: list[Place] = []
        self._until = until
        self._end = None if is_all or not found else found[-1]

    def __bool__(self) -> bool:
        return bool(self._found or self._following)

    def next(self) -> Place:
        """The first, which is taken out."""
        if self._following and (not self._found or self._following[0] < self._found[0]):
            return heappop(self._following)
        return self._found.popleft()

    def again(self, place: Place) -> None:
        """Put one back that was taken out."""
        self._found.appendleft(place)

    def follow(self, place: Place, climbed: "Climbed") -> None:
        """Put the next step of the same ladder in its place, where its time has come as well and its place is known."""
        step = climbed.following
        if step is None:
            return
        following = place._replace(due_at=step.next_at, step=step)
        if following.due_at <= self._until and (self._end is None or following[:2] <= self._end[:2]):
            heappush(self._following, following)


@collector_at_rest()
def climbed_together(
    world: "World", writer: "Writer", found: Sequence[Place], queue: Queue, most: int
) -> list["Climbed"]:
    """Climb the steps that were ``found``, and those that follow them at once, ``most`` or as long as others may wait.

    Raises:
        Exception: whatever one of the steps raises; the transaction is to be rolled back.
    """
    writer.give_way()
    cases = {case.id: case for case in writer.lock_cases_by_id(list({place.case_id for place in found}))}
    scope = world.directory.scope(world.directory.actor(SCHEDULER))
    gathering = Gathering(writer, (), cases.values(), (), scope)
    commands = Commands(world, cast("Writer", gathering))
    done: list[Climbed] = []
    hold = Hold()
    while queue and len(done) < most and not hold.is_over:
        place = queue.next()
        step = place.step
        case = cases.get(step.case_id)
        kind = (case.definition if case else "", step.deadline, step.next_step)
        climbed = gathering.member(kind, partial(commands.climb, step), is_undone_alone=False)
        if climbed is not None:
            done.append(climbed)
            queue.follow(place, climbed)
    gathering.settle()
    return done
