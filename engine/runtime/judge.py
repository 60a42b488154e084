"""Judges an event in the settled order: role, version, state, data, guards. (Whether the case is seen and the event
exists was judged before.) Reads, never writes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from duban.engine.errors import GuardRefused, NotPermitted, TransitionNotAllowed, VersionConflict
from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label
from duban.engine.model.scope import Scope
from duban.engine.ports.guards import GuardFault
from duban.engine.runtime.facts import facts_for
from duban.engine.runtime.intake import taken

if TYPE_CHECKING:
    from duban.engine.definition.values import ValueChecker
    from duban.engine.model.definition import Event
    from duban.engine.model.organization import Actor
    from duban.engine.ports.store import Reader
    from duban.engine.runtime.definitions import Compiled
    from duban.engine.runtime.situation import Situation

_NAMED: Final = 5
"""How many of the cases that are waited for are named."""


@frozen
class Awaited(Label):
    """The reason of an event that waits for child cases: it names those that the actor can see.

    ``unnamed`` is what the log of refusals keeps, for its readers may see fewer of them. ``confidential`` are those
    named that have an audience.
    """

    unnamed: Label
    confidential: tuple[str, ...] = ()


def recorded(reason: Label) -> Label:
    """A reason as the log of refusals keeps it: without the references of other cases."""
    return reason.unnamed if isinstance(reason, Awaited) else reason


def permit(actor: "Actor", event: "Event") -> None:
    """Let the actor fire the event, or refuse.

    Raises:
        NotPermitted: it carries none of the event's roles.
    """
    if not actor.roles.intersection(event.by):
        carried = sorted(actor.roles) or None
        raise NotPermitted(actor=actor.name, event=event.name, roles=list(event.by), carried=carried)


def judged(
    situation: "Situation", compiled: "Compiled", event: "Event", checker: "ValueChecker", reader: "Reader"
) -> tuple[str, dict[str, Any]]:
    """The state that the event leads to and the fields that it changes.

    Raises:
        NotPermitted, VersionConflict, TransitionNotAllowed, InvalidData, GuardRefused: in this order.
    """
    _entitle(situation, event)
    changes: dict[str, Any] = {}
    reasons: list[Label] = []

    def fits() -> bool:
        changes.update(taken(situation, compiled, event, checker, reader))
        reasons.extend(refusals(situation, compiled, event, {**situation.data, **changes}, reader))
        return not reasons

    target = compiled.interpreter.decide(event.name, situation.state, fits)
    if reasons:
        raise GuardRefused(event=event.name, ref=situation.name, reasons=reasons)
    if target is None:
        raise wrong_state(situation, compiled, event)
    return target, changes


def admit(situation: "Situation", compiled: "Compiled", event: "Event") -> None:
    """Judge all that comes before the data, so that no file is kept for what is refused anyway.

    Raises:
        NotPermitted, VersionConflict, TransitionNotAllowed: in this order.
    """
    _entitle(situation, event)
    if compiled.interpreter.decide(event.name, situation.state, lambda: True) is None:
        raise wrong_state(situation, compiled, event)


def _entitle(situation: "Situation", event: "Event") -> None:
    case, expected = situation.case, situation.request.expect_version
    permit(situation.request.actor, event)
    if case is not None and expected is not None and case.version != expected:
        raise VersionConflict(ref=case.ref, found=case.version, expected=expected)


def wrong_state(situation: "Situation", compiled: "Compiled", event: "Event") -> TransitionNotAllowed:
    """The refusal of an event that does not leave the case's state."""
    states = compiled.workflow.states
    sources: Any = [states[source].label for source in event.sources]
    return TransitionNotAllowed(
        event=event.name,
        ref=situation.name,
        state=states[situation.state].label if situation.state else None,
        sources=sources or Label("no state: it starts a case", "无（用于启动事项）"),
    )


def refusals(
    situation: "Situation", compiled: "Compiled", event: "Event", data: Mapping[str, Any], reader: "Reader",
    unknown: frozenset[str] = frozenset(),
) -> list[Label]:  # fmt: skip
    """Why the event's guards do not hold over ``data``; guards that read a name in ``unknown`` are passed over."""
    reasons = _waiting(situation, event, reader)
    guards = compiled.guards(event)
    if not guards.conditions:
        return reasons
    if unknown:
        guards = guards.without(unknown)
    values = facts_for(guards.names, compiled.workflow, situation, data, reader)
    for guard, condition in guards.conditions:
        try:
            holds = condition.value(values) is True
        except GuardFault as fault:
            reason = guard.reason
            reasons.append(
                Label(f"{reason.en} (not checkable: {fault.what.en})", f"{reason.zh}（无法判定：{fault.what.zh}）")
            )
        else:
            if not holds:
                reasons.append(guard.reason)
    return reasons


def holds(check: str, situation: "Situation", compiled: "Compiled", reader: "Reader") -> bool:
    """Whether a condition that nobody is refused by holds for the case as it stands; one that fails does not.

    It is the engine's own, told to nobody: so it knows of confidential cases whoever acts.
    """
    condition = compiled.condition(check)
    situation = replace(situation, scope=Scope.unbounded())
    try:
        values = facts_for(condition.names, compiled.workflow, situation, situation.data, reader)
        return condition.value(values) is True
    except GuardFault:
        return False


def _waiting(situation: "Situation", event: "Event", reader: "Reader") -> list[Label]:
    if not event.waits_for or situation.case is None:
        return []
    # What only others may know of is not waited for: a refusal would tell of it. Loading a pack sees to it that whoever
    # may fire such an event sees all that it waits for.
    scope = situation.scope
    children = [child for child in reader.children(situation.case.id) if scope.admits(child.audience)]
    pending = [child for child in children if child.workflow in event.waits_for and child.is_open]
    if not pending:
        return []
    seen = [child for child in pending if scope.allows(child)]
    cases = "a case that is" if len(pending) == 1 else f"{len(pending)} cases that are"
    unnamed = Label(f"it waits for {cases} not finished", f"尚有 {len(pending)} 件下级事项未办结")
    if not seen:
        return [unnamed]
    more = ", …" if len(seen) > _NAMED else ""
    named = f" ({', '.join(child.ref for child in seen[:_NAMED])}{more})"
    confidential = tuple(child.ref for child in seen[:_NAMED] if child.audience)
    return [Awaited(unnamed.en + named, unnamed.zh + named, unnamed, confidential)]
