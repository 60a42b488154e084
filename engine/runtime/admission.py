"""What is judged before the data: whether case and event are there for the actor, whose they are, version and state."""

from dataclasses import replace

from duban.engine.errors import CaseArchived, UnknownCase, UnknownEvent
from duban.engine.model.case import Case
from duban.engine.model.definition import Event, Workflow
from duban.engine.model.hint import hint
from duban.engine.ports.store import Reader
from duban.engine.runtime.judge import admit
from duban.engine.runtime.request import Request
from duban.engine.runtime.rights import entitled
from duban.engine.runtime.situation import Situation
from duban.engine.runtime.world import World


def admitted(world: World, reader: Reader, request: Request) -> Workflow | None:
    """Judge what can be judged without the files of a request, so that none is kept for what is refused anyway.

    Returns the workflow, whose fields tell what files they take. A key that was used is not judged here: only with its
    files is it known whether this is the same request; and there None is a case that the actor sees no more.

    Raises:
        ActorSuspended, UnknownWorkflow, UnknownCase, UnknownEvent, NotPermitted, VersionConflict, TransitionNotAllowed,
        CaseArchived.
    """
    request = replace(request, actor=entitled(world, reader, request.actor))
    used = request.key is not None and reader.row_by_key(request.key, request.actor.name) is not None
    scope, now = world.directory.scope(request.actor), world.clock.now()
    if request.ref is None:
        compiled = world.definitions.current(request.workflow or "", request.actor)
        event, case = opening(compiled.workflow, request), None
    else:
        case = reader.case(request.ref, scope)
        if case is None and used:
            return None
        if case is None:
            raise UnknownCase(ref=request.ref, actor=request.actor.name)
        if not used:
            require_here(case)
        compiled = world.definitions.pinned(case.definition, reader)
        event = declared(compiled.workflow, request)
    if not used:
        admit(Situation(request, case, None, scope, now, world.hours), compiled, event)
    return compiled.workflow


def require_here(case: Case) -> None:
    """Go on only with a case whose history lies in the store.

    Raises:
        CaseArchived: it was moved to an archive.
    """
    if case.archive is not None:
        raise CaseArchived(ref=case.ref, archive=case.archive)


def opening(workflow: Workflow, request: Request) -> Event:
    """The event that starts the case: the one named, else the first that the actor may fire.

    Raises:
        UnknownEvent: the named event does not start a case.
    """
    if request.event is not None:
        known = [event.name for event in workflow.opening_events]
        return _among(known, workflow, request.event)
    may = [event for event in workflow.opening_events if request.actor.roles.intersection(event.by)]
    return may[0] if may else workflow.opening_events[0]


def declared(workflow: Workflow, request: Request) -> Event:
    """The event that is asked for.

    Raises:
        UnknownEvent: the workflow declares none of this name.
    """
    return workflow.events.get(request.event or "") or _among(list(workflow.events), workflow, request.event or "")


def _among(known: list[str], workflow: Workflow, name: str) -> Event:
    if name not in known:
        raise UnknownEvent(workflow=workflow.name, event=name, events=known, hint=hint(name, known))
    return workflow.events[name]
