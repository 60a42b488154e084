"""What one call tells one actor: no number of the store's own, no case that the actor cannot see, and note of each
confidential case, so that it can be written down who was told of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import repeat
from typing import TYPE_CHECKING

from duban.engine.model.case import Case, Outcome, Reading
from duban.engine.model.changing import changed, completed_each
from duban.engine.runtime.judge import Awaited

if TYPE_CHECKING:
    from duban.engine.model.label import Label
    from duban.engine.model.organization import Actor
    from duban.engine.model.scope import Scope
    from duban.engine.ports.store import Reader


class Telling:
    """Made for one call. Cases go through it on their way to the actor; ``readings`` tells which were confidential."""

    def __init__(self, reader: "Reader", actor: "Actor", scope: "Scope") -> None:
        self.reader = reader
        self.actor = actor
        self.scope = scope
        self._refs: dict[str, None] = {}

    def note(self, ref: str | None, audience: tuple[str, ...]) -> None:
        """Note that the actor is told of this case; only where it has an audience."""
        if audience and ref is not None:
            self._refs[ref] = None

    def named_in(self, reasons: Iterable["Label"]) -> None:
        """Note the confidential cases that these reasons name."""
        for reason in reasons:
            if isinstance(reason, Awaited):
                self._refs.update(dict.fromkeys(reason.confidential))

    def case(self, case: Case) -> Case:
        """The case without the store's numbers, and without its parent where the actor cannot see that."""
        self.note(case.ref, case.audience)
        if self.scope.everything:
            return case
        return changed(case, id=0, parent=self._parent(case), parent_id=None)

    def page(self, cases: Sequence[Case]) -> list[Case]:
        """The same of cases that were just read and that nobody else holds: without a copy of each."""
        for case in cases:
            if case.audience:
                self.note(case.ref, case.audience)
        if not self.scope.everything:
            parents = [case.parent and self._parent(case) for case in cases]
            completed_each(cases, id=repeat(0), parent=parents, parent_id=repeat(None))
        return list(cases)

    def _parent(self, case: Case) -> str | None:
        """The reference of its parent, where the actor can see that."""
        parent = None if case.parent is None else self.reader.case(case.parent, self.scope)
        if parent is None:
            return None
        self.note(parent.ref, parent.audience)
        return parent.ref

    def outcome(self, outcome: Outcome) -> Outcome:
        """An outcome with only those other cases that the actor can see.

        Who may start a case and not see it gets a receipt without its number, which would tell how many there are.
        """
        started = tuple(ref for ref in outcome.started if self._sees(ref))
        case, row = self.case(outcome.case), outcome.row
        if row.kind == "start" and not self.scope.allows(outcome.case):
            prefix = case.ref.rpartition("-")[0]
            case, row = changed(case, ref=prefix), changed(row, ref=prefix)
        return Outcome(case, row, outcome.duplicate, started)

    def _sees(self, ref: str) -> bool:
        found = self.reader.case(ref, self.scope)
        if found is not None:
            self.note(ref, found.audience)
        return found is not None

    def readings(self, what: str, at: datetime) -> list[Reading]:
        """What is to be written down, once per case. The built-in actors are the engine itself: nothing of theirs."""
        if self.actor.kind == "built-in":
            return []
        return [Reading(ref, self.actor.name, what, at) for ref in self._refs]
