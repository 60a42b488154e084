"""Writing the same to many cases: each statement once, with the values of all of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Select, Update, select

from duban.engine.errors import VersionConflict
from duban.persistence import rows, statements
from duban.persistence.advancing import advancing
from duban.persistence.batch_reader import SqlBatchReader, among, listed
from duban.persistence.criteria import criteria
from duban.persistence.hints import along_its_index
from duban.persistence.tables import cases
from duban.persistence.visibility import Shape, parameters, shape_of, visible

if TYPE_CHECKING:
    from duban.engine.model.case import Case, HistoryRow, Stopwatch
    from duban.engine.model.scope import Scope
    from duban.engine.ports.records import CaseQuery, NewMessage, Refusal

_get_row: Final = attrgetter(*rows.ROW_NAMES)
_get_stopwatch: Final = attrgetter(*rows.STOPWATCH_NAMES)
_ROW: Final = ("case_id", *rows.ROW_NAMES)
_STOPWATCH: Final = ("case_id", *rows.STOPWATCH_NAMES)
_MESSAGE: Final = ("case_id", "key", "action", "params", "state", "attempts", "created_at", "next_at")


class SqlBatchWriter(SqlBatchReader):
    """The part of the writer that takes many cases at once."""

    _upserts: statements.Upserts

    def lock_cases(self, refs: Sequence[str], scope: "Scope") -> list["Case"]:
        """The visible cases among these; nobody else changes them until the transaction ends. By id."""
        statement = _by_refs(self._dialect, shape_of(scope))
        wanted = {"refs": listed(filter(rows.storable, refs), self._dialect), **parameters(scope)}
        return [rows.case_of(row) for row in self._driving.rows(statement, wanted)]

    def lock_cases_by_id(self, case_ids: Sequence[int]) -> list["Case"]:
        """The cases of these internal numbers, likewise locked. By id."""
        wanted = {"ids": listed(case_ids, self._dialect)}
        return [rows.case_of(row) for row in self._driving.rows(_by_ids(self._dialect), wanted)]

    def lock_found(self, query: "CaseQuery", scope: "Scope") -> list["Case"]:
        """The visible cases that fit, newest first, likewise locked. ``query.limit`` bounds them."""
        seen = visible(shape_of(scope), self._dialect)
        asked = criteria(query, self._dialect)
        statement = select(*rows.CASE).where(seen, *asked).order_by(cases.c.id.desc()).limit(query.limit)
        found = self._run(along_its_index(statements.locked(statement), query, asked), parameters(scope))
        return [rows.case_of(row) for row in found]

    def advance_cases(self, moved: Sequence[tuple["Case", "Case"]]) -> None:
        """Write how each case, (after, before), has changed, where it is still at the version that it had before.

        Raises:
            VersionConflict: one is not. What was written of the others is to be rolled back.
        """
        alike: dict[Update, list[dict[str, Any]]] = {}
        for after, before in moved:
            statement, values = advancing(after, before)
            alike.setdefault(statement, []).append(values)
        for statement, each in alike.items():
            values_of_all = (tuple(values.values()) for values in each)
            if self._driving.change_all(statement, tuple(each[0]), values_of_all) != len(each):
                first, before = moved[0]
                raise VersionConflict(ref=first.ref, found=first.version, expected=before.version)

    def add_rows(self, rows: Sequence[tuple[int, "HistoryRow"]]) -> None:
        """Append history rows, each to the case of its number.

        Raises:
            VersionConflict: the number or the key of one was taken meanwhile. The others are to be rolled back.
        """
        values = [(case_id, *_get_row(row)) for case_id, row in rows]
        if values and self._driving.change_all(self._upserts.row, _ROW, values) != len(values):
            raise VersionConflict(ref=rows[0][1].ref, found=rows[0][1].seq, expected=rows[0][1].seq - 1)

    def put_stopwatches_of(self, watches: Sequence[tuple[int, "Stopwatch"]]) -> None:
        """Insert or replace stopwatches, each of the case of its number."""
        if watches:
            values = [(case_id, *_get_stopwatch(watch)) for case_id, watch in watches]
            self._driving.change_all(self._upserts.stopwatch, _STOPWATCH, values)

    def add_messages_of(self, messages: Sequence[tuple[int, "NewMessage", datetime]]) -> None:
        """Lay actions into the outbox, waiting: (case, message, when)."""
        if messages:
            self._driving.change_all(statements.ADD_MESSAGES, _MESSAGE, map(_waiting, messages))

    def add_evidence_of(self, items: Sequence[tuple[int, int, str, str]]) -> None:
        """Note which rows refer to which evidence: (case, seq, field, digest)."""
        if items:
            self._driving.change_all(self._upserts.evidence, ("case_id", "seq", "field", "digest"), items)

    def put_links_of(self, links: Mapping[tuple[int, str], Sequence[str]]) -> None:
        """Note, by (case, field), which cases (references) the field refers to, instead of those before."""
        if not links:
            return
        self._driving.change_all(statements.DROP_LINKS, ("of_case", "in_field"), links)
        values = [(*place, target) for place, targets in links.items() for target in targets]
        if values:
            self._driving.change_all(self._upserts.link, ("case_id", "field", "target"), values)

    def add_refusals(self, refusals: Sequence["Refusal"]) -> None:
        """Write down refusals."""
        if refusals:
            self._run(statements.ADD_REFUSAL, [refusal_values(refusal) for refusal in refusals])


def message_values(case_id: int, message: "NewMessage", at: datetime) -> dict[str, Any]:
    """The columns of a message that waits."""
    return dict(zip(_MESSAGE, _waiting((case_id, message, at)), strict=True))


def _waiting(laid: tuple[int, "NewMessage", datetime]) -> tuple[Any, ...]:
    case_id, message, at = laid
    return case_id, message.key, message.action, message.params, "waiting", 0, at, at


_refusal_values: Final = rows.values_of(rows.REFUSAL_NAMES)


def refusal_values(refusal: "Refusal") -> dict[str, Any]:
    """The columns of a refusal. Characters that no database takes are marked, for it is written down always."""
    values = _refusal_values(refusal)
    for name, value in values.items():
        if isinstance(value, str):
            values[name] = rows.cleaned(value)
    values["labels"] = [[rows.cleaned(label.en), rows.cleaned(label.zh)] for label in refusal.labels]
    return values


@lru_cache(maxsize=512)
def _by_refs(dialect: str, shape: Shape) -> Select[Any]:
    # By id, so that two who lock the same cases do not wait for each other.
    found = select(*rows.CASE).where(among(cases.c.ref, "refs", dialect), visible(shape, dialect))
    return statements.locked(found.order_by(cases.c.id))


@lru_cache(maxsize=2)
def _by_ids(dialect: str) -> Select[Any]:
    return statements.locked(select(*rows.CASE).where(among(cases.c.id, "ids", dialect)).order_by(cases.c.id))
