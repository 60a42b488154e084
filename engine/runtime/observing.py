"""Tells observers what work came to. Where nobody observes, nothing is made, asked or timed."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from duban.engine.errors import Conflict, DubanError, InvalidData, Refused, StoreError, Unknown, UnknownCase
from duban.engine.log import log
from duban.engine.model.case import Outcome
from duban.engine.model.scope import Scope
from duban.engine.ports.observer import Ending, Fact, Observer, Verb
from duban.engine.runtime.public_reads import Transactions
from duban.engine.runtime.request import Request
from duban.engine.runtime.world import World

T = TypeVar("T")

_ENDINGS: tuple[tuple[type[DubanError], Ending], ...] = (
    (Refused, "refused"), (Conflict, "conflict"), (InvalidData, "invalid"), (Unknown, "unknown"),
)  # fmt: skip


def told(observers: Iterable[Observer], tell: Callable[[Observer], T]) -> list[T | None]:
    """Tell each observer; what each answered. One that fails is written down: the work was done all the same."""
    answers: list[T | None] = []
    for observer in observers:
        try:
            answers.append(tell(observer))
        except Exception as fault:  # it is other people's code, and whatever it raises comes too late to undo anything
            log.warning("observer.failed", kind=type(fault).__name__)
            answers.append(None)
    return answers


def observed(
    observers: tuple[Observer, ...], verb: Verb, work: Callable[[], T],
    done: Callable[[T], Fact | None], failed: Callable[[Exception], Fact | None],
) -> T:  # fmt: skip
    """Do the work between its beginning and its end; ``done`` and ``failed`` say what is told of it."""
    marks = told(observers, lambda observer: observer.began(verb))
    fact: Fact | None = None
    try:
        answer = work()
        fact = done(answer)
        return answer
    except Exception as fault:
        fact = failed(fault)
        raise
    finally:
        # The last to begin is the first to end, as contexts of traces are nested.
        for observer, mark in reversed(list(zip(observers, marks, strict=True))):
            told([observer], partial(_end, verb, mark, fact))


def _end(verb: Verb, mark: object, fact: Fact | None, observer: Observer) -> None:
    observer.ended(verb, mark, fact)


def ended(fault: Exception, workflow: str = "", event: str = "") -> Fact:
    """An error as observers hear of it."""
    ending: Ending = next((name for kind, name in _ENDINGS if isinstance(fault, kind)), "failed")
    code = fault.code if isinstance(fault, DubanError) else "fault"
    return Fact(ending, workflow, event, code, isinstance(fault, StoreError))


def command(world: World, source: Transactions, verb: Verb, request: Request, work: Callable[[], Outcome]) -> Outcome:
    """Start a case or fire an event, with the observers listening."""
    if not world.observers:
        return work()
    return observed(
        world.observers, verb, work, done=_of_outcome, failed=lambda fault: _of_fault(world, source, request, fault)
    )


def _of_outcome(outcome: Outcome) -> Fact | None:
    if outcome.case.audience:
        return None
    return Fact("duplicate" if outcome.duplicate else "done", outcome.case.workflow, outcome.row.event)


def _of_fault(world: World, source: Transactions, request: Request, fault: Exception) -> Fact | None:
    """What did not happen: a case that is hidden from the actor and one that is not there sound the same."""
    if isinstance(fault, StoreError | UnknownCase):
        return ended(fault)
    workflow, event = request.workflow or "", request.event or ""
    if request.ref is not None:
        try:
            with source.read() as reader:
                case = reader.case(request.ref, Scope.unbounded())
        except DubanError:
            case = None
        if case is None or case.audience:
            return None
        workflow = case.workflow
    loaded = world.definitions.loaded.get(workflow)
    if loaded is None:
        return ended(fault)
    if loaded.workflow.confidential:
        return None
    # A name that nobody declared is not repeated: whoever asks for many would make a series of each.
    return ended(fault, workflow, event if event in loaded.workflow.events else "")
