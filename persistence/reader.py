"""Reading: one view of the store, within one transaction."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, CursorResult, Executable, and_, func, or_, select, true
from sqlalchemy.exc import SQLAlchemyError

from duban.engine.model.case import Backlog, Case, HistoryRow, Message, Notice, Reading, Stopwatch, Tally
from duban.persistence import rows, statements
from duban.persistence.answers import SqlAnswersReader
from duban.persistence.archive_reader import SqlArchiveReader
from duban.persistence.batch_reader import SqlBatchReader
from duban.persistence.chronicle import SqlChronicle
from duban.persistence.columns import EPOCH
from duban.persistence.criteria import TOO_LARGE
from duban.persistence.dispatch_reader import DispatchReader
from duban.persistence.driving import Direct, Driving
from duban.persistence.grouping import SqlGrouping
from duban.persistence.listing import built, kind_of, listing, values_of
from duban.persistence.retention import SqlRetentionReader
from duban.persistence.suspensions import SqlSuspensionsReader
from duban.persistence.tables import (
    cases,
    definitions,
    evidence,
    notices,
    outbox,
    readings,
    refusals,
    settings,
    stopwatches,
)
from duban.persistence.visibility import in_audience, parameters, shape_of, visible
from duban.persistence.watching import SqlWatchReader

if TYPE_CHECKING:
    from duban.engine.model.scope import Scope
    from duban.engine.ports.records import CaseQuery, DueStep, Refusal
    from duban.persistence.archive_files import ArchiveFiles
    from duban.persistence.faults import Faults


class SqlReader(
    SqlChronicle, SqlGrouping, DispatchReader, SqlAnswersReader, SqlWatchReader, SqlSuspensionsReader, SqlBatchReader,
    SqlRetentionReader, SqlArchiveReader,
):  # fmt: skip
    """The reading half of the port on one connection, in whose transaction everything is read."""

    def __init__(
        self, connection: Connection, faults: "Faults", driving: Driving | None = None,
        archives: "ArchiveFiles | None" = None,
    ) -> None:  # fmt: skip
        self._connection = connection
        self._faults = faults
        self._archives = archives
        self._dialect = connection.dialect.name
        self._driving: Driving = driving or Direct(connection, faults)

    def _run(self, statement: Executable, values: Any = None) -> CursorResult[*tuple[Any, ...]]:
        """What is not hot, or has another text each time, goes through SQLAlchemy."""
        self._driving.settle()
        try:
            return self._connection.execute(statement, values)
        except SQLAlchemyError as error:
            raise self._faults.of(error) from error

    def _one_case(self, statement: Executable, values: Mapping[str, Any]) -> Case | None:
        found = self._driving.rows(statement, values)
        return rows.case_of(found[0]) if found else None

    def case(self, ref: str, scope: "Scope") -> Case | None:
        """The case of this reference, or None when it is not there or not visible."""
        return self._visible_case(ref, scope, lock=False)

    def _visible_case(self, ref: str, scope: "Scope", *, lock: bool) -> Case | None:
        if not rows.storable(ref):
            return None
        shape = shape_of(scope)
        statement = statements.case_by_ref(self._dialect, shape, lock)
        return self._one_case(statement, {"wanted": ref, **parameters(scope)})

    def case_by_id(self, case_id: int) -> Case | None:
        """The case of this internal number, for the engine's own use."""
        return self._one_case(statements.CASE_BY_ID, {"wanted": case_id})

    def case_by_follow(self, code: str) -> Case | None:
        """The case that this follow code belongs to."""
        return self._one_case(statements.CASE_BY_FOLLOW, {"wanted": code}) if rows.storable(code) else None

    def cases(self, query: "CaseQuery", scope: "Scope") -> list[Case]:
        """Visible cases that fit, newest (highest id) first, or those due first.

        Raises:
            ValueError: the query asks for what is overdue without telling ``now``.
        """
        kind, shape = kind_of(query), shape_of(scope)
        if kind is None:
            return [rows.case_of(row) for row in self._run(built(self._dialect, shape, query), parameters(scope))]
        return rows.cases_of(self._driving.rows(listing(self._dialect, shape, kind), values_of(query, scope)))

    def tallies(self, scope: "Scope", now: datetime) -> list[Tally]:
        """Counts of visible cases by workflow, state and unit, sorted: not by the database, whose collations differ."""
        statement, values = statements.tallies(self._dialect, shape_of(scope)), {"now": now, **parameters(scope)}
        found = [
            Tally(workflow, state, unit, count, late if is_open else 0, is_open)
            for workflow, state, unit, of_open, late, of_closed in self._driving.rows(statement, values)
            for count, is_open in ((of_open, True), (of_closed, False))
            if count
        ]
        return sorted(found, key=lambda tally: (tally.workflow, tally.state, tally.unit or "", not tally.open))

    def last_rows(self, case_id: int, events: Iterable[str]) -> dict[str, HistoryRow]:
        """The latest row of each of these events, where there is one."""
        wanted = list(events)
        if not wanted:
            return {}
        found = self._driving.rows(statements.last_rows(len(wanted)), _of_events(case_id, wanted))
        return {row.event: row for row in map(rows.row_of, found)}

    def event_counts(self, case_id: int, events: Iterable[str]) -> dict[str, int]:
        """How often each of these events stands in the history; zero where never."""
        counts = dict.fromkeys(events, 0)
        if counts:
            found = self._driving.rows(statements.event_counts(len(counts)), _of_events(case_id, counts))
            counts.update((event, count) for event, count in found)
        return counts

    def row_by_key(self, key: str, actor: str | None = None) -> HistoryRow | None:
        """The history row that this actor's idempotency key wrote; without an actor, that anybody's did."""
        if not rows.storable(key) or (actor is not None and not rows.storable(actor)):
            return None
        wanted = {"wanted": key} if actor is None else {"wanted": key, "of_actor": actor}
        found = self._driving.rows(statements.ROW_BY_KEY if actor is None else statements.ROW_BY_KEY_OF, wanted)
        return rows.row_of(found[0]) if found else None

    def count_occurrences(self, rule: str, subject: str, since: datetime | None) -> int:
        """How often it happened to the subject, all in all or at or after ``since``."""
        wanted = {"rule": rule, "subject": subject, "since": since or EPOCH}
        count: int = self._driving.rows(statements.COUNT_OCCURRENCES, wanted)[0][0]
        return count

    def latest_occurrence(
        self, rule: str, subject: str, since: datetime | None, scope: "Scope", audience: tuple[str, ...],
        other_than: int | None,
    ) -> Case | None:  # fmt: skip
        """The visible case in which it happened to the subject last, at or after ``since``, other than this one.

        One whose audience is empty or just ``audience``.
        """
        wanted = {
            "rule": rule, "subject": subject, "since": since or EPOCH, "other_than": other_than or 0,
            "own_audience": audience, **parameters(scope),
        }  # fmt: skip
        return self._one_case(statements.latest_occurrence(self._dialect, shape_of(scope)), wanted)

    def referring(self, ref: str, workflow: str, field: str) -> list[Case]:
        """The open cases of a workflow whose field refers to this case, oldest first."""
        wanted = {"wanted": ref, "of_workflow": workflow, "in_field": field}
        return [rows.case_of(row) for row in self._driving.rows(statements.REFERRING, wanted)]

    def children(self, case_id: int) -> list[Case]:
        """The child cases, oldest first."""
        return [rows.case_of(row) for row in self._driving.rows(statements.CHILDREN, {"wanted": case_id})]

    def stopwatches(self, case_id: int) -> dict[str, Stopwatch]:
        """The stopwatches of a case by deadline name."""
        found = map(rows.stopwatch_of, self._driving.rows(statements.STOPWATCHES, {"wanted": case_id}))
        return {stopwatch.deadline: stopwatch for stopwatch in found}

    def due_steps(self, now: datetime, limit: int) -> list["DueStep"]:
        """Stopwatches with ``next_at`` at or before ``now``, by ``next_at`` then case, read from the partial index."""
        return [rows.due_step_of(row) for row in self._driving.rows(statements.DUE_STEPS, {"now": now, "limit": limit})]

    def next_due_at(self, after: datetime | None = None) -> datetime | None:
        """The earliest ``next_at`` of all, or of those later than ``after``."""
        found: datetime | None = self._run(statements.NEXT_DUE, {"after": after or EPOCH}).scalar()
        return found

    def count_due(self, now: datetime) -> int:
        """How many stopwatches have their ``next_at`` at or before ``now``."""
        count: int = self._run(statements.COUNT_DUE, {"now": now}).scalar_one()
        return count

    def definition(self, digest: str) -> str | None:
        """The canonical source of a stored definition."""
        found: str | None = self._run(select(definitions.c.source).where(definitions.c.digest == digest)).scalar()
        return found

    def definitions(self) -> list[tuple[str, str, int]]:
        """All stored definitions as (digest, workflow, version), oldest first."""
        wanted = select(definitions.c.digest, definitions.c.workflow, definitions.c.version)
        return [tuple(row) for row in self._run(wanted.order_by(definitions.c.number))]

    def setting(self, name: str) -> str | None:
        """A stored setting, such as the pack or the time of the last sweep."""
        found: str | None = self._run(select(settings.c.value).where(settings.c.name == name)).scalar()
        return found

    def messages(self, scope: "Scope", state: str | None, limit: int) -> list[Message]:
        """Outbox messages of visible cases, oldest first."""
        bound = true() if state is None else outbox.c.state == state
        statement = statements.MESSAGES.where(bound, visible(shape_of(scope), self._dialect))
        found = self._run(statement.order_by(outbox.c.number).limit(limit), parameters(scope))
        return [rows.message_of(row) for row in found]

    def message(self, number: int, scope: "Scope") -> Message | None:
        """The outbox message of this number, or None when it is not there or its case is not visible."""
        return self._one_message(outbox.c.number == number, scope) if 0 < number < TOO_LARGE else None

    def message_counts(self) -> dict[str, int]:
        """How many messages there are in each state that any is in."""
        found = self._run(select(outbox.c.state, func.count()).group_by(outbox.c.state))
        return {row[0]: row[1] for row in found}

    def notices(self, posts: Iterable[str], scope: "Scope", limit: int) -> list[Notice]:
        """Notices in these posts' inboxes about visible cases, newest first."""
        statement = (
            select(*rows.NOTICE)
            .join(cases, cases.c.id == notices.c.case_id)
            .where(notices.c.post.in_(list(posts)), visible(shape_of(scope), self._dialect))
            .order_by(notices.c.number.desc())
            .limit(limit)
        )
        return [rows.notice_of(row) for row in self._run(statement, parameters(scope))]

    def refusals(self, scope: "Scope", limit: int) -> list["Refusal"]:
        """The latest refusals that concern visible cases or no case, newest first; only own ones in a bounded scope.

        A reference that no case has is treated like that of a hidden case, or the log would tell the two apart.
        """
        shape = shape_of(scope)
        statement = select(*rows.REFUSAL).order_by(refusals.c.number.desc()).limit(limit)
        if not scope.everything:
            # With a case its audience is that of the refusal, too.
            statement = statement.add_columns(cases.c.audience)
            without = and_(refusals.c.ref.is_(None), in_audience(refusals.c.audience, len(scope.roles), self._dialect))
            seen = and_(cases.c.id.is_not(None), visible(shape, self._dialect))
            statement = statement.outerjoin_from(refusals, cases, cases.c.ref == refusals.c.ref).where(
                or_(without, seen)
            )
            if scope.sees != "all":
                statement = statement.where(refusals.c.actor == scope.actor)
        return [rows.refusal_of(row) for row in self._run(statement, parameters(scope))]

    def all_cases(self, batch: int = 500) -> Iterator[Case]:
        """Every case by id, streamed in bounded memory, for verification."""
        after = 0
        while found := self._run(statements.CASES_AFTER, {"wanted": after, "limit": batch}).all():
            yield from map(rows.case_of, found)
            after = found[-1].id

    def evidence_digests(self, case_id: int | None = None) -> set[str]:
        """Every evidence digest that a case refers to, or that this one does."""
        of_case = () if case_id is None else (evidence.c.case_id == case_id,)
        return set(self._run(select(evidence.c.digest).where(*of_case).distinct()).scalars())

    def message_by_key(self, key: str, scope: "Scope") -> Message | None:
        """The outbox message of this key, or None when it is not there or its case is not visible."""
        return self._one_message(outbox.c.key == key, scope) if rows.storable(key) else None

    def _one_message(self, which: "ColumnElement[bool]", scope: "Scope") -> "Message | None":
        statement = statements.MESSAGES.where(which, visible(shape_of(scope), self._dialect))
        found = self._run(statement, parameters(scope)).one_or_none()
        return None if found is None else rows.message_of(found)

    def readings(self, case: Case, limit: int) -> list[Reading]:
        """Who was told of a case, newest first. The caller has checked that it is visible."""
        statement = select(*rows.READING).join(cases, cases.c.id == readings.c.case_id)
        statement = statement.where(readings.c.case_id == case.id).order_by(readings.c.number.desc()).limit(limit)
        return [rows.reading_of(row) for row in self._run(statement)]

    def backlog(self, scope: "Scope", now: datetime) -> Backlog:
        """What waits and what is kept, of visible cases only."""
        seen, values = visible(shape_of(scope), self._dialect), parameters(scope)
        states = select(outbox.c.state, func.count()).join(cases, cases.c.id == outbox.c.case_id).where(seen)
        running = select(stopwatches.c.next_at).join(cases, cases.c.id == stopwatches.c.case_id).where(seen)
        running = running.where(stopwatches.c.next_at.is_not(None))
        due = running.where(stopwatches.c.next_at <= now).subquery()
        kept = select(evidence.c.digest).join(cases, cases.c.id == evidence.c.case_id).where(seen).distinct().subquery()
        return Backlog(
            messages={row[0]: row[1] for row in self._run(states.group_by(outbox.c.state), values)},
            due=self._run(select(func.count()).select_from(due), values).scalar_one(),
            next_due_at=self._run(running.order_by(stopwatches.c.next_at).limit(1), values).scalar(),
            evidence=self._run(select(func.count()).select_from(kept), values).scalar_one(),
        )

    def next_public_due_at(self, after: datetime) -> datetime | None:
        """The earliest ``next_at`` later than ``after`` of cases without an audience."""
        found: datetime | None = self._run(statements.NEXT_PUBLIC_DUE, {"after": after}).scalar()
        return found


def _of_events(case_id: int, events: Iterable[str]) -> dict[str, Any]:
    return {"wanted": case_id, **{f"event_{number}": event for number, event in enumerate(events)}}
