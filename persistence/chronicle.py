"""Reads the histories of cases, wherever they lie: those of a workflow streamed, a batch at a time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Select, bindparam, or_, select

from duban.engine.errors import ArchiveBroken
from duban.engine.model.case import Case, HistoryRow
from duban.persistence import rows, statements
from duban.persistence.archive_reader import lies_in
from duban.persistence.running import Running
from duban.persistence.tables import cases, history
from duban.persistence.visibility import Shape, parameters, shape_of, visible

if TYPE_CHECKING:
    from duban.engine.model.scope import Scope

_ROWS_OF: Final = (
    select(history.c.case_id, *rows.HISTORY)
    .join(cases, cases.c.id == history.c.case_id)
    .where(history.c.case_id.in_(bindparam("cases", expanding=True)))
    .order_by(history.c.case_id, history.c.seq)
)


class SqlChronicle(Running):
    """The part of a reader that :class:`duban.engine.ports.chronicle.Chronicle` promises."""

    def histories(
        self, workflow: str, scope: "Scope", batch: int = 500, *, unit: tuple[str, datetime] | None = None
    ) -> Iterator[tuple[Case, list[HistoryRow]]]:
        """Every visible case of a workflow, oldest first, each with its rows in order; ``batch`` cases at once."""
        if not rows.storable(workflow):
            return
        statement, after = _cases_after(self._dialect, shape_of(scope), unit is not None), 0
        bound = {"of_workflow": workflow, "limit": batch, **parameters(scope)}
        if unit is not None:
            bound |= {"of_unit": unit[0], "moved_after": unit[1]}
        while found := [rows.case_of(row) for row in self._run(statement, {**bound, "after": after})]:
            grouped = self._histories_of(found)
            for case in found:
                yield case, grouped.get(case.id, [])
            after = found[-1].id

    def history(self, case: Case) -> list[HistoryRow]:
        """The rows of a case in order, wherever they lie. The caller has checked that it is visible."""
        found = [rows.row_of(row) for row in self._driving.rows(statements.ROWS, {"wanted": case.id})]
        if not found:
            # It was moved, perhaps after it was read.
            now = self.case_by_id(case.id)
            if now is not None and now.archive is not None:
                assert self._archives is not None  # a store has them; in an archive itself no case names another
                return self._archives.history(now)
        return found

    def opening_events(self, case_ids: Iterable[int]) -> dict[int, str]:
        """The event that opened each of these cases, by id."""
        wanted = list(case_ids)
        found = self._run(statements.OPENING_EVENTS, {"cases": wanted}) if wanted else ()
        told = {row[0]: row[1] for row in found}
        left = [case_id for case_id in wanted if case_id not in told]
        return told | self._moved_openings(left) if left else told

    def _moved_openings(self, case_ids: list[int]) -> dict[int, str]:
        """The same of cases whose histories were moved."""
        told: dict[int, str] = {}
        lies = [tuple(row) for row in self._run(lies_in(case_ids))]
        for name in sorted({archive for _, archive in lies}):
            assert self._archives is not None
            with self._archives.reading(name) as reader:
                told |= reader.opening_events([case_id for case_id, archive in lies if archive == name])
        return told

    def history_of(self, case_ids: Sequence[int]) -> dict[int, list[HistoryRow]]:
        """The rows in order of those of these cases whose histories lie here."""
        told = self._run(_ROWS_OF, {"cases": list(case_ids)})
        return {number: [rows.row_of(row[1:]) for row in own] for number, own in groupby(told, lambda row: row[0])}

    def _histories_of(self, found: Sequence[Case]) -> dict[int, list[HistoryRow]]:
        """The rows of cases by number, wherever they lie."""
        grouped = self.history_of([case.id for case in found if case.archive is None])
        for name in sorted({case.archive for case in found if case.archive is not None}):
            assert self._archives is not None
            own = [case for case in found if case.archive == name]
            with self._archives.reading(name) as reader:
                moved = reader.history_of([case.id for case in own])
            for case in own:
                if case.id not in moved or moved[case.id][0].ref != case.ref:
                    raise ArchiveBroken(archive=name, ref=case.ref)
            grouped |= moved
        return grouped


@lru_cache(maxsize=512)
def _cases_after(dialect: str, shape: Shape, of_a_unit: bool) -> Select[Any]:
    """The next cases of ``:of_workflow`` within a scope of this shape, by id."""
    wanted = [cases.c.workflow == bindparam("of_workflow"), cases.c.id > bindparam("after"), visible(shape, dialect)]
    if of_a_unit:
        wanted.append(or_(cases.c.unit == bindparam("of_unit"), cases.c.updated_at > bindparam("moved_after")))
    return select(*rows.CASE).where(*wanted).order_by(cases.c.id).limit(bindparam("limit"))
