"""The parts of a transaction that take many cases at once: a statement for a batch instead of one for each case."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from duban.engine.model.case import Case, HistoryRow, Stopwatch
from duban.engine.model.scope import Scope
from duban.engine.ports.records import CaseQuery, NewMessage, Refusal


class BatchReader(Protocol):
    """Reads the same of many cases. What is not there is left out of what is returned."""

    def rows_by_keys(self, keys: Sequence[str], actor: str) -> dict[str, HistoryRow]:
        """The history rows that these idempotency keys of an actor wrote, by key."""

    def stopwatches_of(self, case_ids: Sequence[int]) -> dict[int, dict[str, Stopwatch]]:
        """The stopwatches of these cases, by deadline name."""

    def last_rows_of(self, case_ids: Sequence[int], events: Iterable[str]) -> dict[int, dict[str, HistoryRow]]:
        """The latest row of each of these events in each of these cases."""

    def event_counts_of(self, case_ids: Sequence[int], events: Iterable[str]) -> dict[int, dict[str, int]]:
        """How often each of these events stands in the histories of these cases; what never happened is left out."""

    def children_of(self, case_ids: Sequence[int]) -> dict[int, list[Case]]:
        """The child cases of each of these cases, oldest first."""


class BatchWriter(BatchReader, Protocol):
    """Writes the same to many cases."""

    def lock_cases(self, refs: Sequence[str], scope: Scope) -> list[Case]:
        """The visible cases among these; nobody else changes them until the transaction ends. In no order."""

    def lock_cases_by_id(self, case_ids: Sequence[int]) -> list[Case]:
        """The cases of these internal numbers, likewise locked. In no order."""

    def lock_found(self, query: CaseQuery, scope: Scope) -> list[Case]:
        """The visible cases that fit, newest first, likewise locked. ``query.limit`` bounds them."""

    def advance_cases(self, moved: Sequence[tuple[Case, Case]]) -> None:
        """Write how each case, (after, before), has changed, where it is still at the version that it had before.

        Raises:
            VersionConflict: one is not. What was written of the others is to be rolled back.
        """

    def add_rows(self, rows: Sequence[tuple[int, HistoryRow]]) -> None:
        """Append history rows, each to the case of its number.

        Raises:
            VersionConflict: the number or the key of one was taken meanwhile. The others are to be rolled back.
        """

    def put_stopwatches_of(self, watches: Sequence[tuple[int, Stopwatch]]) -> None:
        """Insert or replace stopwatches, each of the case of its number."""

    def add_messages_of(self, messages: Sequence[tuple[int, NewMessage, datetime]]) -> None:
        """Lay actions into the outbox, waiting: (case, message, when)."""

    def add_evidence_of(self, items: Sequence[tuple[int, int, str, str]]) -> None:
        """Note which rows refer to which evidence: (case, seq, field, digest)."""

    def put_links_of(self, links: Mapping[tuple[int, str], Sequence[str]]) -> None:
        """Note, by (case, field), which cases (references) the field refers to, instead of those before."""

    def add_refusals(self, refusals: Sequence[Refusal]) -> None:
        """Write down refusals."""
