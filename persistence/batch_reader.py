"""Reading the same of many cases in one statement.

Lists reach the database as one value, so that a statement has one text for every length: as JSON on SQLite, as an array
on PostgreSQL.
"""

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    func,
    select,
    tuple_,
    union_all,
)

from duban.persistence import rows
from duban.persistence.running import Running
from duban.persistence.statements import archived_rows
from duban.persistence.tables import archived_keys, cases, history, stopwatches

if TYPE_CHECKING:
    from duban.engine.model.case import Case, HistoryRow, Stopwatch


def among(column: ColumnElement[Any], name: str, dialect: str) -> ColumnElement[bool]:
    """Whether a column of numbers or texts is in the list that is bound as ``name``, in the form of :func:`listed`."""
    if dialect == "sqlite":
        return column.in_(select(func.json_each(bindparam(name, type_=Text)).table_valued("value").c.value))
    kind = Text() if isinstance(column.type, Text) else BigInteger()
    return column == any_(bindparam(name, type_=ARRAY(kind)))


def listed(values: Iterable[Any], dialect: str) -> Any:
    """A list in the form in which the database takes it as one value."""
    found = list(values)
    return json.dumps(found, ensure_ascii=False) if dialect == "sqlite" else found


class SqlBatchReader(Running):
    """The part of the reader that takes many cases at once."""

    def rows_by_keys(self, keys: Sequence[str], actor: str) -> dict[str, "HistoryRow"]:
        """The history rows that these idempotency keys of an actor wrote, by key."""
        if not rows.storable(actor):
            return {}
        wanted = {"keys": listed(filter(rows.storable, keys), self._dialect), "of_actor": actor}
        found = map(rows.row_of, self._driving.rows(_rows_by_keys(self._dialect), wanted))
        return {row.key: row for row in found if row.key is not None}

    def stopwatches_of(self, case_ids: Sequence[int]) -> dict[int, dict[str, "Stopwatch"]]:
        """The stopwatches of these cases, by deadline name."""
        found: dict[int, dict[str, Stopwatch]] = {}
        for row in self._driving.rows(_stopwatches(self._dialect), {"cases": listed(case_ids, self._dialect)}):
            watch = rows.stopwatch_of(row[1:])
            found.setdefault(row[0], {})[watch.deadline] = watch
        return found

    def last_rows_of(self, case_ids: Sequence[int], events: Iterable[str]) -> dict[int, dict[str, "HistoryRow"]]:
        """The latest row of each of these events in each of these cases."""
        found: dict[int, dict[str, HistoryRow]] = {}
        for row in self._driving.rows(_last_rows(self._dialect), self._of_events(case_ids, events)):
            last = rows.row_of(row[1:])
            found.setdefault(row[0], {})[last.event] = last
        return found

    def event_counts_of(self, case_ids: Sequence[int], events: Iterable[str]) -> dict[int, dict[str, int]]:
        """How often each of these events stands in the histories of these cases; what never happened is left out."""
        found: dict[int, dict[str, int]] = {}
        wanted = self._of_events(case_ids, events)
        for number, event, count in self._driving.rows(_event_counts(self._dialect), wanted):
            found.setdefault(number, {})[event] = count
        return found

    def children_of(self, case_ids: Sequence[int]) -> dict[int, list["Case"]]:
        """The child cases of each of these cases, oldest first."""
        found: dict[int, list[Case]] = {}
        for row in self._driving.rows(_children(self._dialect), {"cases": listed(case_ids, self._dialect)}):
            child = rows.case_of(row)
            if child.parent_id is not None:
                found.setdefault(child.parent_id, []).append(child)
        return found

    def _of_events(self, case_ids: Sequence[int], events: Iterable[str]) -> dict[str, Any]:
        return {"cases": listed(case_ids, self._dialect), "events": listed(events, self._dialect)}


@lru_cache(maxsize=2)
def _rows_by_keys(dialect: str) -> CompoundSelect[Any]:
    found = select(*rows.HISTORY).join(cases, cases.c.id == history.c.case_id)
    moved = archived_rows().where(
        among(archived_keys.c.key, "keys", dialect), archived_keys.c.actor == bindparam("of_actor")
    )
    return union_all(
        found.where(among(history.c.key, "keys", dialect), history.c.actor == bindparam("of_actor")), moved
    )


@lru_cache(maxsize=2)
def _stopwatches(dialect: str) -> Select[Any]:
    found = select(stopwatches.c.case_id, *rows.STOPWATCH)
    return found.where(among(stopwatches.c.case_id, "cases", dialect))


@lru_cache(maxsize=2)
def _last_rows(dialect: str) -> Select[Any]:
    place = (history.c.case_id, history.c.seq)
    latest = select(history.c.case_id, func.max(history.c.seq)).where(_of(dialect))
    latest = latest.group_by(history.c.case_id, history.c.event)
    found = select(history.c.case_id, *rows.HISTORY).join(cases, cases.c.id == history.c.case_id)
    return found.where(tuple_(*place).in_(latest))


@lru_cache(maxsize=2)
def _event_counts(dialect: str) -> Select[Any]:
    found = select(history.c.case_id, history.c.event, func.count()).where(_of(dialect))
    return found.group_by(history.c.case_id, history.c.event)


@lru_cache(maxsize=2)
def _children(dialect: str) -> Select[Any]:
    return select(*rows.CASE).where(among(cases.c.parent_id, "cases", dialect)).order_by(cases.c.id)


def _of(dialect: str) -> ColumnElement[bool]:
    return and_(among(history.c.case_id, "cases", dialect), among(history.c.event, "events", dialect))
