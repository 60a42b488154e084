"""From a workflow document to the frozen definition that the runtime uses."""

from collections.abc import Mapping
from typing import Any

from duban.engine.definition.documents import (
    Bilingual,
    ChoiceDoc,
    DeadlineDoc,
    EventDoc,
    FieldDoc,
    LabelDoc,
    WorkflowDoc,
)
from duban.engine.definition.findings import Findings, Loc
from duban.engine.definition.ladder import steps_of
from duban.engine.definition.parts import as_many, calls_of, settings_of, starts_of
from duban.engine.definition.values import MAX_TEXT
from duban.engine.guards.patterns import fits
from duban.engine.model.definition import (
    Deadline,
    Event,
    Field,
    FieldKind,
    FireParent,
    Guard,
    State,
    Table,
    Workflow,
)
from duban.engine.model.label import Label
from duban.engine.ports.guards import GuardFault

LIST_ITEMS: tuple[FieldKind, ...] = ("text", "number", "boolean", "date", "unit", "post", "case")


def label_of(doc: LabelDoc | None, name: str) -> Label:
    """The declared label, or the name itself in plain words."""
    if doc is None:
        words = name.replace("_", " ").replace("-", " ")
        return Label(words[:1].upper() + words[1:], words)
    if isinstance(doc, Bilingual):
        return Label(doc.en, doc.zh)
    return Label(doc, doc)


def build(doc: WorkflowDoc, digest: str, findings: Findings) -> Workflow:
    """Build the definition; what cannot be built is noted in ``findings`` and left out."""
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
        deadlines={name: _deadline(name, deadline, findings) for name, deadline in doc.deadlines.items()},
        hash=digest,
        confidential=tuple(sorted(set(doc.confidential))),
        follow=tuple(doc.follow.shows) if doc.follow is not None else None,
    )


def _field(name: str, doc: FieldDoc, findings: Findings) -> Field:
    loc: Loc = ("fields", name)
    kind: FieldKind = doc.type
    choices = _choices(doc.of) if kind == "choice" else None
    if kind == "choice" and not choices:
        findings.add((*loc, "of"), "no-choices", name=name)
    if isinstance(doc.of, list):
        findings.once((*loc, "of"), doc.of)
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
    )


_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "max": ("text", "number"),
    "min": ("number",),
    "whole": ("number",),
    "pattern": ("text",),
    "of": ("choice", "list"),
    "workflow": ("case",),
}


def _limits(doc: FieldDoc, loc: Loc, findings: Findings) -> None:
    if doc.min is not None and doc.max is not None and doc.min > doc.max:
        findings.add((*loc, "max"), "limits", min=doc.min, max=doc.max)
    if doc.type == "text" and doc.max is not None and (doc.max != int(doc.max) or not 1 <= doc.max <= MAX_TEXT):
        findings.add((*loc, "max"), "text-limit", found=doc.max, limit=MAX_TEXT)
    if doc.pattern is not None:
        try:
            fits(doc.pattern, "")
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
    for key, names in (("from", sources), ("by", as_many(doc.by)), ("needs", doc.needs), ("takes", doc.takes)):
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
        guards=tuple(Guard(guard.check, label_of(guard.otherwise, name)) for guard in doc.when),
        calls=calls_of(doc.do, (*loc, "do"), findings),
        starts=starts_of(doc.start, (*loc, "start"), findings),
        waits_for=as_many(doc.waits_for),
        fire_parent=FireParent(doc.fire.parent, doc.fire.optional, doc.fire.data) if doc.fire else None,
        confidential=tuple(sorted(set(doc.confidential))) if doc.confidential is not None else None,
        extends=doc.extend,
    )


def _deadline(name: str, doc: DeadlineDoc, findings: Findings) -> Deadline:
    loc: Loc = ("deadlines", name)
    findings.once((*loc, "runs_in"), doc.runs_in)
    findings.once((*loc, "restarts_on"), doc.restarts_on)
    table = None
    if isinstance(doc.within, dict):
        rows = {choice: value for choice, value in doc.within.items() if choice not in ("by", "else")}
        table = Table(doc.within.get("by", ""), rows, doc.within.get("else"))
        if not table.by:
            findings.add((*loc, "within"), "table-without-by", at_key=True)
    if (doc.within is None) == (doc.until is None):
        findings.add(loc, "limit-missing", at_key=True, name=name)
    return Deadline(
        name=name,
        label=label_of(doc.label, name),
        runs_in=frozenset(doc.runs_in),
        within=doc.within if isinstance(doc.within, str) else None,
        table=table,
        until=doc.until,
        restarts_on=frozenset(doc.restarts_on),
        steps=steps_of(doc.ladder, (*loc, "ladder"), findings),
    )
