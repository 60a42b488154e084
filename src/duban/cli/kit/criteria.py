"""``--where NAME=VALUE``: which cases an event is for."""

from typing import Any, Final

from duban.cli.kit.desk import Desk
from duban.cli.kit.references import as_written
from duban.cli.kit.words import Pair, asked_names, data_of, field_asked
from duban.cli.kit.workflows import workflow_of
from duban.engine.definition.values import FieldFault, parse_text
from duban.engine.errors import UsageError
from duban.engine.model.definition import Field
from duban.engine.model.hint import few, hint
from duban.engine.model.label import Label
from duban.engine.runtime.bulk.report import Criteria

_WORDS: Final = ("state", "unit", "parent")
_YES_OR_NO: Final = ("overdue", "open")


def criteria_of(desk: Desk, workflow: str, given: list[Pair]) -> Criteria:
    """The criteria that were typed: state, unit, parent, overdue, open, and every field of the workflow.

    ``data.NAME`` is always the field, also where one of the others is called like it.

    Raises:
        UnknownWorkflow. UsageError: a name is not known or stands there twice, or is to be yes or no.
    """
    definition = workflow_of(desk, workflow)
    words: dict[str, Any] = {}
    fields: list[Pair] = []
    for name, value in given:
        if name in words:
            raise UsageError("field-twice", name=name)
        if name in _WORDS:
            words[name] = as_written(value) if name == "parent" else value
        elif name in _YES_OR_NO:
            words[name] = _yes(name, value)
        elif (field := field_asked(name, definition.fields)) in definition.fields:
            fields.append((field, value))
        else:
            known = [*_WORDS, *_YES_OR_NO, *asked_names(definition.fields, {*_WORDS, *_YES_OR_NO})]
            raise UsageError("unknown-field", found=name, known=few(known), hint=hint(name, known))
    return Criteria(definition.name, data=data_of(fields, definition.fields), **words)


def _yes(name: str, value: str) -> bool:
    try:
        return bool(parse_text(Field(name, "boolean", Label(name, name)), value))
    except FieldFault:
        raise UsageError("yes-or-no", name=name, found=value) from None
