"""The port of the store: what persistence promises to the runtime.

Reads always carry a :class:`Scope`; there is one query builder under all of them. Writes happen inside one
transaction, opened by :meth:`Store.write` or lent by the host through :meth:`Store.join`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol, TypeVar

from duban.engine.model.case import Backlog, Case, HistoryRow, Message, Notice, Reading, Stopwatch, Tally
from duban.engine.model.scope import Scope
from duban.engine.ports.answers import AnswersReader, AnswersWriter
from duban.engine.ports.archives import ArchiveReader, Archives
from duban.engine.ports.batches import BatchReader, BatchWriter
from duban.engine.ports.chronicle import Chronicle
from duban.engine.ports.clock import Clock
from duban.engine.ports.dispatches import Dispatches, DispatchReader
from duban.engine.ports.grouping import Grouping
from duban.engine.ports.outbox import Outbox
from duban.engine.ports.records import CaseQuery, DueStep, NewMessage, Refusal, Standing
from duban.engine.ports.retention import RetentionReader, RetentionWriter
from duban.engine.ports.suspensions import SuspensionsReader, SuspensionsWriter
from duban.engine.ports.watching import WatchReader

T = TypeVar("T")


class Reader(
    Chronicle, Grouping, DispatchReader, AnswersReader, WatchReader, SuspensionsReader, BatchReader,
    RetentionReader, ArchiveReader, Protocol,
):  # fmt: skip
    """A consistent view of the store."""

    def case(self, ref: str, scope: Scope) -> Case | None:
        """The case of this reference, or None when it is not there or not visible."""

    def case_by_id(self, case_id: int) -> Case | None:
        """The case of this internal number, for the engine's own use."""

    def case_by_follow(self, code: str) -> Case | None:
        """The case that this follow code belongs to."""

    def cases(self, query: CaseQuery, scope: Scope) -> list[Case]:
        """Visible cases that fit, newest (highest id) first, or those due first."""

    def tallies(self, scope: Scope, now: datetime) -> list[Tally]:
        """Counts of visible cases by workflow, state and unit, sorted."""

    def history(self, case: Case) -> list[HistoryRow]:
        """The rows of a case in order, wherever they lie. The caller has checked that it is visible.

        Raises:
            ArchiveNotAtHand: they were moved to an archive that is not there.
            ArchiveBroken: the archive does not hold the case.
        """

    def last_rows(self, case_id: int, events: Iterable[str]) -> dict[str, HistoryRow]:
        """The latest row of each of these events, where there is one."""

    def event_counts(self, case_id: int, events: Iterable[str]) -> dict[str, int]:
        """How often each of these events stands in the history; zero where never."""

    def row_by_key(self, key: str, actor: str | None = None) -> HistoryRow | None:
        """The history row that this actor's idempotency key wrote.

        Without an actor, any row of that key: keys of the engine's own are the same whoever acts.
        """

    def opening_events(self, case_ids: Iterable[int]) -> dict[int, str]:
        """The event that opened each of these cases, by id."""

    def count_occurrences(self, rule: str, subject: str, since: datetime | None) -> int:
        """How often it happened to the subject, all in all or at or after ``since``."""

    def latest_occurrence(
        self, rule: str, subject: str, since: datetime | None, scope: Scope, audience: tuple[str, ...],
        other_than: int | None,
    ) -> Case | None:  # fmt: skip
        """The visible case in which it happened to the subject last, at or after ``since``, other than this one.

        One whose audience is empty or just ``audience``.
        """

    def referring(self, ref: str, workflow: str, field: str) -> list[Case]:
        """The open cases of a workflow whose field refers to this case, oldest first."""

    def children(self, case_id: int) -> list[Case]:
        """The child cases, oldest first."""

    def stopwatches(self, case_id: int) -> dict[str, Stopwatch]:
        """The stopwatches of a case by deadline name."""

    def due_steps(self, now: datetime, limit: int) -> list[DueStep]:
        """Stopwatches whose ``next_at`` is at or before ``now``, by ``next_at`` then case, from the partial index."""

    def next_due_at(self, after: datetime | None = None) -> datetime | None:
        """The earliest ``next_at`` of all, or of those later than ``after``."""

    def count_due(self, now: datetime) -> int:
        """How many stopwatches have their ``next_at`` at or before ``now``."""

    def definition(self, digest: str) -> str | None:
        """The canonical source of a stored definition."""

    def definitions(self) -> list[tuple[str, str, int]]:
        """All stored definitions as (digest, workflow, version), oldest first."""

    def setting(self, name: str) -> str | None:
        """A stored setting, such as the pack or the time of the last sweep."""

    def messages(self, scope: Scope, state: str | None, limit: int) -> list[Message]:
        """Outbox messages of visible cases, oldest first."""

    def message(self, number: int, scope: Scope) -> Message | None:
        """The outbox message of this number, or None when it is not there or its case is not visible."""

    def message_counts(self) -> dict[str, int]:
        """How many messages there are in each state."""

    def notices(self, posts: Iterable[str], scope: Scope, limit: int) -> list[Notice]:
        """Notices in these posts' inboxes about visible cases, newest first."""

    def refusals(self, scope: Scope, limit: int) -> list[Refusal]:
        """The latest refusals that concern visible cases or no case, newest first; only own ones in a bounded scope."""

    def all_cases(self, batch: int = 500) -> Iterator[Case]:
        """Every case by id, streamed in bounded memory, for verification."""

    def evidence_digests(self, case_id: int | None = None) -> set[str]:
        """Every evidence digest that a case refers to, or that this one does."""

    def message_by_key(self, key: str, scope: Scope) -> Message | None:
        """The outbox message of this key, or None when it is not there or its case is not visible."""

    def readings(self, case: Case, limit: int) -> list[Reading]:
        """Who was told of a case, newest first. The caller has checked that it is visible."""

    def backlog(self, scope: Scope, now: datetime) -> Backlog:
        """What waits and what is kept, of visible cases only."""

    def next_public_due_at(self, after: datetime) -> datetime | None:
        """The earliest ``next_at`` later than ``after`` of cases without an audience."""


class Writer(Reader, AnswersWriter, SuspensionsWriter, BatchWriter, RetentionWriter, Protocol):
    """A write transaction. What it wrote is there together or not at all."""

    def lock_case(self, ref: str, scope: Scope) -> Case | None:
        """Like ``case``, and nobody else changes it until the transaction ends (PostgreSQL: row lock)."""

    def lock_case_by_id(self, case_id: int) -> Case | None:
        """Like ``case_by_id``, locked."""

    def standing(self, ref: str, scope: Scope, key: str | None, actor: str) -> Standing:
        """A case, locked, with all that a step on it has to know, at once; ``key`` is that of the step by ``actor``."""

    def standing_by_id(self, case_id: int) -> Standing:
        """The same of the case of this internal number, for a step without such a key."""

    def next_number(self, reference: str) -> int:
        """The next number of a reference prefix, from 1, without gaps within committed transactions."""

    def add_case(self, case: Case) -> Case:
        """Insert a case (its ``id`` is ignored) and return it with its id."""

    def advance_case(self, after: Case, before: Case) -> bool:
        """Write the columns in which the case has changed where its version is still that of ``before``; False when it
        is not."""

    def add_row(self, case_id: int, row: HistoryRow) -> None:
        """Append a history row; ``UNIQUE (case, seq)`` and ``UNIQUE (key, actor)`` back it.

        Raises:
            VersionConflict: the row's number or key was taken meanwhile.
        """

    def put_stopwatches(self, case_id: int, stopwatches: Sequence[Stopwatch]) -> None:
        """Insert or replace stopwatches of a case by deadline name."""

    def add_messages(self, case_id: int, messages: Sequence[NewMessage], at: datetime) -> None:
        """Lay actions into the outbox, waiting."""

    def add_evidence(self, case_id: int, seq: int, items: Sequence[tuple[str, str]]) -> None:
        """Note which row refers to which evidence: (field, digest)."""

    def add_occurrence(self, rule: str, subject: str, at: datetime, case_id: int, seq: int) -> None:
        """Note that it happened to the subject, in this row of this case."""

    def forget_occurrences(self, rules: Iterable[str], subject: str) -> None:
        """From here on these count from zero for the subject."""

    def lock_subject(self, rule: str, subject: str) -> None:
        """Nobody else counts this until the transaction ends, so that no occurrence is overlooked."""

    def put_links(self, case_id: int, field: str, targets: Sequence[str]) -> None:
        """Note which cases (references) a field of this case refers to, instead of those before."""

    def erase(self, case_id: int, fields: Sequence[str], left: Sequence[tuple[int, Mapping[str, Any], str]]) -> None:
        """Take the values of these fields out of the case's messages, evidence and links, and out of its rows.

        ``left`` tells of each row that held one what stays of its data, and their new salt: (seq, data, salt).
        """

    def add_refusal(self, refusal: Refusal) -> None:
        """Write down a refusal."""

    def add_definition(self, digest: str, workflow: str, version: int, source: str, at: datetime) -> None:
        """Keep a definition; quiet when it is there already."""

    def put_setting(self, name: str, value: str) -> None:
        """Store a setting."""

    def give_way(self) -> None:
        """From here on wait only a moment for what others have locked, and fail instead. For long transactions."""

    def part(self) -> AbstractContextManager[None]:
        """A part of the transaction that is undone alone when it raises (a savepoint)."""

    def add_readings(self, readings: Sequence[Reading]) -> None:
        """Write down who was told of which case.

        Raises:
            StoreError: there is no such case, or it cannot be written.
        """


class Store(Protocol):
    """A database that holds cases."""

    @property
    def url(self) -> str:
        """Where it is, without a password."""

    def clock(self, machine: Clock) -> Clock:
        """The clock by which everybody goes who shares this store; ``machine`` itself where that is no SystemClock."""

    @property
    def outbox(self) -> Outbox:
        """The worker's side of the outbox."""

    @property
    def dispatches(self) -> Dispatches:
        """The worker's side of what goes out on channels."""

    @property
    def archives(self) -> Archives:
        """Where finished cases are moved to."""

    def migrate(self) -> None:
        """Create or upgrade the tables. Safe to run at any time, by several processes at once."""

    def read(self) -> AbstractContextManager[Reader]:
        """A read transaction.

        Raises:
            StoreNotReady: no tables, or those of another version.
            StoreBusy: locked or unreachable for too long.
        """

    def write(self) -> AbstractContextManager[Writer]:
        """A write transaction: commits when the block ends, rolls back when it raises. Errors as for ``read``."""

    def consult(self, work: Callable[[Reader], T]) -> T:
        """What the work finds in a read transaction; again where the connection is lost."""

    def transact(self, work: Callable[[Writer], T], *, keyed: bool = False) -> T:
        """What the work does in a write transaction; again where the database undoes it for another.

        ``keyed`` says that the work does nothing a second time, so that it is done again, too, where nobody knows
        whether it was kept.
        """

    def join(self, session: Any) -> Writer:
        """Take part in the host's transaction on a SQLAlchemy session or connection: never commits, never flushes."""

    def stand_aside(self) -> None:
        """Between two transactions of many: let those in who wait to write, where the database has no queue."""

    def facts(self) -> Mapping[str, str]:
        """What ``duban doctor`` tells of the store: kind, version, journal, synchronous, schema version, …"""

    def is_empty(self) -> bool:
        """Whether it holds nothing at all: the tables are there, and no row in them."""

    def close(self) -> None:
        """Give back all connections."""
