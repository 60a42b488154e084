"""What the engine knows of actions when a workflow is loaded, and how the outbox worker carries them out."""

from collections.abc import Mapping
from typing import Any, Protocol

from duban.engine.model.case import Message
from duban.engine.model.label import Label
from duban.engine.model.organization import Organization


class Toolbox(Protocol):
    """What an action may use besides its message."""

    @property
    def organization(self) -> Organization:
        """The organisation in force."""
        ...

    def put_notice(self, post: str, message: Message, text: Label) -> None:
        """Lay a notice into the inbox of a post; the same message to the same post lies there once."""
        ...

    def has_fired(self, message: Message) -> bool:
        """Whether this message fired its event already, in an earlier attempt."""
        ...

    def compiled(self, message: Message, compilation: str) -> bytes:
        """The snapshot of a compilation, of the message's case and as of the history row that the message belongs to.

        Raises:
            LookupError: the pack has no such compilation any more.
        """
        ...

    def fire(self, message: Message, event: str, evidence: Mapping[str, tuple[str, bytes]]) -> None:
        """Fire an event on the message's case as ``system``, once for each message, however often it is carried out.

        Quiet where the case has moved on to where the event does not leave from; the refusal is written down.
        """
        ...


class Action(Protocol):
    """A side effect. ``name`` is what workflows call it; delivery is at least once, with ``message.key`` stable."""

    name: str

    def problems(self, params: Mapping[str, Any]) -> Mapping[str, tuple[str, Mapping[str, Any]]]:
        """Check declared parameters at load: what is wrong with each, as a key under ``action.`` and its data.

        An action of another package brings its own words: ``("other", {"why": Label("in English", "中文")})``.
        """
        ...

    def recipients(self, params: Mapping[str, Any]) -> tuple[str, ...]:
        """The roles (or ``unit``) that the parameters name, for the check that somebody carries them."""
        ...

    def carry_out(self, message: Message, toolbox: Toolbox) -> None:
        """Do it. Any exception means: not done, try again later."""
        ...


class ActionRegistry(Protocol):
    """The actions that exist, by name."""

    def names(self) -> tuple[str, ...]:
        """All names, sorted."""
        ...

    def find(self, name: str) -> Action | None:
        """The action of this name, or None."""
        ...
