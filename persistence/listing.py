"""The statements of lists of cases, built once for each set of conditions instead of with every call."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Select, bindparam, select

from duban.persistence.criteria import conditions, criteria
from duban.persistence.hints import along_its_index
from duban.persistence.rows import CASE, storable
from duban.persistence.tables import cases
from duban.persistence.visibility import Shape, parameters, visible

if TYPE_CHECKING:
    from duban.engine.model.scope import Scope
    from duban.engine.ports.records import CaseQuery

_SLOTS: Final[Mapping[str, Any]] = {
    "workflow": cases.c.workflow.type,
    "state": cases.c.state.type,
    "unit": cases.c.unit.type,
    "parent": cases.c.ref.type,
    "now": cases.c.due_at.type,
    "after": cases.c.id.type,
    "after_due_at": cases.c.due_at.type,
}
"""What a query may give, each bound under its name with ``of_`` before it."""

Kind = tuple[tuple[str, ...], bool | None, bool | None, bool]
"""What of a query shapes the SQL: which values it gives, ``overdue``, ``open``, ``by_due``."""


def kind_of(query: "CaseQuery") -> Kind | None:
    """The kind of a query; None where it asks for data or for texts that are in no database."""
    given = tuple(name for name in _SLOTS if getattr(query, name) is not None)
    texts = (query.workflow, query.state, query.unit, query.parent)
    if query.data or not all(text is None or storable(text) for text in texts):
        return None
    return given, query.overdue, query.open, query.by_due


def values_of(query: "CaseQuery", scope: "Scope") -> dict[str, Any]:
    """What the statement of the query's kind is to be executed with within a scope."""
    values = {f"of_{name}": getattr(query, name) for name in _SLOTS}
    given = {name: value for name, value in values.items() if value is not None}
    return {**given, "limit": query.limit, **parameters(scope)}


@lru_cache(maxsize=512)
def listing(dialect: str, shape: Shape, kind: Kind) -> Select[Any]:
    """The cases of this kind of query within a scope of this shape, in its order.

    Raises:
        ValueError: it is overdue at no time, or comes after a case by due time that was due at none.
    """
    from duban.engine.ports.records import CaseQuery  # wanted by lists only

    given, overdue, is_open, by_due = kind
    slots: dict[str, Any] = {name: bindparam(f"of_{name}", type_=_SLOTS[name]) for name in given}
    query = CaseQuery(**slots, overdue=overdue, open=is_open, by_due=by_due)
    wanted = select(*CASE).where(visible(shape, dialect), *conditions(query))
    return along_its_index(in_order(wanted, by_due), query).limit(bindparam("limit"))


def built(dialect: str, shape: Shape, query: "CaseQuery") -> Select[Any]:
    """The cases of any query, with its values in it.

    Raises:
        ValueError: as for ``listing``.
    """
    asked = criteria(query, dialect)
    wanted = select(*CASE).where(visible(shape, dialect), *asked)
    return along_its_index(in_order(wanted, query.by_due), query, asked).limit(query.limit)


def in_order(statement: Select[Any], by_due: bool) -> Select[Any]:
    """Newest first, or those due first."""
    return statement.order_by(cases.c.due_at, cases.c.id) if by_due else statement.order_by(cases.c.id.desc())
