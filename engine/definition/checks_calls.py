"""Checks what a workflow hands to others: expressions to the guard compiler, actions to the registry."""

from collections.abc import Mapping

from duban.engine.definition.checks_hidden import check_hidden_counts, check_hidden_values
from duban.engine.definition.findings import Findings, Loc
from duban.engine.guards.faults import told
from duban.engine.guards.variables import type_of, variables_of
from duban.engine.messages import text
from duban.engine.model.definition import Call, Workflow
from duban.engine.model.label import Label
from duban.engine.model.organization import Organization
from duban.engine.ports.actions import ActionRegistry
from duban.engine.ports.guards import Condition, GuardCompiler, GuardFault, VariableType


def check_guards(
    workflow: Workflow, others: Mapping[str, Workflow], compiler: GuardCompiler, findings: Findings
) -> None:
    """Every condition compiles to true or false over the workflow's variables, every expression to its field's type.

    What they count of other workflows' cases is told to nobody who may not know of those.
    """
    variables = variables_of(workflow)
    for event in workflow.events.values():
        for guard in event.guards:
            place: Loc = (*guard.place, "check")
            checked = _compile(compiler, guard.check, variables, place, findings)
            if checked is not None:
                check_hidden_counts(checked.names, event.by, others, place, findings)
        for setting in event.settings:
            if setting.expression is None or setting.field not in workflow.fields:
                continue
            wants = type_of(workflow.fields[setting.field])
            loc: Loc = ("events", event.name, "set", setting.field, "cel")
            condition = _compile(compiler, setting.expression, variables, loc, findings, boolean=wants == "boolean")
            if condition is not None:
                check_hidden_values(condition.names, workflow, others, loc, findings)
            if condition is not None and not _suits(condition.yields, wants):
                kind = workflow.fields[setting.field].kind
                found = told(f"yields.{condition.yields or 'other'}")
                findings.add(loc, "setting-type", name=setting.field, kind=kind, found=found)

    for place, start in workflow.all_starts():
        if start.when is not None:
            _compile(compiler, start.when, variables, (*place, "when"), findings)
    for count in workflow.counts.values():
        if count.when is not None:
            _compile(compiler, count.when, variables, ("counts", count.name, "when"), findings)


def _compile(
    compiler: GuardCompiler,
    expression: str,
    variables: Mapping[str, VariableType],
    loc: Loc,
    findings: Findings,
    boolean: bool = True,
) -> Condition | None:
    try:
        return compiler.compile(expression, variables, boolean=boolean)
    except GuardFault as fault:
        shift = findings.shift(loc, fault.column)
        findings.add(loc, "guard", shift=shift, check=" ".join(expression.split()), why=fault.what)
        return None


def _suits(yields: VariableType | None, wants: VariableType) -> bool:
    """Whether what an expression yields may fit the field; what shows only as it runs is judged then."""
    numbers = {"number", "integer"}
    return yields == "any" or wants == "any" or yields == wants or {yields, wants} <= numbers


def check_calls(workflow: Workflow, registry: ActionRegistry, organization: Organization, findings: Findings) -> None:
    """Every action is in the registry, takes its parameters, and its recipients are carried by some post."""
    carried = {role for post in organization.posts.values() for role in post.roles}
    for event in workflow.events.values():
        for index, call in enumerate(event.calls):
            _call(call, ("events", event.name, "do", index), workflow, registry, carried, findings)
    for place, step in workflow.ladders():
        for index, call in enumerate(step.calls):
            _call(call, (*place, "do", index), workflow, registry, carried, findings)


def _call(
    call: Call, loc: Loc, workflow: Workflow, registry: ActionRegistry, carried: set[str], findings: Findings
) -> None:
    action = registry.find(call.action)
    if action is None:
        findings.unknown((*loc, call.action), "action", call.action, list(registry.names()), at_key=True)
        return
    for name, (key, data) in action.problems(call.params).items():
        why = Label(text(f"action.{key}", "en", **data), text(f"action.{key}", "zh", **data))
        findings.add((*loc, call.action, name), "parameter", at_key=True, action=call.action, name=name, why=why)
    for role in action.recipients(call.params):
        field = workflow.fields.get(role)
        is_people = field is not None and (
            field.kind in ("unit", "post") or (field.item is not None and field.item.kind in ("unit", "post"))
        )
        if role not in carried and role != "unit" and not is_people:
            findings.unknown((*loc, call.action, "to"), "recipient", role, sorted(carried | {"unit"}))
