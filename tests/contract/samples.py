"""Cases, rows and stopwatches for the contract tests, and how to put a whole one into a store."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from duban.engine.model.case import Case, HistoryRow, Stopwatch
from duban.engine.model.scope import Scope
from duban.engine.ports.records import NewMessage
from duban.persistence.store import SqlStore
from duban.persistence.writer import SqlWriter

T0 = datetime(2021, 2, 3, 1, 30, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)
EVERYTHING = Scope.unbounded()


def a_case(ref: str = "ISS-000001", **changes: Any) -> Case:
    """An open case at version 1."""
    plain = Case(
        id=0,
        ref=ref,
        workflow="issue",
        definition="d" * 64,
        version=1,
        state="reported",
        data={"title": "乱堆放 in the yard", "count": 3, "tags": ["a", "b"]},
        unit="city-management",
        level=0,
        opened_by="grid-worker",
        opened_at=T0,
        updated_at=T0,
        head="h1",
    )
    return replace(plain, **changes)


def a_row(case: Case, seq: int = 1, **changes: Any) -> HistoryRow:
    """A history row of a case."""
    plain = HistoryRow(
        ref=case.ref,
        seq=seq,
        kind="start" if seq == 1 else "event",
        event="report" if seq == 1 else "assign",
        from_state=None if seq == 1 else "reported",
        to_state=case.state,
        actor="grid-worker",
        post="grid-worker",
        unit="office",
        at=T0 + (seq - 1) * HOUR,
        level=case.level,
        data={"title": "乱堆放", "seq": seq},
        salt="salt",
        data_digest="digest",
        key=None,
        request=None,
        definition=case.definition,
        hash=f"h{seq}",
    )
    return replace(plain, **changes)


def a_stopwatch(deadline: str = "rectification", **changes: Any) -> Stopwatch:
    """A running stopwatch whose next step is due at ``T0``."""
    plain = Stopwatch(
        deadline=deadline,
        entry=1,
        limit=75_600,
        used=0,
        since=T0,
        due_at=T0 + 8 * HOUR,
        provisional=False,
        next_step=0,
        next_at=T0,
    )
    return replace(plain, **changes)


def stored(writer: SqlWriter, case: Case, *, key: str | None = None, messages: int = 0) -> Case:
    """Put a case with its first row, and as many messages, into the store."""
    kept = writer.add_case(case)
    writer.add_row(kept.id, a_row(kept, key=key))
    laid = [NewMessage(f"{kept.ref}:1:{number}", "notify", {"number": number}) for number in range(messages)]
    writer.add_messages(kept.id, laid, T0)
    return kept


def started(store: SqlStore, ref: str = "ISS-000001", *, messages: int = 0, **changes: Any) -> Case:
    """A case in a committed transaction of its own."""
    return store.transact(lambda writer: stored(writer, a_case(ref, **changes), messages=messages))


def advanced(case: Case, **changes: Any) -> Case:
    """The case one version on."""
    return replace(case, **{"version": case.version + 1, **changes})


class Undone(Exception):
    """Raised to roll a transaction back."""


@contextmanager
def undone(store: SqlStore, by: type[BaseException] = Undone) -> Iterator[SqlWriter]:
    """A write transaction that ends with ``by``, and so is rolled back."""
    with suppress(by), store.write() as writer:
        yield writer
        raise by


@contextmanager
def undone_part(writer: SqlWriter) -> Iterator[None]:
    """A part of a transaction that ends with an exception."""
    with suppress(Undone), writer.part():
        yield
        raise Undone
