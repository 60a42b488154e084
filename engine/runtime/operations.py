"""What an embedder and an operator do with cases: the verbs of the engine, over one source of transactions."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, Protocol, TypeVar

from duban.engine.errors import GuardRefused, Refused, StoreBusy, UnknownCase, UsageError, VersionConflict
from duban.engine.log import log
from duban.engine.model.case import Case, Choice, HistoryRow, Notice, Outcome, Tally
from duban.engine.model.organization import Actor
from duban.engine.model.scope import Scope
from duban.engine.ports.store import CaseQuery, Reader, Refusal, Writer
from duban.engine.runtime.admission import admitted
from duban.engine.runtime.climbing import STEP_KEY
from duban.engine.runtime.commands import Commands
from duban.engine.runtime.exhibits import Exhibit, pictured, stored
from duban.engine.runtime.judge import recorded
from duban.engine.runtime.queries import Page, Progress, explained, masked, progress_of, seen, told
from duban.engine.runtime.request import Request
from duban.engine.runtime.world import World

T = TypeVar("T")

Evidence = Mapping[str, Exhibit | Sequence[Exhibit]]
RETRIES: Final = 5
MAX_KEY: Final = 200
MAX_PAGE: Final = 1_000


class Transactions(Protocol):
    """Where transactions come from: the store's own, or the host's."""

    def read(self) -> AbstractContextManager[Reader]:
        """A read transaction."""
        ...

    def write(self) -> AbstractContextManager[Writer]:
        """A write transaction, undone when the block raises."""
        ...


class _Undone(Exception):
    """Ends a preview: everything that it did is rolled back."""


class Operations:
    """The verbs of the engine. ``by`` is always an account or a post; what it may not see is not there for it."""

    def __init__(self, world: World, transactions: Transactions) -> None:
        self._world = world
        self._transactions = transactions

    def start(
        self, workflow: str, *, by: str, data: Mapping[str, Any] | None = None, event: str | None = None,
        evidence: Evidence | None = None, key: str | None = None,
    ) -> Case:  # fmt: skip
        """Start a case and return it; with a ``key`` that was used before, the case of then.

        ``event`` names the opening event; without it, the first that the actor may fire.

        Raises:
            UnknownActor, UnknownWorkflow, UnknownEvent, NotPermitted, InvalidData, GuardRefused, KeyReused.
        """
        actor = self._world.directory.actor(by)
        request = Request(actor=actor, event=event, workflow=workflow, data=data or {}, key=_checked(key))
        if evidence:
            request = self._with_files(request, evidence)
        outcome = self._committed(request, lambda writer: Commands(self._world, writer).start(request))
        if not outcome.duplicate and not outcome.case.audience:
            log.info("case.started", ref=outcome.case.ref, workflow=workflow, what=outcome.row.event, actor=by)
        return outcome.case

    def fire(
        self, ref: str, event: str, *, by: str, data: Mapping[str, Any] | None = None,
        evidence: Evidence | None = None, key: str | None = None, expect_version: int | None = None,
    ) -> Outcome:  # fmt: skip
        """Fire an event; ``expect_version`` refuses when the case has moved on meanwhile.

        Raises:
            UnknownActor, UnknownCase, UnknownEvent, NotPermitted, VersionConflict, TransitionNotAllowed, InvalidData,
            GuardRefused, KeyReused. Nothing was changed then; refusals stand in the log of refusals.
        """
        request = self._request(ref, event, by, data, key, expect_version)
        if evidence:
            request = self._with_files(request, evidence)
        outcome = self._committed(request, lambda writer: Commands(self._world, writer).fire(request))
        if not outcome.duplicate and not outcome.case.audience:
            log.info("event.fired", ref=ref, what=event, actor=by, version=outcome.case.version)
        return outcome

    def preview(
        self, ref: str, event: str, *, by: str, data: Mapping[str, Any] | None = None,
        evidence: Evidence | None = None, expect_version: int | None = None,
    ) -> Outcome:  # fmt: skip
        """What ``fire`` would come to, with everything that follows from it; nothing is kept, nothing recorded.

        Raises:
            As ``fire``.
        """
        items = pictured(evidence or {})
        request = self._request(ref, event, by, data, None, expect_version, items)
        outcome: Outcome | None = None
        try:
            with self._transactions.write() as writer:
                outcome = told(writer, self._scope(request), Commands(self._world, writer).fire(request))
                raise _Undone
        except _Undone:
            assert outcome is not None
            return outcome

    def explain(self, ref: str, *, by: str) -> list[Choice]:
        """Every event of the case: allowed or not, and each reason. ``by`` may also be a role.

        Raises:
            UnknownActor, UnknownCase.
        """
        directory = self._world.directory
        with self._transactions.read() as reader:
            case = reader.case(ref, Scope.unbounded())
            actor = directory.actor_or_role(by, case.unit if case else None)
            if case is None or not directory.scope(actor).allows(case):
                raise UnknownCase(ref=ref, actor=by)
            return explained(reader, self._world, case, actor)

    def get(self, ref: str, *, by: str) -> Case:
        """The case as it stands.

        Raises:
            UnknownActor, UnknownCase.
        """

        def read(reader: Reader, actor: Actor) -> Case:
            return masked(reader, self._world.directory.scope(actor), seen(reader, self._world, ref, actor))

        return self._reading(by, read)

    def find(
        self, workflow: str | None = None, *, by: str, state: str | None = None, unit: str | None = None,
        overdue: bool | None = None, open: bool | None = None, parent: str | None = None,
        data: Mapping[str, Any] | None = None, limit: int = 50, after: int | None = None,
    ) -> Page:  # fmt: skip
        """Visible cases, newest first; ``after`` takes the ``cursor`` of the page before.

        Raises:
            UnknownActor, UsageError: ``limit`` is not 1 to 1,000.
        """
        if not 1 <= limit <= MAX_PAGE:
            raise UsageError("limit", found=limit, most=MAX_PAGE)
        query = CaseQuery(
            workflow=workflow, state=state, unit=unit, parent=parent, overdue=overdue, open=open,
            now=self._world.clock.now(), data=data or {}, limit=limit + 1, after=after,
        )  # fmt: skip

        def read(reader: Reader, actor: Actor) -> list[Case]:
            scope = self._world.directory.scope(actor)
            if parent is not None and reader.case(parent, scope) is None:
                return []
            return [masked(reader, scope, case) for case in reader.cases(query, scope)]

        found = self._reading(by, read)
        return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)

    def history(self, ref: str, *, by: str) -> list[HistoryRow]:
        """The rows of a case, oldest first.

        Raises:
            UnknownActor, UnknownCase.
        """
        return self._reading(by, lambda reader, actor: reader.history(seen(reader, self._world, ref, actor)))

    def stats(self, *, by: str) -> list[Tally]:
        """Counts of visible cases by workflow, state and unit.

        Raises:
            UnknownActor.
        """
        now, directory = self._world.clock.now(), self._world.directory
        return self._reading(by, lambda reader, actor: reader.tallies(directory.scope(actor), now))

    def follow(self, code: str) -> Progress:
        """What anybody who holds a case's follow code is told of it, without names.

        Raises:
            UnknownCase: no case has this code.
        """
        with self._transactions.read() as reader:
            letters = "".join(letter for letter in code.upper() if letter.isalnum())
            case = reader.case_by_follow(f"{letters[:5]}-{letters[5:]}")
            if case is None or case.audience:
                raise UnknownCase(ref=code, actor="-")
            return progress_of(self._world, reader, case, reader.history(case))

    def inbox(self, *, by: str, limit: int = 50) -> list[Notice]:
        """The notices in the inboxes of the actor's posts, newest first.

        Raises:
            UnknownActor.
        """

        def read(reader: Reader, actor: Actor) -> list[Notice]:
            posts = [post.name for post in actor.posts]
            return reader.notices(posts, self._world.directory.scope(actor), limit)

        return self._reading(by, read)

    def refusals(self, *, by: str, limit: int = 50) -> list[Refusal]:
        """The latest refused attempts that the actor may know of, newest first: who does not see all, only its own.

        Raises:
            UnknownActor.
        """
        scope = self._world.directory.scope
        return self._reading(by, lambda reader, actor: reader.refusals(scope(actor), limit))

    def _reading(self, by: str, work: Callable[[Reader, Actor], T]) -> T:
        actor = self._world.directory.actor(by)
        with self._transactions.read() as reader:
            return work(reader, actor)

    def _request(
        self, ref: str, event: str, by: str, data: Mapping[str, Any] | None, key: str | None,
        expect_version: int | None, items: Mapping[str, list[dict[str, Any]]] | None = None,
    ) -> Request:  # fmt: skip
        return Request(
            actor=self._world.directory.actor(by), event=event, ref=ref, data=data or {}, evidence=items or {},
            key=_checked(key), expect_version=expect_version,
        )  # fmt: skip

    def _scope(self, request: Request) -> Scope:
        return self._world.directory.scope(request.actor)

    def _with_files(self, request: Request, evidence: Evidence) -> Request:
        """The request with its files kept; judged first, so that nobody fills the disk for what is not theirs to do."""

        def look() -> None:
            with self._transactions.read() as reader:
                admitted(self._world, reader, request)

        self._recorded(request, look)
        items = stored(evidence, self._world.evidence, request.event or "start")
        return dataclasses.replace(request, evidence=items)

    def _committed(self, request: Request, work: Callable[[Writer], Outcome]) -> Outcome:
        def once() -> Outcome:
            with self._transactions.write() as writer:
                return told(writer, self._scope(request), work(writer))

        def attempt() -> Outcome:
            for _ in range(RETRIES):
                try:
                    return once()
                except VersionConflict as fault:
                    # A key that was taken meanwhile is looked up again, whatever version was expected.
                    if request.expect_version is not None and fault.data.get("key") is None:
                        raise
                except StoreBusy as fault:
                    # Whom it had met has gone on by now.
                    if not fault.data.get("deadlock"):
                        raise
            return once()

        return self._recorded(request, attempt)

    def _recorded(self, request: Request, work: Callable[[], T]) -> T:
        try:
            return work()
        except (Refused, UnknownCase) as fault:
            name = request.event or "start"
            labels = fault.labels if isinstance(fault, GuardRefused) else ()
            reasons = tuple(recorded(label) for label in labels)
            workflow = self._world.definitions.loaded.get(request.workflow or "")
            refusal = Refusal(
                self._world.clock.now(), request.actor.name, request.ref, request.workflow, name, fault.code, reasons,
                workflow.workflow.confidential if workflow else (),
            )  # fmt: skip
            with self._transactions.write() as writer:
                writer.add_refusal(refusal)
            log.info("event.refused", what=name, code=fault.code, actor=request.actor.name)
            raise


def _checked(key: str | None) -> str | None:
    if key is not None and (not 1 <= len(key) <= MAX_KEY or key.startswith(STEP_KEY) or not key.isprintable()):
        raise UsageError("key", found=key[:40], most=MAX_KEY)
    return key
