"""Compiled definitions: of the pack for new cases, of the store for those that began under an earlier one."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from duban.engine.errors import DefinitionError, StoreError, UnknownWorkflow
from duban.engine.guards.variables import type_of, variables_of
from duban.engine.model.hint import hint
from duban.engine.model.label import Label
from duban.engine.model.saying import Saying
from duban.engine.ports.guards import GuardFault
from duban.engine.runtime.steps import said_step

if TYPE_CHECKING:
    from duban.engine.interpreter import Interpreter
    from duban.engine.model.definition import Event, Guard, Setting, Workflow
    from duban.engine.model.organization import Actor
    from duban.engine.model.pack import Loaded, Pack
    from duban.engine.ports.guards import Condition, GuardCompiler, VariableType
    from duban.engine.ports.store import Reader
    from duban.engine.runtime.enqueuing import Enqueuing


class Guards(NamedTuple):
    """The guards of one event, each with its condition, and the names that they read."""

    conditions: "tuple[tuple[Guard, Condition], ...]"
    names: frozenset[str]

    @classmethod
    def of(cls, conditions: "Iterable[tuple[Guard, Condition]]") -> "Guards":
        """These guards."""
        found = tuple(conditions)
        return cls(found, frozenset[str]().union(*(condition.names for _guard, condition in found)))

    def without(self, unknown: frozenset[str]) -> "Guards":
        """Those that read none of these names."""
        return self.of((guard, condition) for guard, condition in self.conditions if not condition.names & unknown)


class Compiled:
    """A definition ready to run: its interpreter and its expressions, each compiled when it is first asked for.

    Whether they compile was found out when the definition was loaded; a command needs a few of them.
    """

    def __init__(self, workflow: "Workflow", compiler: "GuardCompiler") -> None:
        self.workflow = workflow
        self._compiler = compiler
        self._conditions: dict[tuple[str, bool], Condition] = {}
        self._guards: dict[str, Guards] = {}
        self._step_labels: dict[str, Label] = {}

    @cached_property
    def interpreter(self) -> "Interpreter":
        """Decides where events lead."""
        from duban.engine.interpreter import Interpreter  # whoever only looks decides nothing

        return Interpreter(self.workflow)

    def guards(self, event: "Event") -> "Guards":
        """The guards of an event."""
        found = self._guards.get(event.name)
        if found is None:
            conditions = ((guard, self.condition(guard.check)) for guard in event.guards)
            found = self._guards[event.name] = Guards.of(conditions)
        return found

    def condition(self, check: str) -> "Condition":
        """The compiled check of a guard, a start or a count."""
        return self._made(check, boolean=True)

    def expression(self, setting: "Setting") -> "Condition":
        """The compiled expression of a setting that has one."""
        return self._made(str(setting.expression), type_of(self.workflow.fields[setting.field]) == "boolean")

    @cached_property
    def enqueuing(self) -> "Enqueuing":
        """Tells the actions of its rows what they are about."""
        from duban.engine.runtime.enqueuing import Enqueuing  # as above

        return Enqueuing(self.workflow)

    def step_label(self, name: str) -> Label:
        """A step of a ladder in words, as history names it."""
        found = self._step_labels.get(name)
        if found is None:
            said = (said_step(self.workflow, name, lang) for lang in ("en", "zh"))
            found = self._step_labels[name] = Label(*said)
        return found

    @cached_property
    def _variables(self) -> Mapping[str, "VariableType"]:
        return variables_of(self.workflow)

    def _made(self, text: str, boolean: bool) -> "Condition":
        found = self._conditions.get((text, boolean))
        if found is None:
            try:
                found = self._compiler.compile(text, self._variables, boolean=boolean)
            except GuardFault as fault:
                # Those of the pack were compiled before it was taken; only those of the store may not compile any more.
                found = _Refusing(fault)
            # Two threads may both make it; either is as good.
            self._conditions[text, boolean] = found
        return found


class _Refusing:
    """An expression of an earlier duban that this one does not take any more: it always refuses, and tells why."""

    names: frozenset[str] = frozenset()
    yields: "VariableType | None" = "any"

    def __init__(self, fault: GuardFault) -> None:
        self._fault = fault

    def value(self, values: Mapping[str, Any]) -> Any:
        """Refuse; see :class:`duban.engine.ports.guards.Condition`."""
        raise GuardFault(self._fault.what, self._fault.column)


class Definitions:
    """Every definition in use, compiled once per hash."""

    def __init__(self, pack: "Pack", compiler: "GuardCompiler") -> None:
        self.loaded: Mapping[str, Loaded] = pack.workflows
        self._pack = pack
        self._compiler = compiler
        self._compiled: dict[str, Compiled] = {}

    def current(self, workflow: str, actor: "Actor") -> Compiled:
        """The pack's definition of a workflow, for a new case of this actor.

        Raises:
            UnknownWorkflow: the pack has none of this name, or it is confidential and nothing of it is for this actor.
        """
        found = self.loaded.get(workflow)
        if found is None or not concerns(found.workflow, actor):
            known = [name for name, loaded in self.loaded.items() if concerns(loaded.workflow, actor)]
            raise UnknownWorkflow(workflow=workflow, hint=hint(workflow, known))
        return self._ready(found.workflow)

    def pinned(self, digest: str, reader: "Reader") -> Compiled:
        """The definition that a case began under.

        Raises:
            StoreError: the store does not hold it, or not unchanged.
        """
        found = self._compiled.get(digest)
        if found is not None:
            return found
        if digest in self._pack.hashes:
            return self._ready(self.loaded[self._pack.hashes[digest]].workflow)
        from duban.engine.definition.source import digest_of  # only definitions of earlier packs are read back

        source = reader.definition(digest)
        workflow = _restored(source) if source is not None and digest_of(source) == digest else None
        if workflow is None:
            raise StoreError(url="", why=Saying("store.no-definition", digest=digest[:12]))
        return self._ready(workflow)

    def earlier(self, reader: "Reader") -> list["Workflow"]:
        """The stored definitions that are not the pack's, oldest first, as far as they can still be read."""
        digests = [digest for digest, _workflow, _version in reader.definitions() if digest not in self._pack.hashes]
        sources = [reader.definition(digest) for digest in digests]
        found = [_restored(source) for source in sources if source is not None]
        return [workflow for workflow in found if workflow is not None]

    def _ready(self, workflow: "Workflow") -> Compiled:
        if workflow.hash not in self._compiled:
            self._compiled[workflow.hash] = Compiled(workflow, self._compiler)
        return self._compiled[workflow.hash]


def concerns(workflow: "Workflow", actor: "Actor") -> bool:
    """Whether the actor may know of the workflow: it is not confidential, or the actor sees or starts its cases."""
    if not workflow.confidential or actor.roles.intersection(workflow.confidential):
        return True
    return any(actor.roles.intersection(event.by) for event in workflow.opening_events)


def _restored(source: str) -> "Workflow | None":
    """The workflow of a stored source; None where this version of duban cannot read it any more."""
    from duban.engine.definition.source import restore

    try:
        return restore(source)
    except (DefinitionError, ValueError):
        return None
