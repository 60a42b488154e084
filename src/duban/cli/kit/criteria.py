"""``--where NAME=VALUE``: which cases an event is for."""

from typing import Any, Final

from duban.cli.kit.desk import Desk
from duban.cli.kit.words import Pair, data_of, field_name
from duban.engine.definition.values import FieldFault, parse_text
from duban.engine.errors import UnknownWorkflow, UsageError
from duban.engine.model.definition import Field
from duban.engine.model.hint import hint
from duban.engine.model.label import Label
from duban.engine.runtime.bulk.report import Criteria

_WORDS: Final = ("state", "unit", "parent")
_YES_OR_NO: Final = ("overdue", "open")


def criteria_of(desk: Desk, workflow: str, given: list[Pair]) -> Criteria:
    """The criteria that were typed: state, unit, parent, overdue, open, and every field of the workflow.

    Raises:
        UnknownWorkflow. UsageError: a name or a value is not known, or a name stands there twice.
    """
    pack = desk.engine.pack
    workflow = workflow.replace("-", "_")
    if workflow not in pack.workflows:
        raise UnknownWorkflow(workflow=workflow, hint=hint(workflow, pack.workflows))
    definition = pack.workflows[workflow].workflow
    words: dict[str, Any] = {}
    fields: list[Pair] = []
    for name, value in given:
        if name in words:
            raise UsageError("field-twice", name=name)
        if name in _WORDS:
            words[name] = value
        elif name in _YES_OR_NO:
            words[name] = _yes(name, value)
        elif field_name(name, definition.fields) in definition.fields:
            fields.append((name, value))
        else:
            raise UsageError("unknown-field", found=name, hint=hint(name, [*_WORDS, *_YES_OR_NO, *definition.fields]))
    # A misspelt criterion would find nothing, which reads as if there were nothing to do.
    state, unit = words.get("state"), words.get("unit")
    if state is not None and state not in definition.states:
        raise UsageError(
            "unknown-state", found=state, known=list(definition.states), hint=hint(state, definition.states)
        )
    if unit is not None and unit not in pack.organization.units:
        raise UsageError("unknown-unit", found=unit, hint=hint(unit, pack.organization.units))
    return Criteria(workflow, data=data_of(fields, definition.fields), **words)


def _yes(name: str, value: str) -> bool:
    try:
        return bool(parse_text(Field(name, "boolean", Label(name, name)), value))
    except FieldFault:
        raise UsageError("yes-or-no", name=name, found=value) from None
