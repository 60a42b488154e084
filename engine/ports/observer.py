"""The port of the observers: who hears of work while it is done, to count it or to trace it.

Nothing confidential is told. Of a case with an audience an observer hears that work ended, without what it was.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Final, Literal, Protocol

from duban.engine.model.frozen import frozen

Verb = Literal["start", "fire", "sweep", "deliver"]
Ending = Literal["done", "duplicate", "refused", "conflict", "invalid", "unknown", "failed"]
Fate = Literal["delivered", "sent", "postponed", "dead"]

ENDINGS: Final[tuple[Ending, ...]] = ("done", "duplicate", "refused", "conflict", "invalid", "unknown", "failed")


@frozen
class Fact:
    """How work ended. ``workflow`` and ``event`` are names that the pack declares, empty where it declares none such.

    ``code`` is that of the error, empty where there was none; ``is_store`` tells that the store was at fault.
    ``counts`` tells of a sweep or a delivery how much it did.
    """

    ending: Ending
    workflow: str = ""
    event: str = ""
    code: str = ""
    is_store: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)


class Observer(Protocol):
    """Hears of work, in the thread that does it. What it raises is written to the log and changes nothing."""

    def began(self, verb: Verb) -> object:
        """Work begins; what is returned comes back with its end."""

    def ended(self, verb: Verb, mark: object, fact: Fact | None) -> None:
        """It ended, its transaction too; None tells that nobody is to know of it."""

    def climbed(self, workflow: str, step: str) -> None:
        """A sweep climbed a step of a ladder, such as ``rectification@due``."""

    def handled(self, action: str, fate: Fate) -> None:
        """A message of the outbox was tried."""

    def dispatched(self, kind: str, fate: Fate) -> None:
        """A message on a channel of this kind was tried."""
