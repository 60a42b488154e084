"""A row on its way to a case: read by the map and checked, before anything is written."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from duban.engine.model.frozen import frozen
from duban.engine.model.mapping import Who
from duban.importing.table import Row


@frozen
class Actor:
    """Who acts: a name, or a role that is looked up when the case's unit is known."""

    name: str | None
    who: Who


@frozen
class PreparedStep:
    """One recorded step with everything it brings. ``at`` is UTC."""

    name: str
    event: str
    at: datetime
    by: Actor
    data: Mapping[str, Any]
    evidence: tuple[str, ...]


@frozen
class PreparedRow:
    """A row that fits its map. ``key`` is the idempotency key of its start; ``at`` None without a replay."""

    row: Row
    key: str
    event: str
    by: Actor
    data: Mapping[str, Any]
    at: datetime | None = None
    steps: tuple[PreparedStep, ...] = ()

    def step_key(self, number: int) -> str:
        """The idempotency key of the step at this place of the course, from 0."""
        return f"{self.key}:{number + 1}:{self.steps[number].name}"
