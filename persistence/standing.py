"""What a step has to know before it is judged, in as few questions as each database answers rightly."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, literal_column, or_, select

from duban.engine.ports.records import Standing
from duban.persistence import rows, statements
from duban.persistence.rows import CASE
from duban.persistence.suspensions import SqlSuspensionsWriter
from duban.persistence.tables import archived_keys, cases, history, suspensions
from duban.persistence.visibility import Shape, parameters, shape_of, visible

if TYPE_CHECKING:
    from duban.engine.model.scope import Scope
    from duban.persistence.driving import Rows


class SqlStandingWriter(SqlSuspensionsWriter):
    """The part of the writer that looks up a case, locked, with all that a step on it has to know."""

    def standing(self, ref: str, scope: "Scope", key: str | None, actor: str) -> Standing:
        """A case, locked, with all that a step on it has to know, at once; ``key`` is that of the step by ``actor``."""
        if not rows.storable(ref):
            return Standing(None, {}, None if key is None else self.row_by_key(key, actor))
        if key is not None and not (rows.storable(key) and rows.storable(actor)):
            key = None  # nothing was written with it
        if self._dialect == "sqlite":
            return self._in_one(ref, scope, key, actor)
        case = statements.case_by_ref(self._dialect, shape_of(scope), lock=True)
        asked: list[tuple[Any, Mapping[str, Any]]] = [
            (case, {"wanted": ref, **parameters(scope)}),
            (statements.STOPWATCHES_BY_REF, {"wanted": ref}),
        ]
        if key is not None:
            # In a statement of its own, which sees what was written while the one before it waited for the case.
            asked.append((statements.ROW_BY_KEY_OF, {"wanted": key, "of_actor": actor}))
        return _standing(*self._with_rights(*asked))

    def _in_one(self, ref: str, scope: "Scope", key: str | None, actor: str) -> Standing:
        """The same where there is one writer and so nothing to wait for: with whether the key was used, and rights."""
        wanted = {"wanted": ref, **parameters(scope)}
        if key is not None:
            wanted |= {"of_key": key, "of_actor": actor}
        found = self._driving.rows(_known_of(shape_of(scope), key is not None), wanted)
        if not found:
            return Standing(None, {}, None if key is None else self.row_by_key(key, actor))
        *case, number, hash_ = found[0]
        is_used = case.pop() if key is not None else False
        self._known_head = (number or 0, hash_ or "")
        watches = self._driving.rows(statements.STOPWATCHES, {"wanted": case[0]})
        used = self.row_by_key(key, actor) if key is not None and is_used else None
        return Standing(rows.case_of(case), _by_deadline(watches), used)

    def standing_by_id(self, case_id: int) -> Standing:
        """The same of the case of this internal number, for a step without such a key."""
        wanted = {"wanted": case_id}
        asked = ((statements.CASE_BY_ID_LOCKED, wanted), (statements.STOPWATCHES, wanted))
        return _standing(*self._driving.together(*asked))


@lru_cache(maxsize=512)
def _known_of(shape: Shape, keyed: bool) -> Select[Any]:
    """The case of ``:wanted``; with a key, whether ``:of_actor`` used ``:of_key``; the head of the suspensions."""
    last = select(suspensions).order_by(suspensions.c.number.desc()).limit(literal_column("1"))
    columns: list[ColumnElement[Any]] = [*CASE]
    if keyed:
        used = (
            exists().where(of.c.key == bindparam("of_key"), of.c.actor == bindparam("of_actor"))
            for of in (history, archived_keys)
        )
        columns.append(or_(*used))
    columns += [last.with_only_columns(suspensions.c[name]).scalar_subquery() for name in ("number", "hash")]
    return select(*columns).where(cases.c.ref == bindparam("wanted"), visible(shape, "sqlite"))


def _standing(found: "Rows" = (), watches: "Rows" = (), used: "Rows" = ()) -> Standing:
    running = {} if not found else _by_deadline(watches)
    return Standing(rows.case_of(found[0]) if found else None, running, rows.row_of(used[0]) if used else None)


def _by_deadline(watches: "Sequence[Sequence[Any]]") -> dict[str, Any]:
    return {watch.deadline: watch for watch in map(rows.stopwatch_of, watches)}
