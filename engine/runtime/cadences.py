"""Carries out what is due by the calendar: each occurrence once, whoever sweeps and whoever is killed at it.

How far a cadence has come stands in settings of the store, written in the transaction of what was done. Cases that are
started, and events that are fired, carry keys of their own besides: what a changed pack would do again is not done.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from duban.engine.deadlines.cadence import Occurrence
from duban.engine.errors import CaseArchived, DubanError, StoreError, VersionConflict
from duban.engine.model.cadence import Cadence, During, FireEach
from duban.engine.model.case import Case
from duban.engine.model.organization import SCHEDULER
from duban.engine.model.scope import Scope
from duban.engine.ports.records import CaseQuery
from duban.engine.ports.store import Reader, Writer
from duban.engine.runtime.agenda import Carried, Course, carried, noted
from duban.engine.runtime.cascade import refusal_of
from duban.engine.runtime.commands import Commands
from duban.engine.runtime.pace import Hold
from duban.engine.runtime.request import CADENCE_KEY, Request
from duban.engine.runtime.world import World

BATCH: Final = 500
"""The most cases that an event is fired on in one transaction."""


def carry_out(world: World, writer: Writer, cadence: Cadence, occurrence: Occurrence) -> Carried | None:
    """Do one transaction's part of an occurrence; what it came to, or None while cases are left to fire on.

    Cases start all together, in the first transaction. Whether the cadence holds is asked then and not again.

    Raises:
        DubanError: a case could not be started.
    """
    work = _Work(world, writer, cadence, occurrence)
    course = Course.of(writer, cadence.name, occurrence)
    if course is None:
        if cadence.during is not None and not _holds(writer, cadence.during):
            return carried(writer, cadence.name, Course(occurrence), passed=True)
        course = Course(occurrence, started=work.start_all())
    elif cadence.fire is not None:
        course = work.fire_some(cadence.fire, course)
    if cadence.fire is None or course.is_over:
        return carried(writer, cadence.name, course)
    noted(writer, cadence.name, course)
    return None


class _Work:
    """What an occurrence does, in one transaction. Counts leave confidential cases out, as the log does."""

    def __init__(self, world: World, writer: Writer, cadence: Cadence, occurrence: Occurrence) -> None:
        self._world = world
        self._writer = writer
        self._cadence = cadence
        self._day = occurrence.day
        self._commands = Commands(world, writer)

    def start_all(self) -> int:
        """Start every case that was not started; how many there are."""
        count = 0
        for opening in self._cadence.openings:
            key = self._key(opening.item)
            if self._writer.row_by_key(key) is not None:
                continue
            actor = self._world.directory.actor(opening.actor)
            data = _given(opening.data, opening.dated, self._day)
            request = Request(actor=actor, event=opening.event, workflow=opening.workflow, data=data, key=key)
            count += not self._commands.start(request).case.audience
        return count

    def fire_some(self, fire: FireEach, course: Course) -> Course:
        """Fire on the next cases, those that are newest first; the course after them."""
        page = self._cases(fire, course.after)
        hold = Hold()
        for place, case in enumerate(page):
            if hold.is_over and place:
                return course
            course = course.past(case.id)
            if fire.states and case.state not in fire.states:
                continue
            done = self._fired(fire, case)
            if done is not None and not case.audience:
                course = course.plus(fired=done)
        return course if len(page) == BATCH else course.over()

    def _cases(self, fire: FireEach, after: int | None) -> list[Case]:
        state = fire.states[0] if len(fire.states) == 1 else None
        query = CaseQuery(
            workflow=fire.workflow, state=state, open=True, data=fire.where, limit=BATCH, after=after
        )  # fmt: skip
        return self._writer.cases(query, Scope.unbounded())

    def _fired(self, fire: FireEach, case: Case) -> bool | None:
        """Whether the case took the event; None where it had taken it already. A refusal is written down."""
        key, scheduler = self._key(case.ref), self._world.directory.actor(SCHEDULER)
        if self._writer.row_by_key(key) is not None:
            return None
        data = _given(fire.data, fire.dated, self._day)
        request = Request(actor=scheduler, event=fire.event, ref=case.ref, data=data, key=key)
        try:
            with self._writer.part():
                self._commands.fire(request)
        except (StoreError, VersionConflict, CaseArchived):
            raise  # where another case lies in an archive, that is brought back, and this is done again
        except DubanError as fault:
            # A case that began under an earlier definition may not even know the event: it is passed over as well.
            self._writer.add_refusal(refusal_of(fault, self._world.clock.now(), scheduler, case, fire.event))
            return False
        return True

    def _key(self, item: str) -> str:
        return f"{CADENCE_KEY}{self._cadence.name}:{self._day.isoformat()}:{item}"


def _given(data: Mapping[str, Any], dated: tuple[str, ...], day: date) -> dict[str, Any]:
    return {**data, **dict.fromkeys(dated, day.isoformat())}


def _holds(reader: Reader, during: During) -> bool:
    """Whether some case is in one of the states."""
    queries = (CaseQuery(workflow=during.workflow, state=state, limit=1) for state in during.states)
    return any(reader.cases(query, Scope.unbounded()) for query in queries)
