"""Heads that were published before, while a store is checked against them: which are left, and which may be missed."""

from collections.abc import Iterator, Mapping
from typing import Final

from duban.engine.model.case import Broken
from duban.engine.model.definition import Workflow
from duban.engine.model.scope import Scope
from duban.engine.model.suspension import SUSPENSIONS

Heads = Mapping[str, tuple[int, str]]
"""Of each case, by reference: its version, and the hash of the row that made it."""


LONGEST: Final = 18
"""The most digits of a number."""


class Published:
    """The heads of a checkpoint. Anybody can write one by hand, so it is no way to find out which cases there are.

    That a case is missing is told where all cases of its kind may be told, or where later ones are seen: a gap among
    these is told without a checkpoint, too. Of any other head it is told neither that there is such a case nor that
    there is none; how many these are is one number for both.
    """

    def __init__(self, heads: Heads | None, scope: Scope) -> None:
        self._left = dict(heads or {})
        self._left.pop(SUSPENSIONS, None)  # no case: it is checked by itself
        self._scope = scope
        # By the letters of their references: whether cases of a kind begin visible, and whether all of them stay so.
        self._kinds: dict[str, tuple[bool, bool]] = {}
        self._latest: dict[str, int] = {}
        self._hidden: set[str] = set()

    def learn(self, workflow: Workflow) -> None:
        """Take note of who sees the cases of a workflow, by a definition of the pack or of the store."""
        admits = self._scope.admits
        begins = admits(workflow.confidential)
        later = [event.confidential for event in workflow.events.values() if event.confidential is not None]
        before = self._kinds.get(workflow.reference, (True, True))
        self._kinds[workflow.reference] = (before[0] and begins, before[1] and begins and all(map(admits, later)))

    def seen(self, ref: str) -> tuple[int, str] | None:
        """The head that was published of a case that may be told."""
        prefix, number = parted(ref)
        self._latest[prefix] = max(number, self._latest.get(prefix, 0))
        return self._left.pop(ref, None)

    def hidden(self, ref: str) -> None:
        """Take note of a case that may not be told."""
        if ref in self._left:
            self._hidden.add(ref)

    def missing(self) -> Iterator[Broken]:
        """What was published and is not there, as far as it may be told; last how many heads belong to nothing seen."""
        unseen = 0
        for ref in self._left:
            if not self._is_told(ref):
                unseen += 1
            elif ref not in self._hidden:
                yield Broken(ref, None, "case-missing")
        if unseen:
            yield Broken("", None, "heads-unseen", unseen)

    def _is_told(self, ref: str) -> bool:
        """Whether it may be told that there is no such case."""
        prefix, number = parted(ref)
        begins, stays = self._kinds.get(prefix, (self._scope.everything, self._scope.everything))
        return begins and (stays or 0 < number <= self._latest.get(prefix, 0))


def parted(ref: str) -> tuple[str, int]:
    """The letters of a reference and its number; 0 where it has none."""
    prefix, _, digits = ref.rpartition("-")
    return prefix, int(digits) if digits.isdecimal() and len(digits) <= LONGEST else 0
