"""Whether what a search names is there at all: a misspelt name would find nothing, as if there were nothing to do.

Names count that the pack declares, or that a stored definition does under which cases of an earlier pack still run. Of
workflows that are confidential and not for the actor nothing is told: to it they are not there.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from duban.engine.errors import UnknownWorkflow, UsageError
from duban.engine.model.hint import few, hint
from duban.engine.ports.records import CaseQuery
from duban.engine.runtime.definitions import concerns

if TYPE_CHECKING:
    from duban.engine.model.definition import Field, Workflow
    from duban.engine.runtime.telling import Telling
    from duban.engine.runtime.world import World


def require_known(world: "World", telling: "Telling", query: CaseQuery) -> None:
    """See that workflow, state, unit, fields and values of choices are such as a case could have.

    Raises:
        UnknownWorkflow.
        UsageError: there is no such state, unit, field or choice; it tells which there are, and the nearest.
    """
    wanted = _Wanted(world, telling)
    wanted.workflow(query.workflow)
    if query.state is not None:
        wanted.state(query.workflow, query.state)
    if query.unit is not None:
        wanted.unit(query.unit)
    for name, value in query.data.items():
        wanted.field(query.workflow, name, value)


class _Wanted:
    """Looks a name up in the pack, and in the store only where the pack does not have it."""

    def __init__(self, world: "World", telling: "Telling") -> None:
        self._world = world
        self._telling = telling

    @cached_property
    def _present(self) -> list["Workflow"]:
        return self._seen(one.workflow for one in self._world.definitions.loaded.values())

    @cached_property
    def _all(self) -> list["Workflow"]:
        return [*self._present, *self._seen(self._world.definitions.earlier(self._telling.reader))]

    def _seen(self, definitions: Iterable["Workflow"]) -> list["Workflow"]:
        telling = self._telling
        return [one for one in definitions if telling.scope.everything or concerns(one, telling.actor)]

    def _of(self, workflow: str | None, definitions: Iterable["Workflow"]) -> list["Workflow"]:
        return [one for one in definitions if workflow is None or one.name == workflow]

    def workflow(self, name: str | None) -> None:
        if name is None or self._of(name, self._present) or self._of(name, self._all):
            return
        raise UnknownWorkflow(workflow=name, hint=hint(name, dict.fromkeys(one.name for one in self._all)))

    def state(self, workflow: str | None, name: str) -> None:
        if any(name in one.states for one in self._of(workflow, self._present)):
            return
        known = dict.fromkeys(state for one in self._of(workflow, self._all) for state in one.states)
        if name not in known:
            told = list(known) if workflow is not None else few(known)
            raise UsageError("unknown-state", found=name, known=told, hint=hint(name, known))

    def unit(self, name: str) -> None:
        units = self._world.directory.organization.units
        if name in units:
            return
        # A unit that was dissolved keeps its cases.
        if not self._telling.reader.cases(CaseQuery(unit=name, limit=1), self._telling.scope):
            raise UsageError("unknown-unit", found=name, hint=hint(name, units))

    def field(self, workflow: str | None, name: str, value: Any) -> None:
        if any(name in one.fields and _takes(one.fields[name], value) for one in self._of(workflow, self._present)):
            return
        definitions = self._of(workflow, self._all)
        declared = [one.fields[name] for one in definitions if name in one.fields]
        if not declared:
            known = dict.fromkeys(field for one in definitions for field in one.fields)
            raise UsageError("unknown-field", found=name, known=few(known), hint=hint(name, known))
        if not any(_takes(field, value) for field in declared):
            choices = dict.fromkeys(choice for field in declared for choice in _choices(field) or {})
            found = next((str(one) for one in _values(value) if not isinstance(one, str) or one not in choices), "")
            raise UsageError("unknown-value", field=name, found=found, known=few(choices), hint=hint(found, choices))


def _takes(field: "Field", value: Any) -> bool:
    """Whether a field that only takes some values takes this one, each item of a list."""
    choices = _choices(field)
    return choices is None or all(isinstance(one, str) and one in choices for one in _values(value))


def _choices(field: "Field") -> Mapping[str, Any] | None:
    return field.item.choices if field.item is not None else field.choices


def _values(value: Any) -> list[Any]:
    """What is to be a choice: nothing that is there, each of several, or the value as text or number."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
