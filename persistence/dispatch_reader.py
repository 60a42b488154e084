"""Reading what goes out on channels: told to whoever may see a case that one of its notices is about."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, exists, func, select, true

from duban.persistence import rows
from duban.persistence.running import Running
from duban.persistence.tables import cases, dispatch_items, dispatches, notices
from duban.persistence.visibility import parameters, shape_of, visible

if TYPE_CHECKING:
    from duban.engine.model.dispatch import Dispatch
    from duban.engine.model.scope import Scope


class DispatchReader(Running):
    """The part of the reader that is about channels."""

    def dispatches(self, scope: "Scope", channel: str | None, state: str | None, limit: int) -> list["Dispatch"]:
        """What goes out, or went out, on one channel or on all, oldest first, without its notices."""
        statement = self._of(scope).order_by(dispatches.c.number).limit(limit)
        if channel is not None:
            statement = statement.where(dispatches.c.channel == channel)
        if state is not None:
            statement = statement.where(dispatches.c.state == state)
        from duban.persistence.dispatch_rows import dispatch_of

        return [dispatch_of(row) for row in self._run(statement, parameters(scope))]

    def dispatch_by_key(self, key: str, scope: "Scope") -> "Dispatch | None":
        """The message of this key, or None when it is not there or about no visible case."""
        from duban.persistence.dispatch_rows import dispatch_of

        if not rows.storable(key):
            return None
        found = self._run(self._of(scope).where(dispatches.c.key == key), parameters(scope)).one_or_none()
        return None if found is None else dispatch_of(found)

    def dispatch_counts(self, scope: "Scope") -> dict[tuple[str, str], int]:
        """How many there are by channel and state."""
        key = (dispatches.c.channel, dispatches.c.state)
        counted = select(*key, func.count()).where(self._seen(scope)).group_by(*key)
        return {(row[0], row[1]): row[2] for row in self._run(counted, parameters(scope))}

    def _of(self, scope: "Scope") -> Select[Any]:
        from duban.persistence.dispatch_rows import DISPATCH

        return select(*DISPATCH).where(self._seen(scope))

    def _seen(self, scope: "Scope") -> ColumnElement[bool]:
        if scope.everything:
            return true()
        about = (
            select(cases.c.id)
            .join(notices, notices.c.case_id == cases.c.id)
            .join(dispatch_items, dispatch_items.c.notice == notices.c.number)
            .where(dispatch_items.c.dispatch == dispatches.c.number, visible(shape_of(scope), self._dialect))
        )
        return exists(about.correlate(dispatches))
