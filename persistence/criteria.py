"""What a :class:`~duban.engine.ports.store.CaseQuery` asks for, as SQL."""

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    ColumnElement,
    Numeric,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    tuple_,
    type_coerce,
)

from duban.persistence.columns import to_document
from duban.persistence.rows import storable
from duban.persistence.tables import cases

if TYPE_CHECKING:
    from duban.engine.ports.records import CaseQuery

TOO_LARGE: Final = 2**63
"""What somebody typed as a number need not fit into a column."""
_parents: Final = cases.alias("parents")


def criteria(query: "CaseQuery", dialect: str) -> list[ColumnElement[bool]]:
    """The conditions on ``duban_cases`` that a query sets.

    Raises:
        ValueError: as for ``conditions``.
    """
    texts = (query.workflow, query.state, query.unit, query.parent)
    if not all(text is None or storable(text) for text in texts):
        return [false()]
    return [*conditions(query), *(holds(key, value, dialect) for key, value in query.data.items())]


def conditions(query: "CaseQuery") -> list[ColumnElement[bool]]:
    """The conditions of a query apart from those on data. Its values may be bound parameters.

    Raises:
        ValueError: it asks for what is overdue and does not say when, or for what comes after a case by due time and
            does not say when that was due.
    """
    given = {"workflow": query.workflow, "state": query.state, "unit": query.unit}
    asked: list[ColumnElement[bool]] = [cases.c[name] == value for name, value in given.items() if value is not None]
    if query.parent is not None:
        parent = select(_parents.c.id).where(_parents.c.ref == query.parent)
        asked.append(cases.c.parent_id == parent.scalar_subquery())
    if query.open is not None:
        asked.append(cases.c.closed_at.is_(None) if query.open else cases.c.closed_at.is_not(None))
    if query.overdue is not None:
        if query.now is None:
            raise ValueError("a query for what is overdue needs `now`")
        late = overdue(query.now)
        asked.append(late if query.overdue else not_(late))
    if query.by_due:
        asked += [cases.c.closed_at.is_(None), cases.c.due_at.is_not(None)]
    if query.after is not None:
        asked.append(_behind(query.after, query.after_due_at) if query.by_due else cases.c.id < query.after)
    return asked


def _behind(case_id: Any, due_at: Any) -> ColumnElement[bool]:
    """Due later than the case of a cursor, or at the same time with a higher id."""
    if due_at is None:
        raise ValueError("a page by due time needs `after_due_at` with `after`")
    # As one comparison: an index over both begins right there.
    bounds = (_bound(due_at, cases.c.due_at.type), _bound(case_id, cases.c.id.type))
    return tuple_(cases.c.due_at, cases.c.id) > tuple_(*bounds)


def _bound(value: Any, kind: Any) -> ColumnElement[Any]:
    return value if isinstance(value, ColumnElement) else literal(value, kind)


def overdue(now: Any) -> ColumnElement[bool]:
    """Open and due before ``now`` (an instant, or a bound parameter for one)."""
    return and_(cases.c.closed_at.is_(None), cases.c.due_at.is_not(None), cases.c.due_at < now)


def holds(key: str, value: Any, dialect: str) -> ColumnElement[bool]:
    """The condition that the data of a case hold ``value`` under ``key``, meaning the same on both databases.

    A text equals a text, a number a number (1 equals 1.0, not true), and None means that nothing is there.
    """
    if not storable(key) or (isinstance(value, str) and not storable(value)):
        return true() if value is None else false()
    return _holds_sqlite(key, value) if dialect == "sqlite" else _holds_postgresql(key, value)


def _holds_sqlite(key: str, value: Any) -> ColumnElement[bool]:
    if '"' in key:
        # A path cannot name such a key, and no field is called so.
        return true() if value is None else false()
    document, path = type_coerce(cases.c.data, Text), f'$."{key}"'
    found, kind = func.json_extract(document, path), func.json_type(document, path)
    if value is None:
        return found.is_(None)
    if isinstance(value, bool):
        return kind == to_document(value)
    if isinstance(value, str):
        return and_(kind == "text", found == value)
    if isinstance(value, int | float):
        # SQLite keeps a whole number of more than 64 bits as a real one, too.
        number = value if abs(value) < TOO_LARGE else float(value)
        return and_(kind.in_(["integer", "real"]), found == number)
    return and_(kind.in_(["array", "object"]), found == to_document(value))


def _holds_postgresql(key: str, value: Any) -> ColumnElement[bool]:
    # The member as JSON text and not as the text it stands for: PostgreSQL fails on one that holds a NUL. As documents
    # are kept canonical, equal values have equal JSON.
    from sqlalchemy.dialects.postgresql import JSON

    member = cast(cases.c.data, JSON)[key]
    found = cast(member, Text)
    if value is None:
        return or_(found.is_(None), found == "null")
    if isinstance(value, int | float) and not isinstance(value, bool):
        # Only CASE is sure to look at the kind before it reads a number.
        number = cast(found, Numeric) == cast(to_document(value), Numeric)
        return case((func.json_typeof(member) == "number", number), else_=false())
    return found == to_document(value)
