"""What an embedder and an operator do with cases: the verbs of the engine, over one source of transactions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from duban.engine.errors import (
    Conflict,
    InvalidData,
    InvalidEvidence,
    Refused,
    UnknownCase,
    UnknownEvent,
    VersionConflict,
)
from duban.engine.log import log
from duban.engine.model.scope import Scope
from duban.engine.runtime.citing import Attached, Cited, Given, attached, parted
from duban.engine.runtime.given import require_mappings, require_numbers, require_texts, require_texts_or_none
from duban.engine.runtime.material import Material
from duban.engine.runtime.queries import seen
from duban.engine.runtime.refusing import refusal_of
from duban.engine.runtime.request import Request, checked_key
from duban.engine.runtime.telling import Telling

if TYPE_CHECKING:
    from duban.engine.model.case import Case, Outcome
    from duban.engine.model.definition import Workflow
    from duban.engine.ports.store import Reader, Writer
    from duban.engine.runtime.commands import Commands

T = TypeVar("T")

Evidence = Given
RETRIES: Final = 5


@cache
def _commands() -> "type[Commands]":
    from duban.engine.runtime.commands import Commands  # here and below: whoever only reads does not wait for it

    return Commands


@cache
def _command() -> "Callable[..., Outcome]":
    from duban.engine.runtime.observing import command

    return command


class _Undone(Exception):
    """Ends a preview: everything that it did is rolled back."""


class Operations(Material):
    """The verbs of the engine. ``by`` is always an account or a post; what it may not see is not there for it."""

    def start(
        self, workflow: str, *, by: str, data: Mapping[str, Any] | None = None, event: str | None = None,
        evidence: Evidence | None = None, key: str | None = None,
    ) -> "Case":  # fmt: skip
        """Start a case and return it; with a ``key`` that was used before, the case of then.

        ``event`` names the opening event; without it, the first that the actor may fire.

        Raises:
            UnknownActor, UnknownWorkflow, UnknownEvent, NotPermitted, InvalidData, GuardRefused, KeyReused.
        """
        return self.begin(workflow, by=by, data=data, event=event, evidence=evidence, key=key).case

    def begin(
        self, workflow: str, *, by: str, data: Mapping[str, Any] | None = None, event: str | None = None,
        evidence: Evidence | None = None, key: str | None = None,
    ) -> "Outcome":  # fmt: skip
        """The same as ``start``, and return what it came to: also the first row, and whether it is a duplicate.

        Raises:
            As ``start``.
        """
        require_texts(workflow=workflow)
        require_texts_or_none(event=event, key=key)
        require_mappings(data=data, evidence=evidence)
        actor = self._world.directory.actor(by)
        request = Request(actor=actor, event=event, workflow=workflow, data=data or {}, key=checked_key(key))
        outcome = _command()(self._world, self._transactions, "start", request, lambda: self._start(request, evidence))
        if not outcome.duplicate and not outcome.case.audience:
            log.info("case.started", ref=outcome.case.ref, workflow=workflow, what=outcome.row.event, actor=by)
        return outcome

    def fire(
        self, ref: str, event: str, *, by: str, data: Mapping[str, Any] | None = None,
        evidence: Evidence | None = None, key: str | None = None, expect_version: int | None = None,
    ) -> "Outcome":  # fmt: skip
        """Fire an event; ``expect_version`` refuses when the case has moved on meanwhile.

        Raises:
            UnknownActor, UnknownCase, UnknownEvent, NotPermitted, VersionConflict, TransitionNotAllowed, InvalidData,
            GuardRefused, KeyReused. Nothing was changed then; refusals stand in the log of refusals.
        """
        require_mappings(evidence=evidence)
        request = self._request(ref, event, by, data, key, expect_version)
        outcome = _command()(self._world, self._transactions, "fire", request, lambda: self._fire(request, evidence))
        if not outcome.duplicate and not outcome.case.audience:
            log.info("event.fired", ref=ref, what=event, actor=by, version=outcome.case.version)
        return outcome

    def preview(
        self, ref: str, event: str, *, by: str, data: Mapping[str, Any] | None = None,
        evidence: Evidence | None = None, expect_version: int | None = None,
    ) -> "Outcome":  # fmt: skip
        """What ``fire`` would come to, with everything that follows from it; nothing is kept, nothing recorded.

        Raises:
            As ``fire``.
        """
        from duban.engine.runtime.exhibits import pictured

        require_mappings(evidence=evidence)
        files, cited = parted(evidence or {})
        request = self._request(ref, event, by, data, None, expect_version, pictured(files))
        request = self._citing(request, cited)
        telling: Telling
        outcome: Outcome | None = None
        try:
            with self._transactions.write() as writer:
                telling = self._telling(writer, request.actor)
                outcome = telling.outcome(_commands()(self._world, writer).fire(request))
                raise _Undone
        except _Undone:
            assert outcome is not None
            self._note(telling, "preview")
            return outcome
        except (Refused, InvalidData, Conflict, UnknownEvent):
            # Why it is refused tells of the case as well.
            self._told(request.actor, "preview", lambda telling: telling.case(seen(telling, ref)))
            raise

    def _start(self, request: Request, evidence: Evidence | None) -> "Outcome":
        whole = self._with_files(request, evidence) if evidence else request
        return self._committed(whole, lambda commands: commands.start(whole))

    def _fire(self, request: Request, evidence: Evidence | None) -> "Outcome":
        whole = self._with_files(request, evidence) if evidence else request
        return self._committed(whole, lambda commands: commands.fire(whole))

    def _request(
        self, ref: str, event: str, by: str, data: Mapping[str, Any] | None, key: str | None,
        expect_version: int | None, items: Mapping[str, list[dict[str, Any]]] | None = None,
    ) -> Request:  # fmt: skip
        require_texts(ref=ref, event=event)
        require_texts_or_none(key=key)
        require_mappings(data=data)
        if expect_version is not None:
            require_numbers(expect_version=expect_version)
        return Request(
            actor=self._world.directory.actor(by), event=event, ref=ref, data=data or {}, evidence=items or {},
            key=checked_key(key), expect_version=expect_version,
        )  # fmt: skip

    def _with_files(self, request: Request, evidence: Evidence) -> Request:
        """The request with its files kept; judged first, so that nobody fills the disk for what is not theirs to do."""
        from duban.engine.runtime.admission import admitted
        from duban.engine.runtime.exhibits import stored

        def look() -> "Workflow | None":
            return self._transactions.consult(lambda reader: admitted(self._world, reader, request))

        workflow = self._recorded(request, look)
        fields = workflow.fields if workflow is not None else {}
        files, cited = parted(evidence)
        items = stored(files, fields, self._world.evidence, self._world.examiner, request.event or "start")
        return self._citing(replace(request, evidence=items), cited)

    def _citing(self, request: Request, cited: Mapping[str, Sequence[Cited]]) -> Request:
        """The request with what it attaches by reference, before its files."""
        if not cited:
            return request

        def read(reader: "Reader") -> tuple[Telling, Attached]:
            telling = self._telling(reader, request.actor)
            case = reader.case(request.ref, telling.scope) if request.ref is not None else None
            loaded = self._world.definitions.loaded.get(request.workflow or "")
            audience = case.audience if case is not None else loaded.workflow.confidential if loaded else ()
            return telling, attached(cited, telling, audience)

        telling, found = self._transactions.consult(read)
        self._note(telling, "cite")
        if found.problems:
            raise InvalidEvidence(event=request.event or "start", problems=found.problems)
        kept, items = request.evidence, found.items
        every = {name: [*items.get(name, ()), *kept.get(name, ())] for name in {**items, **kept}}
        return replace(request, evidence=every)

    def _committed(self, request: Request, work: "Callable[[Commands], Outcome]") -> "Outcome":
        def done(writer: "Writer") -> "Outcome":
            commands = _commands()(self._world, writer)
            outcome = work(commands)
            actor = commands.entitled(request.actor)
            return Telling(writer, actor, self._world.directory.scope(actor)).outcome(outcome)

        def once() -> "Outcome":
            return self._transactions.transact(done, keyed=request.key is not None)

        def attempt() -> "Outcome":
            for _ in range(RETRIES):
                try:
                    return once()
                except VersionConflict as fault:
                    # A key that was taken meanwhile is looked up again, whatever version was expected.
                    if request.expect_version is not None and fault.data.get("key") is None:
                        raise
            return once()

        return self._recorded(request, attempt)

    def _recorded(self, request: Request, work: Callable[[], T]) -> T:
        try:
            return work()
        except (Refused, UnknownCase) as fault:
            name = request.event or "start"
            refusal = refusal_of(self._world, request, fault)

            def written(writer: "Writer") -> "Case | None":
                writer.add_refusal(refusal)
                # Looked up whether or not it is there: to be refused a hidden case takes the way of an unknown one.
                return writer.case(request.ref, Scope.unbounded()) if request.ref is not None else None

            case = self._transactions.transact(written)
            seen_by = case.audience if case is not None and isinstance(fault, Refused) else refusal.audience
            if not seen_by:
                log.info("event.refused", what=name, code=fault.code, actor=request.actor.name)
            raise
