"""Decides, purely: given a workflow, a state and an event, where does the case go?

The only user of ``transitions``. A machine is built once per definition and decides on a throw-away object, which
costs a few microseconds; nothing that can fail runs inside it, and it never sees the case.
"""

from collections.abc import Callable
from typing import Any, Final

from transitions import EventData, Machine, MachineError

from duban.engine.model.definition import Workflow

_BEFORE: Final = "(before)"
"""The state of a case that does not exist yet. No declared state can be called so."""


class _Token:
    """What moves through the machine."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


def _holds(event: EventData) -> bool:
    return bool(event.kwargs["holds"]())


class Interpreter:
    """The transitions of one workflow."""

    def __init__(self, workflow: Workflow) -> None:
        self._machine = Machine(
            model=None,
            states=[_BEFORE, *workflow.states],
            initial=_BEFORE,
            auto_transitions=False,
            queued=False,
            send_event=True,
        )
        for event in workflow.events.values():
            for source in event.sources or (_BEFORE,):
                target = event.target or source
                self._machine.add_transition(event.name, source, target, conditions=_holds)

    def decide(self, event: str, state: str | None, holds: Callable[[], bool]) -> str | None:
        """Where ``event`` leads from ``state`` (None: before the case exists).

        ``holds`` is asked only when the event leaves the state. None: it does not leave the state, or ``holds``
        said no.
        """
        token = _Token(_BEFORE if state is None else state)
        trigger: Any = self._machine.events[event].trigger
        try:
            return token.state if trigger(token, holds=holds) else None
        except MachineError:
            return None
