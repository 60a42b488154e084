"""Decides, purely: given a workflow, a state and an event, where does the case go?

The only user of ``transitions``. A machine is built once per definition and decides on a throw-away object, which
costs a few microseconds; nothing that can fail runs inside it, and it never sees the case.
"""

from collections.abc import Callable
from typing import Final

from transitions import Machine, MachineError

from duban.engine.model.definition import Workflow

_BEFORE: Final = "(before)"
"""The state of a case that does not exist yet. No declared state can be called so."""


class _Token:
    """What moves through the machine."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


class Interpreter:
    """The transitions of one workflow."""

    def __init__(self, workflow: Workflow) -> None:
        self._machine = Machine(
            model=None,
            states=[_BEFORE, *workflow.states],
            initial=_BEFORE,
            auto_transitions=False,
            queued=False,
        )
        for event in workflow.events.values():
            for source in event.sources or (_BEFORE,):
                target = event.target or source
                self._machine.add_transition(event.name, source, target)
        self._targets: dict[tuple[str, str | None], str | None] = {}

    def decide(self, event: str, state: str | None, holds: Callable[[], bool]) -> str | None:
        """Where ``event`` leads from ``state`` (None: before the case exists).

        ``holds`` is asked only when the event leaves the state. None: it does not leave the state, or ``holds``
        said no.
        """
        found = self._target(event, state)
        return found if found is not None and holds() else None

    def _target(self, event: str, state: str | None) -> str | None:
        # The machine is asked once for each pair: it does not change, and conditions are asked outside of it.
        if (event, state) not in self._targets:
            token = _Token(_BEFORE if state is None else state)
            try:
                self._machine.events[event].trigger(token)
                self._targets[event, state] = token.state
            except MachineError:
                self._targets[event, state] = None
        return self._targets[event, state]
