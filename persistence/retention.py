"""Which finished cases a rule of retention was carried out on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, select

from duban.engine.model.scope import Scope
from duban.persistence.keeping_tables import erased
from duban.persistence.running import Running
from duban.persistence.statements import inserting
from duban.persistence.tables import cases
from duban.persistence.visibility import parameters, shape_of, visible


class SqlRetentionReader(Running):
    """The reading half of the port of retention."""

    def unerased(self, rule: str, workflow: str, before: datetime, after_id: int, limit: int) -> Sequence[int]:
        """Cases that ended before ``before`` and that the rule was not carried out on since, by number."""
        found = _due(select(cases.c.id), rule, workflow, before).where(cases.c.id > after_id)
        return list(self._run(found.order_by(cases.c.id).limit(limit)).scalars())

    def count_unerased(
        self, rule: str, workflow: str, before: datetime, scope: Scope, *, archived_only: bool = False
    ) -> int:
        """How many of them are visible; or only how many of those were moved to an archive."""
        found = _due(select(func.count()).select_from(cases), rule, workflow, before)
        if archived_only:
            found = found.where(cases.c.archive.is_not(None))
        count: int = self._run(found.where(visible(shape_of(scope), self._dialect)), parameters(scope)).scalar_one()
        return count


class SqlRetentionWriter(SqlRetentionReader):
    """The writing half of the port of retention."""

    def mark_erased(self, case_id: int, rule: str, closed_at: datetime) -> None:
        """Note that the rule was carried out on the case as it ended then."""
        statement = inserting(self._dialect, erased)
        self._run(
            statement.on_conflict_do_update(
                index_elements=["case_id", "rule"], set_={"closed_at": statement.excluded.closed_at}
            ),
            {"case_id": case_id, "rule": rule, "closed_at": closed_at},
        )


def _due(statement: Select[Any], rule: str, workflow: str, before: datetime) -> Select[Any]:
    # A case that was opened again and ended again has another end, and is looked at once more.
    done = exists().where(
        and_(erased.c.case_id == cases.c.id, erased.c.rule == rule, erased.c.closed_at == cases.c.closed_at)
    )
    return statement.where(cases.c.workflow == workflow, cases.c.closed_at < before, ~done)
