"""What the doctor tells of a deployment: each office by its name, and what is wrong in it."""

from collections.abc import Callable
from typing import Any

from duban.cli.kit.answer import Answer, Cell, Table, Words, cell
from duban.cli.kit.desk import Desk
from duban.cli.kit.faults import FAULT
from duban.engine.errors import DefinitionError, StoreError, UsageError


def of_offices(desk: Desk, examine: Callable[[Desk], Answer]) -> Answer:
    """Examine the offices that were named, or all, one after the other; one that cannot be opened is told as such."""
    found: dict[str, dict[str, Any]] = {}
    for name in desk.office_names:
        with desk.at(name) as one:
            try:
                found[name] = examine(one).document
            except (StoreError, DefinitionError, UsageError) as fault:
                found[name] = {"healthy": False, "warnings": [fault.message(desk.lang)]}
    is_healthy = all(one["healthy"] for one in found.values())
    rows = [_row(desk, name, warning) for name, one in found.items() for warning in one["warnings"] or [None]]
    table = Table(desk.head("office", "status", "why"), rows)
    words = Words([desk.say("healthy")] if is_healthy else [desk.say("offices-unwell")])
    return Answer({"healthy": is_healthy, "offices": found}, [table, words], exit_code=0 if is_healthy else FAULT)


def _row(desk: Desk, name: str, warning: str | None) -> list[Cell | str]:
    """A line for each warning, or one that there is none."""
    status = "healthy" if warning is None else "unwell"
    return [name, Cell(status, desk.say(f"office-{status}")), cell(warning)]
