"""By which index SQLite goes through a list of cases.

Its planner looks at how many values a column has, as far as anybody told it, and not at how few rows are wanted. So it
gathers a million cases and sorts them for a page of fifty, or leafs through the index that counts are made of. Every
order of a list has an index that gives it; the planner of PostgreSQL finds it by itself.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, Select, false

from duban.persistence.tables import cases

if TYPE_CHECKING:
    from duban.engine.ports.records import CaseQuery

_BY_ID: Final = "NOT INDEXED"
"""Along the table itself, whose rows lie by their number."""


def along_its_index(
    statement: Select[Any], query: "CaseQuery", asked: Sequence[ColumnElement[bool]] = ()
) -> Select[Any]:
    """The statement of a list with the index by which SQLite finds it; whoever does not know hints plans by itself.

    ``asked`` are the conditions of the query, where one may be that nothing fulfils: it takes the place of all others,
    without which SQLite refuses to go along an index of a part of the cases.
    """
    hint = None if any(one is false() for one in asked) else _hint(query)
    return statement if hint is None else statement.with_hint(cases, hint, "sqlite")


def _hint(query: "CaseQuery") -> str | None:
    if query.parent is not None:
        return None  # few, and found by the index of parents
    if query.by_due or query.overdue:
        return "INDEXED BY ix_duban_cases_due" if query.unit is None else "INDEXED BY ix_duban_cases_late"
    if query.unit is not None:
        return "INDEXED BY ix_duban_cases_unit"
    if query.workflow is None:
        return _BY_ID
    return "INDEXED BY ix_duban_cases_workflow" if query.state is None else "INDEXED BY ix_duban_cases_state"
