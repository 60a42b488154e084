"""From a workflow document to the frozen definition that the runtime uses."""

from collections.abc import Mapping
from typing import Any

from duban.engine.definition.documents import ChoiceDoc, EventDoc, FieldDoc, WorkflowDoc
from duban.engine.definition.findings import Findings, Loc
from duban.engine.definition.ladder import count_of, deadline_of
from duban.engine.definition.names import IDENTIFIER
from duban.engine.definition.parts import as_many, calls_of, fires_of, label_of, settings_of, starts_of
from duban.engine.definition.values import MAX_TEXT
from duban.engine.definition.views import board_of, record_of
from duban.engine.guards.patterns import check_pattern
from duban.engine.model.definition import Event, Field, FieldKind, Guard, State, Workflow
from duban.engine.model.label import Label
from duban.engine.ports.guards import GuardFault

LIST_ITEMS: tuple[FieldKind, ...] = ("text", "number", "boolean", "date", "unit", "post", "case")


def build(doc: WorkflowDoc, digest: str, findings: Findings) -> Workflow:
    """Build the definition; what cannot be built is noted in ``findings`` and left out."""
    named = {item for event in doc.events.values() for item in event.when if isinstance(item, str)}
    for name in doc.conditions:
        if not IDENTIFIER.fullmatch(name):
            findings.add(("conditions", name), "name-form", at_key=True, name=name)
        elif name not in named:
            findings.add(("conditions", name), "condition-unused", at_key=True, name=name)
    return Workflow(
        name=doc.workflow,
        version=doc.version,
        label=label_of(doc.label, doc.workflow),
        reference=doc.reference,
        fields={name: _field(name, field, findings) for name, field in doc.fields.items()},
        states={
            name: State(name, label_of(state.label if state else None, name), bool(state and state.final))
            for name, state in doc.states.items()
        },
        events={name: _event(name, event, doc, findings) for name, event in doc.events.items()},
        deadlines={name: deadline_of(name, deadline, findings) for name, deadline in doc.deadlines.items()},
        counts={name: count_of(name, count, findings) for name, count in doc.counts.items()},
        hash=digest,
        confidential=tuple(sorted(set(doc.confidential))),
        follow=tuple(doc.follow.shows) if doc.follow is not None else None,
        records={name: record_of(name, record) for name, record in doc.records.items()},
        boards={name: board_of(name, board) for name, board in doc.boards.items()},
    )


def _field(name: str, doc: FieldDoc, findings: Findings) -> Field:
    loc: Loc = ("fields", name)
    kind: FieldKind = doc.type
    choices = _choices(doc.of) if kind == "choice" else None
    if kind == "choice" and not choices:
        findings.add((*loc, "of"), "no-choices", name=name)
    if isinstance(doc.of, list):
        findings.once((*loc, "of"), doc.of)
    findings.once((*loc, "accept"), doc.accept or ())
    _limits(doc, loc, findings)
    item = None
    if kind == "list":
        item_kind = doc.of if isinstance(doc.of, str) else "choice" if doc.of else "text"
        if item_kind not in (*LIST_ITEMS, "choice"):
            findings.unknown((*loc, "of"), "item", str(item_kind), list(LIST_ITEMS))
            item_kind = "text"
        if item_kind == "choice" and not _choices(doc.of):
            findings.add((*loc, "of"), "no-choices", name=name)
        item = Field(f"{name}[]", item_kind, label_of(doc.label, name), choices=_choices(doc.of))  # type: ignore[arg-type]
    for option, kinds in _OPTIONS.items():
        if getattr(doc, option) not in (None, False) and kind not in kinds:
            findings.add((*loc, option), "option-misplaced", at_key=True, option=option, kind=kind, kinds=list(kinds))
    return Field(
        name=name,
        kind=kind,
        label=label_of(doc.label, name),
        default=doc.default,
        max=doc.max,
        min=doc.min,
        whole=doc.whole,
        pattern=doc.pattern,
        choices=choices,
        item=item,
        workflow=doc.workflow,
        accept=tuple(doc.accept or ()),
        keep_metadata=doc.keep_metadata,
    )


_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "max": ("text", "number"),
    "min": ("number",),
    "whole": ("number",),
    "pattern": ("text",),
    "of": ("choice", "list"),
    "workflow": ("case",),
    "accept": ("evidence",),
    "keep_metadata": ("evidence",),
}


def _limits(doc: FieldDoc, loc: Loc, findings: Findings) -> None:
    if doc.min is not None and doc.max is not None and doc.min > doc.max:
        findings.add((*loc, "max"), "limits", min=doc.min, max=doc.max)
    if doc.type == "text" and doc.max is not None and (doc.max != int(doc.max) or not 1 <= doc.max <= MAX_TEXT):
        findings.add((*loc, "max"), "text-limit", found=doc.max, limit=MAX_TEXT)
    if doc.pattern is not None:
        try:
            check_pattern(doc.pattern)
        except GuardFault as fault:
            findings.add((*loc, "pattern"), "pattern", found=doc.pattern, why=fault.what)


def _choices(of: Any) -> dict[str, Label] | None:
    if isinstance(of, list):
        return {name: label_of(None, name) for name in of}
    if isinstance(of, dict):
        return {name: label_of(doc.label if isinstance(doc, ChoiceDoc) else doc, name) for name, doc in of.items()}
    return None


def _event(name: str, doc: EventDoc, workflow: WorkflowDoc, findings: Findings) -> Event:
    loc: Loc = ("events", name)
    sources = as_many(doc.source)
    if sources == ("any",):
        sources = tuple(state for state, value in workflow.states.items() if not (value and value.final))
    if doc.source is not None and not sources:
        findings.add((*loc, "from"), "from-nothing", at_key=True, event=name)
    for key, names in (
        ("from", sources),
        ("by", as_many(doc.by)),
        ("needs", doc.needs),
        ("takes", doc.takes),
        ("erase", doc.erase),
    ):
        findings.once((*loc, key), names)
    return Event(
        name=name,
        label=label_of(doc.label, name),
        sources=sources,
        target=doc.to,
        by=as_many(doc.by),
        needs=tuple(doc.needs),
        takes=tuple(doc.takes),
        has=tuple(doc.has),
        settings=settings_of(doc.set, (*loc, "set"), findings),
        guards=_guards(doc, workflow, loc, findings),
        calls=calls_of(doc.do, (*loc, "do"), findings),
        starts=starts_of(doc.start, (*loc, "start"), findings),
        waits_for=as_many(doc.waits_for),
        fires=fires_of(doc.fire, (*loc, "fire"), findings),
        confidential=tuple(sorted(set(doc.confidential))) if doc.confidential is not None else None,
        extends=doc.extend,
        erases=tuple(doc.erase),
    )


def _guards(doc: EventDoc, workflow: WorkflowDoc, loc: Loc, findings: Findings) -> tuple[Guard, ...]:
    """The conditions of an event; those that are named stand among ``conditions``."""
    guards = []
    for index, item in enumerate(doc.when):
        if not isinstance(item, str):
            guards.append(Guard(item.check, label_of(item.otherwise, item.check), (*loc, "when", index)))
        elif item in workflow.conditions:
            named = workflow.conditions[item]
            guards.append(Guard(named.check, label_of(named.otherwise, item), ("conditions", item)))
        else:
            findings.unknown((*loc, "when", index), "condition", item, list(workflow.conditions))
    return tuple(guards)
