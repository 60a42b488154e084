"""What an actor may see, as a value that every read carries."""

from typing import Self

from duban.engine.model.case import Case
from duban.engine.model.frozen import frozen
from duban.engine.model.organization import Sees


@frozen
class Scope:
    """What one actor may see.

    A case is visible when its audience is empty or shares a role with ``roles``; and when ``sees`` is ``all``, or
    ``unit`` and the case's unit is among ``units`` or the actor opened it, or ``own`` and the actor opened it.
    ``everything`` is the engine's own: it knows no bounds.
    """

    actor: str
    roles: frozenset[str] = frozenset()
    sees: Sees = "own"
    units: frozenset[str] = frozenset()
    everything: bool = False

    @classmethod
    def unbounded(cls, actor: str = "system") -> Self:
        """The scope of the engine itself."""
        return cls(actor=actor, sees="all", everything=True)

    @classmethod
    def of_nobody(cls) -> Self:
        """What may be told when it is not known to whom: of cases without an audience, all of them."""
        return cls(actor="", sees="all")

    def admits(self, audience: tuple[str, ...]) -> bool:
        """Whether what only these roles may know may be told; an empty audience is everybody."""
        return self.everything or not audience or not self.roles.isdisjoint(audience)

    def allows(self, case: Case) -> bool:
        """Whether this case is visible; the same rule that the store applies to its queries."""
        if self.everything:
            return True
        if not self.admits(case.audience):
            return False
        if self.sees == "all" or case.opened_by == self.actor:
            return True
        return self.sees == "unit" and case.unit is not None and case.unit in self.units
