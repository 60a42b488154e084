"""Compiled definitions: of the pack for new cases, of the store for those that began under an earlier one."""

from collections.abc import Mapping
from typing import Any

from duban.engine.definition.source import digest_of, restore
from duban.engine.errors import DefinitionError, StoreError, UnknownWorkflow
from duban.engine.guards.variables import type_of, variables_of
from duban.engine.interpreter import Interpreter
from duban.engine.model.definition import Workflow
from duban.engine.model.hint import hint
from duban.engine.model.organization import Actor
from duban.engine.model.pack import Loaded
from duban.engine.model.saying import Saying
from duban.engine.ports.guards import Condition, GuardCompiler, GuardFault, VariableType
from duban.engine.ports.store import Reader


class Compiled:
    """A definition ready to run: its interpreter and its compiled expressions."""

    def __init__(self, workflow: Workflow, compiler: GuardCompiler) -> None:
        self.workflow = workflow
        self.interpreter = Interpreter(workflow)
        variables = variables_of(workflow)
        self._checks = {
            guard.check: _compiled(compiler, guard.check, variables)
            for event in workflow.events.values()
            for guard in event.guards
        }
        self._expressions = {
            setting.expression: _compiled(
                compiler, setting.expression, variables, boolean=type_of(workflow.fields[setting.field]) == "boolean"
            )
            for event in workflow.events.values()
            for setting in event.settings
            if setting.expression is not None
        }
        conditions = [start.when for _, start in workflow.all_starts()]
        conditions += [count.when for count in workflow.counts.values()]
        self._checks |= {check: _compiled(compiler, check, variables) for check in conditions if check is not None}

    def condition(self, check: str) -> Condition:
        """The compiled check."""
        return self._checks[check]

    def expression(self, text: str) -> Condition:
        """The compiled expression of a setting."""
        return self._expressions[text]


class _Refusing:
    """An expression of an earlier duban that this one does not take any more: it always refuses, and tells why."""

    names: frozenset[str] = frozenset()
    yields: VariableType | None = "any"

    def __init__(self, fault: GuardFault) -> None:
        self._fault = fault

    def value(self, values: Mapping[str, Any]) -> Any:
        """Refuse; see :class:`duban.engine.ports.guards.Condition`."""
        raise GuardFault(self._fault.what, self._fault.column)


def _compiled(
    compiler: GuardCompiler, expression: str, variables: Mapping[str, VariableType], *, boolean: bool = True
) -> Condition:
    """Those of the pack were compiled before it was taken; only those of the store may not compile any more."""
    try:
        return compiler.compile(expression, variables, boolean=boolean)
    except GuardFault as fault:
        return _Refusing(fault)


class Definitions:
    """Every definition in use, compiled once per hash."""

    def __init__(self, loaded: Mapping[str, Loaded], compiler: GuardCompiler) -> None:
        self.loaded = loaded
        self._compiler = compiler
        self._compiled: dict[str, Compiled] = {}

    def current(self, workflow: str, actor: Actor) -> Compiled:
        """The pack's definition of a workflow, for a new case of this actor.

        Raises:
            UnknownWorkflow: the pack has none of this name, or it is confidential and nothing of it is for this actor.
        """
        known = [name for name, loaded in self.loaded.items() if _concerns(loaded.workflow, actor)]
        if workflow not in known:
            raise UnknownWorkflow(workflow=workflow, hint=hint(workflow, known))
        return self._ready(self.loaded[workflow].workflow)

    def pinned(self, digest: str, reader: Reader) -> Compiled:
        """The definition that a case began under.

        Raises:
            StoreError: the store does not hold it, or not unchanged.
        """
        found = self._compiled.get(digest)
        if found is not None:
            return found
        for loaded in self.loaded.values():
            if loaded.workflow.hash == digest:
                return self._ready(loaded.workflow)
        source = reader.definition(digest)
        workflow = _restored(source) if source is not None and digest_of(source) == digest else None
        if workflow is None:
            raise StoreError(url="", why=Saying("store.no-definition", digest=digest[:12]))
        return self._ready(workflow)

    def _ready(self, workflow: Workflow) -> Compiled:
        if workflow.hash not in self._compiled:
            self._compiled[workflow.hash] = Compiled(workflow, self._compiler)
        return self._compiled[workflow.hash]


def _concerns(workflow: Workflow, actor: Actor) -> bool:
    if not workflow.confidential or actor.roles.intersection(workflow.confidential):
        return True
    return any(actor.roles.intersection(event.by) for event in workflow.opening_events)


def _restored(source: str) -> Workflow | None:
    """The workflow of a stored source; None where this version of duban cannot read it any more."""
    try:
        return restore(source)
    except (DefinitionError, ValueError):
        return None
