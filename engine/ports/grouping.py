"""The part of the store's port that counts cases by what they hold."""

from collections.abc import Mapping, Sequence
from dataclasses import field as default
from typing import Any, Protocol

from duban.engine.model.case import Group
from duban.engine.model.frozen import frozen
from duban.engine.model.scope import Scope


@frozen
class GroupQuery:
    """Which cases are counted, and by which fields. ``data`` bounds to cases whose data hold these values."""

    workflow: str
    fields: Sequence[str]
    data: Mapping[str, Any] = default(default_factory=dict)


class Grouping(Protocol):
    """What a store counts in one query, whatever the number of cases."""

    def grouped(self, query: GroupQuery, scope: Scope) -> list[Group]:
        """Counts of the visible cases that fit, by the values of the fields and by state, in no order.

        A field without a value is None.
        """
