"""Finds names in a workflow that are not declared where they should be."""

from duban.engine.definition.findings import Findings, Loc
from duban.engine.definition.names import (
    CEL_WORDS,
    CHOICE_WORDS,
    COMMANDS,
    IDENTIFIER,
    NAME,
    OPTIONS,
    REFERENCE,
    STATE_WORDS,
)
from duban.engine.definition.values import FieldFault, ValueChecker
from duban.engine.messages import text
from duban.engine.model.definition import Deadline, Event, Field, Table, Workflow
from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label
from duban.engine.model.organization import BUILT_IN_ROLES, Organization


@frozen
class Surroundings:
    """What a workflow is checked against: the organisation it runs in and the names of the pack's workflows."""

    organization: Organization
    workflows: frozenset[str]

    @property
    def values(self) -> ValueChecker:
        """A checker of declared values: no case exists yet."""
        return ValueChecker(self.organization, lambda _ref, _workflow: False)

    @property
    def carried(self) -> frozenset[str]:
        """The roles that some post carries, and the built-in ones."""
        return frozenset(role for post in self.organization.posts.values() for role in post.roles) | BUILT_IN_ROLES


def check_names(workflow: Workflow, around: Surroundings, findings: Findings) -> None:
    """Names well formed and not reserved; every state, field, event, role, choice and unit that is named exists."""
    _well_formed(workflow, findings)
    for role in workflow.confidential:
        _role(role, findings.entry(("confidential",), role), around, findings)
    for index, name in enumerate(workflow.follow or ()):
        _among(name, list(workflow.fields), ("follow", "shows", index), "field", findings)
    if workflow.follow is not None and workflow.confidential:
        findings.add(("follow",), "follow-confidential", at_key=True)
    values = around.values
    for field in workflow.fields.values():
        if field.workflow is not None:
            _among(field.workflow, sorted(around.workflows), ("fields", field.name, "workflow"), "workflow", findings)
        if field.default is not None:
            check_value(field, field.default, ("fields", field.name, "default"), values, findings)
    for event in workflow.events.values():
        _event(workflow, event, around, values, findings)
    for deadline in workflow.deadlines.values():
        _deadline(workflow, deadline, around, findings)


def _well_formed(workflow: Workflow, findings: Findings) -> None:
    if not IDENTIFIER.fullmatch(workflow.name):
        findings.add(("workflow",), "name-form", name=workflow.name)
    if workflow.name in COMMANDS:
        findings.add(("workflow",), "name-reserved", name=workflow.name, why=Label("a command", "命令"))
    elif workflow.name in CEL_WORDS:
        findings.add(("workflow",), "name-reserved", name=workflow.name, why=Label("a word of CEL", "CEL 关键字"))
    if not REFERENCE.fullmatch(workflow.reference):
        findings.add(("reference",), "reference-form", name=workflow.reference)
    groups: tuple[tuple[str, list[str], frozenset[str], Label], ...] = (
        (
            "fields",
            list(workflow.fields),
            OPTIONS | CEL_WORDS,
            Label("an option or a word of CEL", "命令选项或 CEL 关键字"),
        ),
        ("states", list(workflow.states), STATE_WORDS, Label("a word of the language", "语言关键字")),
        ("events", list(workflow.events), CEL_WORDS, Label("a word of CEL", "CEL 关键字")),
        ("deadlines", list(workflow.deadlines), frozenset(), Label("", "")),
        ("counts", list(workflow.counts), CEL_WORDS, Label("a word of CEL", "CEL 关键字")),
        ("records", list(workflow.records), frozenset(), Label("", "")),
        ("boards", list(workflow.boards), frozenset(), Label("", "")),
    )
    for group, names, reserved, why in groups:
        for name in names:
            if not IDENTIFIER.fullmatch(name):
                findings.add((group, name), "name-form", at_key=True, name=name)
            elif name in reserved:
                findings.add((group, name), "name-reserved", at_key=True, name=name, why=why)
    for field in workflow.fields.values():
        for choice in field.choices or (field.item.choices if field.item else None) or ():
            if not NAME.fullmatch(choice) or choice in CHOICE_WORDS:
                place = findings.entry(("fields", field.name, "of"), choice)
                findings.add(place, "choice-form", at_key=True, name=choice)


def _event(workflow: Workflow, event: Event, around: Surroundings, values: ValueChecker, findings: Findings) -> None:
    loc: Loc = ("events", event.name)
    states = list(workflow.states)
    for index, source in enumerate(event.sources):
        _among(source, states, (*loc, "from", index), "state", findings)
    if event.target is not None:
        _among(event.target, states, (*loc, "to"), "state", findings)
    elif event.opens:
        findings.add(loc, "opening-without-to", at_key=True, event=event.name)
    for index, role in enumerate(event.by):
        _role(role, (*loc, "by", index), around, findings)
    _extends(workflow, event, (*loc, "extend"), findings)
    for role in event.confidential or ():
        _role(role, findings.entry((*loc, "confidential"), role), around, findings)
    for part, names in (("needs", event.needs), ("takes", event.takes), ("has", event.has), ("erase", event.erases)):
        for index, name in enumerate(names):
            _among(name, list(workflow.fields), (*loc, part, index), "field", findings)
    if event.erases and event.opens:
        findings.add((*loc, "erase"), "erase-opening", at_key=True, event=event.name)
    for setting in event.settings:
        place: Loc = (*loc, "set", setting.field)
        if not _among(setting.field, list(workflow.fields), place, "field", findings, at_key=True):
            continue
        if setting.table is not None:
            _table(workflow, setting.table, place, findings)
            rows = dict(setting.table.rows)
            if setting.table.otherwise is not None:
                rows["else"] = setting.table.otherwise
            for choice, value in rows.items():
                check_value(workflow.fields[setting.field], value, (*place, choice), values, findings)
        elif setting.value is not None:
            check_value(workflow.fields[setting.field], setting.value, place, values, findings)
    for index, name in enumerate(event.waits_for):
        _among(name, sorted(around.workflows), (*loc, "waits_for", index), "workflow", findings)


def _extends(workflow: Workflow, event: Event, loc: Loc, findings: Findings) -> None:
    days = [
        field.name
        for field in workflow.fields.values()
        if field.kind == "number" and field.whole and field.min is not None and field.min >= 1
    ]
    for name, field in (event.extends or {}).items():
        if _among(name, list(workflow.deadlines), (*loc, name), "deadline", findings, at_key=True) and (
            workflow.deadlines[name].until is not None
        ):
            findings.add((*loc, name), "extend-until", at_key=True, name=name)
        if field not in days:
            findings.add((*loc, name), "extend-field", name=field, known=days or None)


def _deadline(workflow: Workflow, deadline: Deadline, around: Surroundings, findings: Findings) -> None:
    loc: Loc = ("deadlines", deadline.name)
    for state in sorted(deadline.runs_in):
        _among(state, list(workflow.states), findings.entry((*loc, "runs_in"), state), "state", findings)
    for event in sorted(deadline.restarts_on):
        _among(event, list(workflow.events), findings.entry((*loc, "restarts_on"), event), "event", findings)
    if deadline.until is not None:
        known = [field.name for field in workflow.fields.values() if field.kind == "date"]
        _among(deadline.until, known, (*loc, "until"), "date-field", findings)
    if deadline.table is not None:
        _table(workflow, deadline.table, (*loc, "within"), findings)


def _table(workflow: Workflow, table: Table, loc: Loc, findings: Findings) -> None:
    by = workflow.fields.get(table.by)
    if by is None or by.kind != "choice":
        known = [field.name for field in workflow.fields.values() if field.kind == "choice"]
        findings.unknown((*loc, "by"), "choice-field", table.by, known)
        return
    choices = list(by.choices or {})
    for choice in table.rows:
        _among(choice, choices, (*loc, choice), "choice", findings, at_key=True)
    for choice, value in {**table.rows, "else": table.otherwise}.items():
        if isinstance(value, Table):
            _table(workflow, value, (*loc, choice), findings)
    missing = [choice for choice in choices if choice not in table.rows]
    if missing and table.otherwise is None and loc[0] == "deadlines":
        findings.add(loc, "table-gap", at_key=True, by=table.by, missing=missing)


def _among(name: str, known: list[str], loc: Loc, kind: str, findings: Findings, *, at_key: bool = False) -> bool:
    if name in known:
        return True
    findings.unknown(loc, kind, name, known, at_key=at_key)
    return False


def _role(role: str, loc: Loc, around: Surroundings, findings: Findings) -> None:
    if role in around.carried:
        return
    if role in around.organization.roles:
        findings.add(loc, "role-not-carried", name=role)
    else:
        findings.unknown(loc, "role", role, sorted(around.carried))


def check_value(field: Field, value: object, loc: Loc, values: ValueChecker, findings: Findings) -> None:
    """Note a declared value that its field does not take."""
    try:
        values.check(field, value)
    except FieldFault as fault:
        why = Label(text(f"field.{fault.key}", "en", **fault.data), text(f"field.{fault.key}", "zh", **fault.data))
        findings.add(loc, "value", name=field.name, why=why)
