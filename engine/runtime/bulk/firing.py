"""Fires one event on many cases: some hundred in one transaction, each judged, recorded and undone by itself."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from duban.engine.errors import ActorSuspended, DubanError, Refused, StoreError, UnknownCase, VersionConflict
from duban.engine.log import log
from duban.engine.model.case import Case, Outcome, Reading
from duban.engine.model.saying import Saying
from duban.engine.ports.observer import Fact, Observer
from duban.engine.runtime.bulk.gathering import Gathering
from duban.engine.runtime.bulk.report import BulkReport, Fired, Tally
from duban.engine.runtime.bulk.resting import collector_at_rest
from duban.engine.runtime.bulk.sources import Found, Refs
from duban.engine.runtime.commands import Commands
from duban.engine.runtime.observing import ended, told
from duban.engine.runtime.pace import Hold, Turns
from duban.engine.runtime.refusing import refusal_of
from duban.engine.runtime.request import Request, around_of, checked_key
from duban.engine.runtime.rights import entitled
from duban.engine.runtime.telling import Telling

if TYPE_CHECKING:
    from duban.engine.model.organization import Actor
    from duban.engine.ports.store import Writer
    from duban.engine.runtime.public_reads import Transactions
    from duban.engine.runtime.world import World

RETRIES: Final = 5


@dataclass(frozen=True)
class Wish:
    """What is asked of each case. ``key`` is followed by its reference; ``expect`` are versions by reference."""

    actor: "Actor"
    event: str
    data: Mapping[str, Any]
    key: str | None
    expect: Mapping[str, int]

    @cached_property
    def around(self) -> tuple[str, str]:
        """What the fingerprints of the requests have in common."""
        return around_of(Request(self.actor, self.event, data=self.data))

    def of(self, ref: str) -> Request:
        """The request for one case.

        Raises:
            UsageError: the key is too long with this reference.
        """
        key = None if self.key is None else checked_key(f"{self.key}:{ref}")
        expect = self.expect.get(ref)
        return Request(
            self.actor, self.event, ref, data=self.data, key=key, expect_version=expect, around=self.around
        )  # fmt: skip


class _Member(NamedTuple):
    """What came of a case: as it was before, where the actor sees it; the outcome as it is and as it is told."""

    ref: str
    case: Case | None
    outcome: Outcome | None
    shown: Outcome | None
    fault: DubanError | None


class _Rolled(Exception):
    """Ends the transaction of a batch that is only to be looked at."""


class BulkFire:
    """One run over the cases of a source. With ``is_kept`` false nothing is kept or recorded, but who was told."""

    def __init__(
        self, world: "World", transactions: "Transactions", wish: Wish, heard: Callable[[Fired], None] | None,
        *, is_kept: bool = True,
    ) -> None:  # fmt: skip
        self._world = world
        self._transactions = transactions
        self._wish = wish
        self._heard = heard
        self._is_kept = is_kept

    def run(self, source: Refs | Found, progress: Callable[[int], None], stopped: Callable[[], bool]) -> BulkReport:
        """Go through all cases, batch by batch; ``stopped`` is asked between them.

        Raises:
            ActorSuspended: no right is left to the actor, which stands in the log of refusals. What was fired is kept.
            StoreError: a batch could not be committed. Those before it are kept.
        """
        tally, turns, is_stopped = Tally(), Turns(self._transactions), False
        # Whoever asks for the end in the last batch has stopped nothing.
        while not source.is_over and not (is_stopped := stopped()):
            turns.give()
            try:
                members = self._tried(source)
            except ActorSuspended as fault:
                self._suspended(fault)
                raise
            if not members:
                break
            source.went(len(members))
            self._tell(members, tally, source)
            progress(tally.total)
        return tally.report(is_stopped)

    def _suspended(self, fault: ActorSuspended) -> None:
        if self._is_kept:
            refusal = refusal_of(self._world, Request(self._wish.actor, self._wish.event), fault)
            self._transactions.transact(lambda writer: writer.add_refusal(refusal))

    def _tried(self, source: Refs | Found) -> list[_Member]:
        """A batch, done again where somebody else was faster."""
        for _ in range(RETRIES):
            try:
                return self._once(source)
            except VersionConflict:
                continue
        return self._once(source)

    def _once(self, source: Refs | Found) -> list[_Member]:
        members: list[_Member] = []

        def work(writer: "Writer") -> None:
            members[:] = self._batch(source, writer)
            if not self._is_kept:
                raise _Rolled

        with suppress(_Rolled):
            self._transactions.transact(work, keyed=self._wish.key is not None)
        return members

    @collector_at_rest()
    def _batch(self, source: Refs | Found, writer: "Writer") -> list[_Member]:
        # Before anything is looked up: what is withheld from the actor now holds for the whole batch.
        wish = replace(self._wish, actor=entitled(self._world, writer, self._wish.actor))
        scope = self._world.directory.scope(wish.actor)
        found = source.next(writer, scope)
        refs = [ref for ref, _case in found]
        keys = [f"{self._wish.key}:{ref}" for ref in refs] if self._wish.key is not None else []
        gathering = Gathering(writer, refs, [case for _ref, case in found if case is not None], keys, scope)
        commands = Commands(self._world, cast("Writer", gathering))
        telling = Telling(cast("Writer", gathering), wish.actor, scope)
        members: list[_Member] = []
        hold = Hold()
        for ref, case in found:
            members.append(self._member(ref, case, wish, gathering, commands, telling))
            if hold.is_over:
                break
        if self._is_kept:
            gathering.settle()
        return members

    def _member(
        self, ref: str, case: Case | None, wish: Wish, gathering: Gathering, commands: Commands, telling: Telling
    ) -> _Member:
        try:
            request = wish.of(ref)
            kind = case.definition if case is not None else ""
            outcome = gathering.member(kind, lambda: commands.fire(request))
        except DubanError as fault:
            if _is_of_batch(fault, ref in self._wish.expect):
                raise
            if self._is_kept and isinstance(fault, Refused | UnknownCase):
                gathering.add_refusal(refusal_of(self._world, wish.of(ref), fault))
            return _Member(ref, case, None, None, fault)
        shown = telling.outcome(outcome) if self._heard is not None else None
        return _Member(ref, case, outcome, shown, None)

    def _tell(self, members: list[_Member], tally: Tally, source: Refs | Found) -> None:
        """Count and tell what is in the store now; note first which confidential cases the actor is told of."""
        self._note(members, source)
        public = [one for one in members if one.case is None or not one.case.audience]
        for one in members:
            tally.add(one.ref, one.outcome is not None and one.outcome.duplicate, one.fault)
            if self._heard is not None:
                self._heard(Fired(one.ref, one.shown, one.fault))
        if not self._is_kept:
            return
        for one in members if self._world.observers else ():
            told(self._world.observers, partial(_ended, self._fact(one)))
        refused = sum(one.fault is not None for one in public)
        log.info(
            "events.fired", what=self._wish.event, actor=self._wish.actor.name, fired=len(public) - refused,
            refused=refused,
        )  # fmt: skip

    def _note(self, members: list[_Member], source: Refs | Found) -> None:
        """A look tells of each case; and whoever did not name the cases learns of those that refused."""
        if self._wish.actor.kind == "built-in" or (self._is_kept and isinstance(source, Refs)):
            return
        what, at = ("fire_many" if self._is_kept else "preview_many"), self._world.clock.now()
        readings = [
            Reading(one.ref, self._wish.actor.name, what, at)
            for one in members
            if one.case is not None and one.case.audience and (one.fault is not None or not self._is_kept)
        ]
        if readings:
            # Twice is no harm; not at all would be.
            self._transactions.transact(lambda writer: writer.add_readings(readings), keyed=True)

    def _fact(self, one: _Member) -> Fact | None:
        """What observers hear of a case, as where the event is fired on it alone."""
        if isinstance(one.fault, UnknownCase):
            return ended(one.fault)
        case = one.case if one.outcome is None else one.outcome.case
        if case is None or case.audience:
            return None
        if one.fault is None:
            is_duplicate = one.outcome is not None and one.outcome.duplicate
            return Fact("duplicate" if is_duplicate else "done", case.workflow, self._wish.event)
        loaded = self._world.definitions.loaded.get(case.workflow)
        is_known = loaded is not None and self._wish.event in loaded.workflow.events
        return ended(one.fault, case.workflow if loaded else "", self._wish.event if is_known else "")


def _ended(fact: Fact | None, observer: Observer) -> None:
    # Without the mark of a beginning: how long a case took of its batch is not known.
    observer.ended("fire", None, fact)


def _is_of_batch(fault: DubanError, is_expected: bool) -> bool:
    """Whether an error is not one case's own: the store fails, or somebody was faster and it is to be tried again."""
    if isinstance(fault, VersionConflict):
        return not is_expected or fault.data.get("key") is not None
    why = fault.data.get("why")
    lost = isinstance(why, Saying) and why.key == "store.no-definition"
    return isinstance(fault, StoreError) and not lost
