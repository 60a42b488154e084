"""Which variables the expressions of a figure may read, and their types: a case as it stood at the end of a period."""

from typing import Final

from duban.engine.guards.variables import type_of
from duban.engine.model.definition import Workflow
from duban.engine.ports.guards import VariableType

_CASE: Final[dict[str, VariableType]] = {
    "ref": "text",
    "state": "text",
    "open": "boolean",
    "level": "integer",
    "opened_at": "time",
    "closed_at": "time",
    "opened_within": "boolean",
    "closed_within": "boolean",
    "age": "integer",
}
_PERIOD: Final[dict[str, VariableType]] = {
    "start": "time",
    "until": "time",
    "first_day": "text",
    "last_day": "text",
}
_DEADLINE: Final[dict[str, VariableType]] = {
    "begun": "boolean",
    "due": "time",
    "overdue": "boolean",
    "climbed": "boolean",
    "used": "integer",
}


def figure_variables(workflow: Workflow) -> dict[str, VariableType]:
    """All variables of expressions over the cases of a workflow, dotted, with their types."""
    found: dict[str, VariableType] = {**_CASE, **_PERIOD}
    for field in workflow.fields.values():
        found[f"data.{field.name}"] = type_of(field)
        found[f"given.{field.name}"] = "boolean"
    for state in workflow.states:
        found[f"was.{state}"] = "boolean"
    for event in workflow.events.values():
        found[f"count.{event.name}"] = "integer"
        found[f"within.{event.name}"] = "integer"
        for end in ("first", "last"):
            found[f"{end}.{event.name}.actor"] = "text"
            found[f"{end}.{event.name}.unit"] = "text"
            found[f"{end}.{event.name}.at"] = "time"
            for name in (*event.needs, *event.takes, *(setting.field for setting in event.settings)):
                if name in workflow.fields:
                    found[f"{end}.{event.name}.data.{name}"] = type_of(workflow.fields[name])
    for deadline in workflow.deadlines:
        found |= {f"{part}.{deadline}": kind for part, kind in _DEADLINE.items()}
    return found
