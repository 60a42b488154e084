"""What the actions of a row are told, for the outbox."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from duban.engine.model.case import Case, HistoryRow
from duban.engine.model.definition import Call, Workflow
from duban.engine.model.label import Label
from duban.engine.ports.records import NewMessage
from duban.engine.runtime.holding import kind

_MOST: Final = 4_096
"""Of so many places the words are kept: a city has many units."""


class Enqueuing:
    """For one workflow: of cases in the same place it tells with the same words, which are made once.

    They are shared by the messages, so nobody changes them. Two threads may both make them; either are as good.
    """

    def __init__(self, workflow: Workflow) -> None:
        self._workflow = workflow
        self._shared: dict[tuple[Any, ...], _Words] = {}

    def messages(self, case: Case, row: HistoryRow, calls: Sequence[Call], what: Label) -> list[NewMessage]:
        """A message for each call; ``what`` tells what the row is."""
        place = (row.event, case.state, case.unit, case.level)
        words = self._shared.get(place)
        if words is None:
            if len(self._shared) >= _MOST:
                self._shared.clear()
            words = self._shared[place] = _Words(case, row, self._workflow, calls, what)
        params = words.shared if words.names.isdisjoint(case.data) else words.of(case)
        begin = f"{case.ref}:{row.seq}:"
        return [
            NewMessage(f"{begin}{position}", call.action, told)
            for position, (call, told) in enumerate(zip(calls, params, strict=True))
        ]


class _Words:
    """What is told of one place; ``names`` are those of fields, perhaps, whose values are told with them."""

    def __init__(self, case: Case, row: HistoryRow, workflow: Workflow, calls: Sequence[Call], what: Label) -> None:
        where = workflow.states[case.state].label
        self._workflow = workflow
        self._case = {
            "workflow": case.workflow, "event": row.event, "state": case.state, "unit": case.unit,
            "event_label": {"en": what.en, "zh": what.zh}, "state_label": {"en": where.en, "zh": where.zh},
            "level": case.level,
        }  # fmt: skip
        self._calls = [(dict(call.params), _named(call.params)) for call in calls]
        self.names = frozenset[str]().union(*(names for _params, names in self._calls))
        self.shared = [self._params(params, {}) for params, _names in self._calls]

    def of(self, case: Case) -> list[dict[str, Any]]:
        """With the values that this case has."""
        data = case.data
        return [
            self._params(params, {name: data[name] for name in sorted(names & data.keys())})
            for params, names in self._calls
        ]

    def _params(self, declared: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
        fields = self._workflow.fields
        kinds = {name: kind(fields[name]) for name in values if name in fields}
        return {"declared": declared, "case": self._case, "fields": values, "kinds": kinds}


def _named(params: Mapping[str, Any]) -> set[str]:
    """Every text among the parameters: those that are names of fields are sent along with their values."""
    values = [item for value in params.values() for item in (value if isinstance(value, list) else [value])]
    return {value for value in values if isinstance(value, str)}
