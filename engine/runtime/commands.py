"""Starts cases, fires events, climbs steps: each inside a write transaction that somebody else opened."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from duban.engine.deadlines.stopwatch import after_event
from duban.engine.definition.values import ValueChecker
from duban.engine.errors import GuardRefused, KeyReused, StoreError, UnknownCase, VersionConflict
from duban.engine.messages import text
from duban.engine.model.case import Case, HistoryRow, Outcome, Stopwatch
from duban.engine.model.changing import changed
from duban.engine.model.definition import Call, Event, Workflow
from duban.engine.model.label import Label
from duban.engine.model.organization import Actor
from duban.engine.model.scope import Scope
from duban.engine.ports.records import DueStep, Standing
from duban.engine.ports.store import Writer
from duban.engine.runtime.admission import declared, opening, require_here
from duban.engine.runtime.cascade import Cascade
from duban.engine.runtime.chain import asked
from duban.engine.runtime.climbing import Climbed, Climbing, counted_until
from duban.engine.runtime.definitions import Compiled
from duban.engine.runtime.erasing import Erasure, erasures
from duban.engine.runtime.holding import digests, links
from duban.engine.runtime.judge import judged
from duban.engine.runtime.record import advanced, as_of, new_case, put_due
from duban.engine.runtime.request import Request
from duban.engine.runtime.rights import entitled
from duban.engine.runtime.sealing import computed
from duban.engine.runtime.situation import Situation
from duban.engine.runtime.world import World

_CODE: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter is mistaken for a digit."""


class Commands:
    """The commands of one transaction."""

    def __init__(self, world: World, writer: Writer) -> None:
        self.world = world
        self.writer = writer
        self.cascade = Cascade(self)
        self._climbing = Climbing(self)
        self._entitled: Actor | None = None

    def entitled(self, actor: Actor) -> Actor:
        """The actor with the rights that it has now and until the transaction ends.

        Raises:
            ActorSuspended: none is left.
        """
        if actor.kind == "built-in" or actor is self._entitled:
            return actor
        left = self._entitled = entitled(self.world, self.writer, actor)
        return left

    def _asked(self, request: Request) -> Request:
        actor = self.entitled(request.actor)
        return request if actor is request.actor else replace(request, actor=actor)

    def start(self, request: Request, parent: Case | None = None, depth: int = 0) -> Outcome:
        """Start a case.

        Raises:
            ActorSuspended, UnknownWorkflow, UnknownEvent, NotPermitted, InvalidData, GuardRefused, KeyReused,
            VersionConflict.
        """
        request = self._asked(request)
        used = None if request.key is None else self.writer.row_by_key(request.key, request.actor.name)
        again = self._again(request, used)
        if again is not None:
            return again
        compiled = self.world.definitions.current(request.workflow or "", request.actor)
        event = opening(compiled.workflow, request)
        now = self.world.clock.now()
        situation = self._situation(request, None, event, now, parent)
        checker = self._checker(situation.scope, _audience(compiled.workflow, event, None))
        target, changes = judged(situation, compiled, event, checker, self.writer)
        workflow = compiled.workflow
        self.writer.add_definition(
            workflow.hash, workflow.name, workflow.version, self.world.definitions.loaded[workflow.name].source, now
        )
        number = self.writer.next_number(workflow.reference)
        follow = _code() if workflow.follow is not None else None
        case = new_case(workflow, f"{workflow.reference}-{number:06}", situation, parent, follow)
        case, row = advanced(
            case, workflow, kind="start", event=event.name, target=target, changes=changes, situation=situation,
            declared=event,
        )  # fmt: skip
        watches = self._watches(case, workflow, event, {}, row)
        case = self.writer.add_case(put_due(case, watches))
        return self._written(situation, case, row, compiled, event, list(watches.values()), depth)

    def fire(self, request: Request, depth: int = 0) -> Outcome:
        """Fire an event on a case.

        Raises:
            ActorSuspended, UnknownCase, UnknownEvent, NotPermitted, VersionConflict, TransitionNotAllowed, InvalidData,
            GuardRefused: in this order of judgement. CaseArchived: before all but the first two. KeyReused.
        """
        standing = self._standing(request)
        left = self._asked(request)
        if left is not request:
            # Asked together with the rights themselves, and so once more where they are less.
            request, standing = left, self._standing(left)
        case = standing.case
        again = self._again(request, standing.used, hidden=case is None)
        if again is not None:
            return again
        if case is None:
            raise UnknownCase(ref=request.ref, actor=request.actor.name)
        require_here(case)
        compiled = self.world.definitions.pinned(case.definition, self.writer)
        workflow = compiled.workflow
        event = declared(workflow, request)
        filled_in = computed(self.world.pack.surveys, self.writer, request, case)
        if filled_in is not request.computed:
            request = replace(request, computed=filled_in)
        situation = self._situation(request, case, event, self.world.clock.now())
        checker = self._checker(situation.scope, _audience(workflow, event, case))
        target, changes = judged(situation, compiled, event, checker, self.writer)
        gone = self._erased(case, event)
        changes = {**{name: None for name in event.erases if case.data.get(name) is not None}, **changes}
        after, row = advanced(
            case, workflow, kind="event", event=event.name, target=target, changes=changes, situation=situation,
            declared=event, erased=gone,
        )  # fmt: skip
        before = standing.stopwatches
        watches = self._watches(after, workflow, event, before, row)
        put_due(after, watches)
        self.advance(after, case)
        moved = [watch for name, watch in watches.items() if before.get(name) is not watch]
        return self._written(situation, after, row, compiled, event, moved, depth)

    def _standing(self, request: Request) -> Standing:
        scope = self.world.directory.scope(request.actor)
        return self.writer.standing(request.ref or "", scope, request.key, request.actor.name)

    def _erased(self, case: Case, event: Event) -> tuple[Erasure, ...] | None:
        """Take the values that the event erases out of the rows and messages before it."""
        if not event.erases:
            return None
        gone = erasures(self.writer.history(case), event.erases)
        self.writer.erase(case.id, event.erases, [(one.seq, one.data, one.salt) for one in gone])
        return gone

    def climb(self, due: DueStep) -> Climbed | None:
        """Climb one ladder step; None when somebody else did, or the stopwatch was paused meanwhile."""
        return self._climbing.climb(due)

    def _written(
        self,
        situation: Situation,
        case: Case,
        row: HistoryRow,
        compiled: Compiled,
        event: Event,
        moved: Sequence[Stopwatch],
        depth: int,
    ) -> Outcome:
        self.writer.add_row(case.id, row)
        self.writer.put_stopwatches(case.id, moved)
        self.writer.add_evidence(case.id, row.seq, digests(compiled.workflow, row.data))
        for name, targets in links(compiled.workflow, row.data):
            self.writer.put_links(case.id, name, targets)
        self.enqueue(case, row, compiled, event.calls, event.label)
        after = changed(situation, case=case)
        started = self.cascade.start_all(event.starts, after, compiled, depth)
        self.cascade.fire_all(event.fires, case, situation.request, depth)
        reached = self._climbing.counted(row, compiled, after, depth)
        return Outcome(reached.case, row, started=started + reached.started)

    def advance(self, after: Case, before: Case) -> None:
        """Write a case that has moved on.

        Raises:
            VersionConflict: somebody else was first.
        """
        if not self.writer.advance_case(after, before):
            raise VersionConflict(ref=before.ref, found=after.version, expected=before.version)

    def enqueue(self, case: Case, row: HistoryRow, compiled: Compiled, calls: tuple[Call, ...], what: Label) -> None:
        """Lay the actions of a row into the outbox; ``what`` is told of it."""
        if calls:
            messages = compiled.enqueuing.messages(case, row, calls, what)
            self.writer.add_messages(case.id, messages, row.at)

    def _watches(
        self, case: Case, workflow: Workflow, event: Event, before: Mapping[str, Stopwatch], row: HistoryRow
    ) -> dict[str, Stopwatch]:
        """The stopwatches after an event's row.

        Raises:
            GuardRefused: it extends a deadline that has not begun, so that there is nothing to extend.
        """
        after = after_event(
            workflow, event, before, state=case.state, data=case.data, changes=row.data, at=row.at,
            hours=self.world.hours,
        )  # fmt: skip
        for name, field in (event.extends or {}).items():
            if row.data.get(field) and name not in after:
                label = workflow.deadlines[name].label
                told = (text("explain.not-begun", lang, deadline=label) for lang in ("en", "zh"))
                raise GuardRefused(event=event.name, ref=case.ref, reasons=[Label(*told)])
        return after

    def _again(self, request: Request, row: HistoryRow | None, hidden: bool = False) -> Outcome | None:
        """What the same request came to before, if its key was used: by this row.

        Only the same actor can make the same request, so it is told again even where that actor sees the case no
        more. Of a ``hidden`` case nothing else is told, not even that the key was used.
        """
        if row is None:
            return None
        case = self.writer.case(row.ref, Scope.unbounded())
        try:
            # Of a row that was moved to an archive the store keeps the key alone.
            rows = self.writer.history(case) if case is not None and case.archive is not None else []
        except StoreError as fault:
            if fault.archive is None:
                raise
            if hidden:
                return None
            if case is not None and not self.world.directory.scope(request.actor).allows(case):
                # What cannot be compared is not told either to whoever does not see the case any more.
                raise KeyReused(key=request.key) from None
            raise
        row = rows[row.seq - 1] if rows else row
        # What was kept before fingerprints were salted is compared as it is.
        if case is None or row.request not in (asked(row.salt, request.fingerprint), request.fingerprint):
            if hidden:
                return None
            raise KeyReused(key=request.key)
        workflow = self.world.definitions.pinned(case.definition, self.writer).workflow
        rows = rows or self.writer.history(case)
        return Outcome(as_of(case, workflow, rows, counted_until(rows, row.seq)), row, duplicate=True)

    def _situation(
        self, request: Request, case: Case | None, event: Event, now: datetime, parent: Case | None = None
    ) -> Situation:
        directory = self.world.directory
        post = directory.acting_post(request.actor, event.by, case.unit if case else None)
        return Situation(request, case, post, directory.scope(request.actor), now, self.world.hours, parent)

    def _checker(self, scope: Scope, audience: tuple[str, ...]) -> ValueChecker:
        def exists(ref: str, workflow: str | None) -> bool | None:
            case = self.writer.case(ref, scope)
            if case is None or workflow not in (None, case.workflow):
                return False
            # As with files: what only some may see is not named where others read it.
            return None if case.audience and case.audience != audience else True

        return ValueChecker(self.world.directory.organization, exists)


def _audience(workflow: Workflow, event: Event, case: Case | None) -> tuple[str, ...]:
    """Who sees the case once the event has been fired."""
    before = case.audience if case is not None else workflow.confidential
    return before if event.confidential is None else event.confidential


def _code() -> str:
    letters = "".join(secrets.choice(_CODE) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"
