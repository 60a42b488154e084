"""Writes the catalogue into a workflow, so that a stored definition stands by itself.

``of: catalogue.NAME`` becomes the choices, ``{by: F, from: catalogue.NAME.ATTRIBUTE}`` a table,
``each: catalogue.NAME`` the entries.
"""

from collections.abc import Mapping
from typing import Any

from duban.engine.definition.findings import Findings, Loc

Catalogues = Mapping[str, Mapping[str, Mapping[str, Any]]]


def expanded(plain: dict[str, Any], catalogues: Catalogues, findings: Findings) -> dict[str, Any]:
    """Return the document with every reference to a catalogue replaced by what it holds."""
    result = dict(plain)
    result["fields"] = {
        name: _field(field, catalogues, ("fields", name, "of"), findings)
        for name, field in (plain.get("fields") or {}).items()
    }
    result["events"] = {
        name: _event(event, catalogues, ("events", name), findings)
        for name, event in (plain.get("events") or {}).items()
    }
    result["deadlines"] = {
        name: _deadline(deadline, catalogues, ("deadlines", name), findings)
        for name, deadline in (plain.get("deadlines") or {}).items()
    }
    result["counts"] = {
        name: {**count, "ladder": _ladder(count, catalogues, ("counts", name), findings)}
        for name, count in (plain.get("counts") or {}).items()
    }
    if "counts" not in plain:
        del result["counts"]
    return result


def expanded_cadences(plain: dict[str, Any], catalogues: Catalogues, findings: Findings) -> dict[str, Any]:
    """Return cadences.yaml with every reference to a catalogue replaced by what it holds."""
    cadences = {
        name: _with_starts(cadence, catalogues, ("cadences", name), findings)
        for name, cadence in (plain.get("cadences") or {}).items()
    }
    return {**plain, "cadences": cadences}


def _field(field: dict[str, Any], catalogues: Catalogues, loc: Loc, findings: Findings) -> dict[str, Any]:
    name = _reference(field.get("of"))
    if name is None:
        return field
    catalogue = _find(name, catalogues, loc, findings)
    return {**field, "of": {key: {"label": _label(entry, key)} for key, entry in catalogue.items()}}


def _event(event: dict[str, Any], catalogues: Catalogues, loc: Loc, findings: Findings) -> dict[str, Any]:
    result = dict(event)
    if isinstance(event.get("set"), dict):
        result["set"] = {
            name: _table(value, catalogues, (*loc, "set", name, "from"), findings)
            for name, value in event["set"].items()
        }
    return _with_starts(result, catalogues, loc, findings)


def _deadline(deadline: dict[str, Any], catalogues: Catalogues, loc: Loc, findings: Findings) -> dict[str, Any]:
    steps = _ladder(deadline, catalogues, loc, findings)
    within = _within(deadline.get("within"), catalogues, (*loc, "within"), findings)
    return {**deadline, "ladder": steps} | ({"within": within} if within is not None else {})


def _within(value: Any, catalogues: Catalogues, loc: Loc, findings: Findings) -> Any:
    """A limit; of a table, and of the tables in its rows, what a catalogue gives."""
    if not isinstance(value, dict):
        return value
    written = {key: _within(item, catalogues, (*loc, key), findings) for key, item in value.items()}
    within = _table(written, catalogues, (*loc, "from"), findings)
    for key in set(within) - set(written):
        if not isinstance(within[key], str):
            findings.add((*loc, "from"), "attribute-no-text", name=key, found=str(within[key])[:40])
    return within


def _ladder(holder: dict[str, Any], catalogues: Catalogues, loc: Loc, findings: Findings) -> list[dict[str, Any]]:
    return [
        _with_starts(step, catalogues, (*loc, "ladder", index), findings)
        for index, step in enumerate(holder.get("ladder") or [])
    ]


def _table(value: Any, catalogues: Catalogues, loc: Loc, findings: Findings) -> Any:
    name = _reference(value.get("from")) if isinstance(value, dict) else None
    if name is None:
        return value
    catalogue, _, attribute = name.partition(".")
    entries = _find(catalogue, catalogues, loc, findings)
    rows = {key: entry[attribute] for key, entry in entries.items() if entry.get(attribute) is not None}
    if entries and not rows:
        findings.unknown(loc, "attribute", attribute, sorted({a for e in entries.values() for a in e} - {"label"}))
    return {key: item for key, item in value.items() if key != "from"} | rows


def _with_starts(holder: dict[str, Any], catalogues: Catalogues, loc: Loc, findings: Findings) -> dict[str, Any]:
    starts = holder.get("start")
    if not isinstance(starts, list):
        return holder
    done = []
    for index, start in enumerate(starts):
        name = _reference(start.get("each")) if isinstance(start, dict) else None
        if name is not None:
            entries = _find(name, catalogues, (*loc, "start", index, "each"), findings)
            start = {**start, "each": {"entries": {key: dict(entry) for key, entry in entries.items()}}}
        done.append(start)
    return {**holder, "start": done}


def _reference(value: Any) -> str | None:
    if isinstance(value, str) and value.startswith("catalogue."):
        return value.removeprefix("catalogue.")
    return None


def _find(name: str, catalogues: Catalogues, loc: Loc, findings: Findings) -> Mapping[str, Mapping[str, Any]]:
    if name not in catalogues:
        findings.unknown(loc, "catalogue", name, sorted(catalogues))
        return {}
    return catalogues[name]


def _label(entry: Mapping[str, Any], key: str) -> Any:
    return entry.get("label") or key
