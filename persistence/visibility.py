"""The one place where a scope becomes SQL. Every read of cases, or of anything about them, carries its condition.

It means the same as :meth:`duban.engine.model.scope.Scope.allows`; a property test compares the two.
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, true, type_coerce
from sqlalchemy.types import Text

from duban.persistence.columns import quoted_role
from duban.persistence.tables import cases

if TYPE_CHECKING:
    from duban.engine.model.scope import Scope

Shape = tuple[str, int, int]
"""What of a scope shapes the SQL: how far it sees, how many roles and units it has. Statements are kept by it."""


def shape_of(scope: "Scope") -> Shape:
    """The shape of a scope."""
    if scope.everything:
        return ("everything", 0, 0)
    return (scope.sees, len(scope.roles), len(scope.units) if scope.sees == "unit" else 0)


def parameters(scope: "Scope") -> dict[str, Any]:
    """What the condition of this scope is to be executed with."""
    if scope.everything:
        return {}
    values: dict[str, Any] = {f"scope_role_{number}": quoted_role(role) for number, role in enumerate(scope.roles)}
    if scope.sees != "all":
        values["scope_actor"] = scope.actor
    if scope.sees == "unit":
        values |= {f"scope_unit_{number}": unit for number, unit in enumerate(sorted(scope.units))}
    return values


def visible(shape: Shape, dialect: str) -> ColumnElement[bool]:
    """The condition on ``duban_cases`` under which a scope of this shape may see a case."""
    sees, roles, units = shape
    if sees == "everything":
        return true()
    audience = in_audience(cases.c.audience, roles, dialect)
    if sees == "all":
        return audience
    own: ColumnElement[bool] = cases.c.opened_by == bindparam("scope_actor")
    if sees == "unit":
        # Each unit has a place of its own: a list that expands would be another text each time.
        own = or_(own, *(cases.c.unit == bindparam(f"scope_unit_{number}", type_=Text) for number in range(units)))
    return and_(audience, own)


def in_audience(audience: ColumnElement[Any], roles: int, dialect: str) -> ColumnElement[bool]:
    """Whether an audience is empty or holds one of so many roles, bound as ``scope_role_0`` and so on."""
    # Not LIKE: it takes `_` for any character, and on SQLite capitals for small letters.
    position = func.instr if dialect == "sqlite" else func.strpos
    stored = type_coerce(audience, Text)
    found = [position(stored, bindparam(f"scope_role_{number}", type_=Text)) > 0 for number in range(roles)]
    return or_(stored == "", *found)
