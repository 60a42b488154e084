"""Which variables an expression of a workflow may read, and their types."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from duban.engine.model.definition import Field, Workflow
    from duban.engine.ports.guards import VariableType

_TYPES: Final[dict[str, "VariableType"]] = {
    "text": "text",
    "number": "number",
    "boolean": "boolean",
    "date": "text",
    "choice": "text",
    "unit": "text",
    "post": "text",
    "case": "text",
    "list": "texts",
    "evidence": "any",
}


CASE_PARTS: Final[dict[str, "VariableType"]] = {
    "workflow": "text",
    "state": "text",
    "unit": "text",
    "open": "boolean",
    "level": "integer",
}
"""What is told of another case: where it stands, nothing of its data."""


def type_of(field: "Field") -> "VariableType":
    """The type that a field has in expressions; dates are text as ``YYYY-MM-DD``, which compares in order."""
    if field.kind == "number" and field.whole:
        return "integer"
    if field.kind == "list" and field.item is not None and field.item.kind in ("number", "boolean"):
        return "any"
    return _TYPES[field.kind]


def children_of(workflow: "Workflow") -> frozenset[str]:
    """The workflows whose cases this one starts, and can therefore count."""
    return frozenset(start.workflow for _, start in workflow.all_starts())


def variables_of(workflow: "Workflow") -> dict[str, "VariableType"]:
    """All variables of a workflow's expressions, dotted, with their types."""
    found: dict[str, VariableType] = {
        "actor": "text",
        "posts": "texts",
        "roles": "texts",
        "unit": "text",
        "state": "text",
        "level": "integer",
        "ref": "text",
        "now": "time",
        "today": "text",
        "time": "text",
        **_of_case("parent"),
    }
    for field in workflow.fields.values():
        found[f"data.{field.name}"] = type_of(field)
        found[f"given.{field.name}"] = "boolean"
        if field.kind == "case":
            found |= _of_case(f"linked.{field.name}")
    for event in workflow.events.values():
        found[f"count.{event.name}"] = "integer"
        found[f"last.{event.name}.actor"] = "text"
        found[f"last.{event.name}.unit"] = "text"
        found[f"last.{event.name}.at"] = "time"
        for name in (*event.needs, *event.takes, *(setting.field for setting in event.settings)):
            if name in workflow.fields:
                found[f"last.{event.name}.data.{name}"] = type_of(workflow.fields[name])
    for _, start in workflow.all_starts():
        for group in (start.workflow, *([f"{start.workflow}.{start.event}"] if start.event else [])):
            found[f"children.{group}.open"] = "integer"
            found[f"children.{group}.total"] = "integer"
    found |= {f"elapsed.{deadline}": "number" for deadline in workflow.deadlines}
    found |= {f"counted.{count}": "integer" for count in workflow.counts}
    return found


def _of_case(prefix: str) -> dict[str, "VariableType"]:
    return {f"{prefix}.{part}": kind for part, kind in CASE_PARTS.items()}
