"""What the fields of a case hold that is noted apart: files, and other cases."""

from collections.abc import Mapping
from typing import Any

from duban.engine.model.definition import Field, Workflow


def digests(workflow: Workflow, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The files that changed fields hold, by field."""
    return [
        (name, item["hash"])
        for name, value in data.items()
        if workflow.fields[name].kind == "evidence"
        for item in value or ()
    ]


def links(workflow: Workflow, data: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """The cases that changed fields refer to, by field."""
    kinds = {name: kind(workflow.fields[name]) for name in data}
    return [
        (name, value if isinstance(value, list) else [value] if value is not None else [])
        for name, value in data.items()
        if kinds[name] == "case"
    ]


def kind(field: Field) -> str:
    """What a field, or each item of a list, holds."""
    return field.item.kind if field.item is not None else field.kind
