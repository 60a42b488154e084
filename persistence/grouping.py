"""Counts of cases by what their data hold: one grouped query, within a scope."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Text, cast, func, select, text, type_coerce

from duban.engine.model.case import Group
from duban.engine.ports.records import CaseQuery
from duban.persistence.criteria import criteria
from duban.persistence.running import Running
from duban.persistence.tables import cases
from duban.persistence.visibility import parameters, shape_of, visible

if TYPE_CHECKING:
    from duban.engine.model.scope import Scope
    from duban.engine.ports.grouping import GroupQuery


class SqlGrouping(Running):
    """The counting part of a reader."""

    def grouped(self, query: "GroupQuery", scope: "Scope") -> list[Group]:
        """Counts of the visible cases that fit, by the values of the fields and by state, in no order."""
        values = _members(query.fields, self._dialect)
        fits = criteria(CaseQuery(workflow=query.workflow, data=query.data), self._dialect)
        statement = select(values, cases.c.state, func.count()).where(visible(shape_of(scope), self._dialect), *fits)
        # By position: an expression with bound values is not the same expression a second time.
        statement = statement.group_by(text("1"), text("2"))
        found = self._run(statement, parameters(scope))
        return [Group(tuple(json.loads(members)[: len(query.fields)]), state, count) for members, state, count in found]


def _members(keys: Sequence[str], dialect: str) -> ColumnElement[Any]:
    """What the data of a case hold under these keys, as one JSON array, the same on both databases.

    One array and not a column for each: a document is read once then, which takes a fifth of the time.
    """
    if dialect != "sqlite":
        from sqlalchemy.dialects.postgresql import JSON

        document = cast(cases.c.data, JSON)
        return cast(func.json_build_array(*(document[key] for key in keys)), Text)
    # Of a single path SQLite tells the bare value; the second one makes it an array, and finds nothing.
    paths = [f'$."{key}"' for key in keys] + ['$.""'] * max(0, 2 - len(keys))
    return func.json_extract(type_coerce(cases.c.data, Text), *paths)
