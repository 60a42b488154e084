"""The parts that events and ladder steps share: actions, settings, cases to start."""

from collections.abc import Mapping
from typing import Any, Literal

from duban.engine.definition.findings import Findings, Loc
from duban.engine.definition.shared_documents import (
    Bilingual,
    EntriesDoc,
    FireDoc,
    Fires,
    LabelDoc,
    SourceDoc,
    StartDoc,
    Starts,
)
from duban.engine.model.definition import Call, Entry, Fire, Setting, Source, Start, Table
from duban.engine.model.label import Label


def label_of(doc: LabelDoc | None, name: str) -> Label:
    """The declared label, or the name itself in plain words."""
    if doc is None:
        words = name.replace("_", " ").replace("-", " ")
        return Label(words[:1].upper() + words[1:], words)
    if isinstance(doc, Bilingual):
        return Label(doc.en, doc.zh)
    return Label(doc, doc)


def as_many(value: str | list[str] | None) -> tuple[str, ...]:
    """One name or several, as a tuple."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def calls_of(doc: list[dict[str, dict[str, Any] | None]], loc: Loc, findings: Findings) -> tuple[Call, ...]:
    """``do``: a list of ``{action: {parameters}}``, one action each."""
    calls = []
    for index, item in enumerate(doc):
        if len(item) != 1:
            findings.add((*loc, index), "one-action-each", count=len(item), names=sorted(item) or None)
            continue
        ((name, params),) = item.items()
        calls.append(Call(name, params or {}))
    return tuple(calls)


def settings_of(doc: Mapping[str, Any], loc: Loc, findings: Findings) -> tuple[Setting, ...]:
    """``set``: a literal, a table ``{by: FIELD, CHOICE: VALUE, else: VALUE}``, ``{cel: …}`` or ``{latest: COUNT}``."""
    settings = []
    for name, value in doc.items():
        if not isinstance(value, dict):
            settings.append(Setting(name, value=value))
        elif set(value) == {"cel"} and isinstance(value["cel"], str):
            settings.append(Setting(name, expression=value["cel"]))
        elif set(value) == {"latest"} and isinstance(value["latest"], str):
            settings.append(Setting(name, latest=value["latest"]))
        elif isinstance(value.get("by"), str):
            rows = {choice: item for choice, item in value.items() if choice not in ("by", "else")}
            settings.append(Setting(name, table=Table(value["by"], rows, value.get("else"))))
        else:
            findings.add((*loc, name), "setting-shape", name=name)
    return tuple(settings)


def starts_of(doc: Starts | None, loc: Loc, findings: Findings) -> tuple[Start, ...]:
    """``start``: a workflow, or a list of workflows and of ``{workflow, event, each, where, with}``."""
    if doc is None:
        return ()
    items = [doc] if isinstance(doc, str) else doc
    return tuple(
        Start(item) if isinstance(item, str) else _start(item, (*loc, index), findings)
        for index, item in enumerate(items)
    )


def _start(doc: StartDoc, loc: Loc, findings: Findings) -> Start:
    entries = None
    if isinstance(doc.each, EntriesDoc):
        entries = tuple(
            Entry(key, _label(value.get("label"), key), {n: v for n, v in value.items() if n != "label"})
            for key, value in doc.each.entries.items()
        )
    data = {}
    for name, source in (doc.data or {}).items():
        data[name] = _source(source)
        if isinstance(source, str):
            _check_item(source, data[name], doc.each, entries or (), (*loc, "with", name), findings)
    for attribute in doc.where or {}:
        if entries is None:
            findings.add((*loc, "where", attribute), "where-without-entries", at_key=True)
        else:
            _check_attribute(attribute, entries, (*loc, "where", attribute), findings, at_key=True)
    return Start(
        workflow=doc.workflow,
        event=doc.event,
        each_field=doc.each if isinstance(doc.each, str) else None,
        each_entry=entries,
        where=doc.where,
        data=data or None,
        when=doc.when,
    )


def fires_of(doc: Fires | None, loc: Loc, findings: Findings) -> tuple[Fire, ...]:
    """``fire``: one, or a list, of ``{parent, …}``, ``{event, field, …}`` and ``{event, workflow, field, …}``."""
    if doc is None:
        return ()
    if isinstance(doc, FireDoc):
        return _fire(doc, loc, findings)
    return tuple(fire for index, item in enumerate(doc) for fire in _fire(item, (*loc, index), findings))


def _fire(doc: FireDoc, loc: Loc, findings: Findings) -> tuple[Fire, ...]:
    if doc.parent is not None and doc.event is None and doc.field is None and doc.workflow is None:
        return (Fire("parent", doc.parent, optional=doc.optional, data=doc.data),)
    if doc.parent is None and doc.event is not None and doc.workflow is not None and doc.field is None:
        return (Fire("children", doc.event, None, doc.workflow, doc.optional, doc.data),)
    if doc.parent is None and doc.event is not None and doc.field is not None:
        on: Literal["case", "referring"] = "case" if doc.workflow is None else "referring"
        return (Fire(on, doc.event, doc.field, doc.workflow, doc.optional, doc.data),)
    findings.add(loc, "fire-shape", at_key=True)
    return ()


def _check_item(
    words: str, source: Source, each: Any, entries: tuple[Entry, ...], loc: Loc, findings: Findings
) -> None:
    if source.kind != "field" and each is None:
        findings.add(loc, "item-without-each", name=words)
    elif source.kind in ("label", "attribute") and isinstance(each, str):
        findings.add(loc, "item-without-entries", name=words)
    elif source.kind == "attribute":
        _check_attribute(source.name, entries, loc, findings)


def _check_attribute(
    name: str, entries: tuple[Entry, ...], loc: Loc, findings: Findings, *, at_key: bool = False
) -> None:
    known = sorted({attribute for entry in entries for attribute in entry.attributes})
    if entries and name not in known:
        findings.unknown(loc, "attribute", name, known, at_key=at_key)


def _label(value: Any, key: str) -> Label:
    if isinstance(value, dict):
        return Label(str(value.get("en", key)), str(value.get("zh", key)))
    return Label(str(value), str(value)) if value else Label(key, key)


def _source(doc: SourceDoc | str) -> Source:
    if isinstance(doc, SourceDoc):
        return Source("value", value=doc.value)
    if doc in ("item", "item.key"):
        return Source("item")
    if doc in ("item.label", "item.label.en", "item.label.zh"):
        return Source("label", "zh" if doc.endswith(".zh") else "en")
    if doc.startswith("item."):
        return Source("attribute", doc.removeprefix("item."))
    return Source("field", doc)
