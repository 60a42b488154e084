"""The port of retention: which finished cases are to be looked at, and that they were."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from duban.engine.model.scope import Scope


class RetentionReader(Protocol):
    """The reading half."""

    def unerased(self, rule: str, workflow: str, before: datetime, after_id: int, limit: int) -> Sequence[int]:
        """The internal numbers, higher than ``after_id`` and rising, of cases that ended before ``before`` and that
        this rule was not carried out on since: all of them, for the engine itself."""

    def count_unerased(
        self, rule: str, workflow: str, before: datetime, scope: Scope, *, archived_only: bool = False
    ) -> int:
        """How many of them are visible; or only how many of those were moved to an archive."""


class RetentionWriter(RetentionReader, Protocol):
    """The writing half."""

    def mark_erased(self, case_id: int, rule: str, closed_at: datetime) -> None:
        """Note that the rule was carried out on the case as it ended then."""
