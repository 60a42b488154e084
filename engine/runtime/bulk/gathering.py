"""A transaction's writer that reads ahead for a batch of cases and gathers what is written, to write it at once.

The rules of an event do not know of it: they read and write one case, as ever. What cannot be answered from what was
read ahead, because it may hang on what is gathered, is done again on the transaction itself, in a part of its own.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from duban.engine.ports.records import NewMessage, Refusal, Standing
from duban.engine.runtime.bulk.ahead import ReadAhead
from duban.engine.runtime.bulk.writes import Writes

if TYPE_CHECKING:
    from duban.engine.model.case import Case, HistoryRow, Stopwatch
    from duban.engine.model.scope import Scope
    from duban.engine.ports.store import Writer

T = TypeVar("T")

_UNTOUCHED: Final = frozenset({"definition", "survey_plan", "piles", "suspensions", "suspensions_head"})
"""Reads of what no gathered write changes."""

_SETTLED: Final = frozenset({"count_occurrences", "latest_occurrence", "history"})
"""Reads that may see what is gathered, so that it is written first. They are for judging, before a case is written."""

TRIES: Final = 8
"""After so many cases of a definition it is known whether most of them have to be done one by one."""


class _NotAtHand(Exception):
    """It cannot be done with what was read ahead."""


class Gathering:
    """Made for one batch, whose ``cases`` are locked; it stands where a :class:`Writer` is asked for.

    ``refs`` and ``keys`` are all that were asked for, those of cases that are not there among them.
    """

    def __init__(
        self, writer: "Writer", refs: Iterable[str], cases: Iterable["Case"], keys: Sequence[str], scope: "Scope"
    ) -> None:
        self._writer = writer
        self._scope = scope
        self._by_ref: dict[str, Case | None] = dict.fromkeys(refs)
        self._by_ref |= {case.ref: case for case in cases}
        self._refs = {case.id: case.ref for case in cases}
        self._ahead = ReadAhead(writer, self._refs, keys, scope.actor)
        self._done = Writes()
        self._own = Writes()
        self._refusals: list[Refusal] = []
        self._straight = False
        self._tried: dict[Hashable, list[int]] = {}
        self._changed: set[int] = set()

    def member(self, kind: Hashable, work: Callable[[], T], *, is_undone_alone: bool = True) -> T:
        """Do the work of one case. ``kind`` tells which work is alike.

        What it wrote is undone when it raises: alone, or with the whole transaction, which saves a savepoint.
        """
        tries = self._tried.setdefault(kind, [0, 0])
        if tries[0] < TRIES or 2 * tries[1] < tries[0]:
            tries[0] += 1
            try:
                answer = work()
            except _NotAtHand:
                self._put_back()
                tries[1] += 1
            except BaseException:
                self._put_back()
                raise
            else:
                self._take()
                return answer
        self.settle()
        self._straight = True
        try:
            with self._writer.part() if is_undone_alone else nullcontext():
                return work()
        finally:
            self._straight = False

    def settle(self) -> None:
        """Write what was gathered.

        Raises:
            VersionConflict: a number or a key was taken meanwhile; the transaction is to be rolled back.
        """
        writes, self._done = self._done, Writes()
        writes.put(self._writer)
        refusals, self._refusals = self._refusals, []
        self._writer.add_refusals(refusals)

    def add_refusal(self, refusal: Refusal) -> None:
        """Write down a refusal."""
        if self._straight:
            self._writer.add_refusal(refusal)
        else:
            self._refusals.append(refusal)

    def _take(self) -> None:
        """What the case at work has written holds."""
        own = self._own
        self._done.take(own)
        self._changed.update(own.moved)
        for (case_id, _deadline), watch in own.watches.items():
            self._ahead.put_stopwatch(case_id, watch)
        own.clear()

    def _put_back(self) -> None:
        for _after, before in self._own.moved.values():
            self._by_ref[before.ref] = before
        self._own.clear()

    def __getattr__(self, name: str) -> Any:
        if self._straight or name in _UNTOUCHED:
            return getattr(self._writer, name)
        if name not in _SETTLED or self._own.moved:
            raise _NotAtHand
        if self._done.moved:
            self.settle()
        return getattr(self._writer, name)

    # --- reading ---

    def standing(self, ref: str, scope: "Scope", key: str | None, actor: str) -> Standing:
        """A case of the batch, which is locked, with its stopwatches and what its key wrote before."""
        case = None if self._straight or self._own.moved or scope != self._scope else self._by_ref.get(ref)
        if case is None:
            # Also where none was found: a case of the batch may have started it since.
            return self._directly().standing(ref, scope, key, actor)
        return Standing(case, self.stopwatches(case.id), None if key is None else self.row_by_key(key, actor))

    def standing_by_id(self, case_id: int) -> Standing:
        """The same of the case of this number."""
        if self._straight or self._own.moved or not self._ahead.knows(case_id):
            return self._directly().standing_by_id(case_id)
        return Standing(self.case_by_id(case_id), self.stopwatches(case_id))

    def case(self, ref: str, scope: "Scope") -> "Case | None":
        """The case of this reference, as it stands with what is gathered."""
        case = None if self._straight else self._by_ref.get(ref)
        if case is None:
            return self._writer.case(ref, scope)
        return case if scope.allows(case) else None

    def case_by_id(self, case_id: int) -> "Case | None":
        """The case of this number, as it stands with what is gathered."""
        ref = None if self._straight else self._refs.get(case_id)
        return self._by_ref[ref] if ref is not None else self._writer.case_by_id(case_id)

    def row_by_key(self, key: str, actor: str | None = None) -> "HistoryRow | None":
        """The history row that an idempotency key wrote."""
        if not self._straight and self._ahead.knows_key(key, actor):
            return self._ahead.row_by_key(key)
        return self._directly().row_by_key(key, actor)

    def stopwatches(self, case_id: int) -> dict[str, "Stopwatch"]:
        """The stopwatches of a case."""
        if self._straight or self._own.watches or not self._ahead.knows(case_id):
            return self._directly().stopwatches(case_id)
        return self._ahead.stopwatches(case_id)

    def last_rows(self, case_id: int, events: Iterable[str]) -> dict[str, "HistoryRow"]:
        """The latest row of each of these events."""
        if not self._has_history_of(case_id):
            return self._directly().last_rows(case_id, events)
        return self._ahead.last_rows(case_id, events)

    def event_counts(self, case_id: int, events: Iterable[str]) -> dict[str, int]:
        """How often each of these events happened."""
        if not self._has_history_of(case_id):
            return self._directly().event_counts(case_id, events)
        return self._ahead.event_counts(case_id, events)

    def children(self, case_id: int) -> list["Case"]:
        """The child cases, as they stand with what is gathered."""
        if self._straight or not self._ahead.knows(case_id):
            return self._directly().children(case_id)
        return [self.case_by_id(child.id) or child for child in self._ahead.children(case_id)]

    # --- writing ---

    def advance_case(self, after: "Case", before: "Case") -> bool:
        """Write how a case has changed."""
        if self._straight:
            self._forget(after)
            return self._writer.advance_case(after, before)
        if self._by_ref.get(before.ref) is not before:
            raise _NotAtHand
        self._own.moved[before.id] = (after, before)
        self._by_ref[after.ref] = after
        return True

    def add_case(self, case: "Case") -> "Case":
        """Insert a case."""
        kept = self._directly().add_case(case)
        self._forget(kept)
        return kept

    def add_row(self, case_id: int, row: "HistoryRow") -> None:
        """Append a history row."""
        if self._straight:
            self._writer.add_row(case_id, row)
        else:
            self._own.rows.append((case_id, row))

    def put_stopwatches(self, case_id: int, stopwatches: Sequence["Stopwatch"]) -> None:
        """Insert or replace stopwatches of a case."""
        if self._straight:
            self._writer.put_stopwatches(case_id, stopwatches)
        else:
            self._own.watches.update(((case_id, one.deadline), one) for one in stopwatches)

    def add_messages(self, case_id: int, messages: Sequence[NewMessage], at: datetime) -> None:
        """Lay actions into the outbox."""
        if self._straight:
            self._writer.add_messages(case_id, messages, at)
        else:
            self._own.messages += [(case_id, one, at) for one in messages]

    def add_evidence(self, case_id: int, seq: int, items: Sequence[tuple[str, str]]) -> None:
        """Note which row refers to which evidence."""
        if self._straight:
            self._writer.add_evidence(case_id, seq, items)
        else:
            self._own.evidence += [(case_id, seq, *one) for one in items]

    def put_links(self, case_id: int, field: str, targets: Sequence[str]) -> None:
        """Note which cases a field refers to."""
        if self._straight:
            self._writer.put_links(case_id, field, targets)
        else:
            self._own.links[case_id, field] = targets

    def _has_history_of(self, case_id: int) -> bool:
        """Whether what was read ahead of a case's history is all of it."""
        is_longer = self._own.moved or case_id in self._changed
        return not (self._straight or is_longer) and self._ahead.knows(case_id)

    def _directly(self) -> "Writer":
        """The transaction itself, for what others than the case at work may change or tell.

        Raises:
            _NotAtHand: not while something is gathered.
        """
        if not self._straight:
            if self._own.moved:
                raise _NotAtHand
            if self._done.moved:
                self.settle()
        return self._writer

    def _forget(self, case: "Case") -> None:
        """A case has changed on the transaction itself: its parent's other facts tell of it, too."""
        for case_id in (case.id, case.parent_id):
            ref = self._refs.pop(case_id, None) if case_id is not None else None
            if ref is not None:
                del self._by_ref[ref]
                self._ahead.forget(case_id or 0)
