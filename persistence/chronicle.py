"""Streams the histories of a workflow's cases, a batch at a time."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Select, bindparam, or_, select

from duban.engine.model.case import Case, HistoryRow
from duban.persistence import rows
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
            told = self._run(_ROWS_OF, {"cases": [case.id for case in found]})
            grouped = {
                number: [HistoryRow(*row[1:]) for row in own] for number, own in groupby(told, lambda row: row[0])
            }
            for case in found:
                yield case, grouped.get(case.id, [])
            after = found[-1].id


@lru_cache(maxsize=512)
def _cases_after(dialect: str, shape: Shape, of_a_unit: bool) -> Select[Any]:
    """The next cases of ``:of_workflow`` within a scope of this shape, by id."""
    wanted = [cases.c.workflow == bindparam("of_workflow"), cases.c.id > bindparam("after"), visible(shape, dialect)]
    if of_a_unit:
        wanted.append(or_(cases.c.unit == bindparam("of_unit"), cases.c.updated_at > bindparam("moved_after")))
    return select(*rows.CASE).where(*wanted).order_by(cases.c.id).limit(bindparam("limit"))
