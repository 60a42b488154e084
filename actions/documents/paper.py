"""The model of a paper: what its material says, told in one language, as templates and workbooks take it.

Everything that a template sees is text, a list or a mapping of these: no template works out a figure, and no words
of others are ever looked at for tags again.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from duban.actions.documents.inert import inert
from duban.actions.documents.snapshot import Cell, Chart, Snapshot, Table, read_snapshot
from duban.actions.documents.telling import Teller
from duban.engine.model.document import BUILT_IN, Material
from duban.engine.model.frozen import frozen

_PADDING: Final = 1.0
_EMS: Final = {5: 37.0, 8: 42.0, 10_000: 52.0}
"""How many Chinese characters stand beside each other on the page, by the most columns that are set in that size."""

_BLANK: Final = "　"
"""In the place of a number that is not given yet."""

NUMERIC: Final = frozenset({"count", "share", "duration", "rank", "points"})
VARIABLES: Final = frozenset(
    "lang document number year date draft signed case words fields labels happened dues period edition as_of figures "
    "tables charts corrects".split()
)
"""The names that every template can use; without a snapshot, what it would hold is empty."""


@frozen
class Paper:
    """One paper in one language. ``told`` is what templates see; ``at`` is the day that files bear (aware)."""

    name: str
    lang: str
    stem: str
    title: str
    at: datetime
    told: Mapping[str, Any]
    snapshot: Snapshot | None
    teller: Teller


def paper_of(material: Material, lang: str) -> Paper:
    """Work out the paper.

    Raises:
        DocumentError: its snapshot is none.
    """
    teller = Teller(material.organization, lang)
    document, case = material.document, material.case
    snapshot = read_snapshot(material.snapshot, case.ref) if material.snapshot is not None else None
    dates = [material.happened[name].at for name in document.dated if name in material.happened]
    draft = bool(document.dated) and not dates
    at = max(dates, default=snapshot.as_of if snapshot is not None else case.updated_at)
    fields = _fields(material, teller)
    held = _placeholders(material, teller, snapshot, at) | {"date": "" if draft else teller.day_of(at)}
    if draft:
        held["number"] = _BLANK
    number = inert(document.number.text(lang).format_map({**fields, **held})) if document.number else ""
    held = {**fields, **held, "number": held["number"]}
    words = {name: inert(label.text(lang).format_map(held)) for name, label in document.words.items()}
    signer = material.happened.get(document.signed or "")
    told: dict[str, Any] = {
        "lang": lang,
        "document": {"name": document.name, "label": inert(document.label.text(lang))},
        "number": number,
        "year": held["year"],
        "date": held["date"],
        "draft": draft,
        "signed": teller.post(signer.post) if signer is not None else "",
        "case": {
            "ref": case.ref, "workflow": inert(material.workflow.label.text(lang)), "state": held["state"],
            "unit": teller.unit(case.unit), "level": str(case.level), "due": held["due"], "follow": held["follow"],
            "opened": teller.day_of(case.opened_at), "parent": case.parent or "",
        },
        "words": words,
        "fields": fields,
        "labels": {name: inert(field.label.text(lang)) for name, field in material.workflow.fields.items()},
        "happened": _happened(material, teller),
        "dues": {
            name: teller.moment(material.dues[name]) if name in material.dues else ""
            for name in material.workflow.deadlines
        },
        "period": {"name": held["period"], "start": held["period_start"], "end": held["period_end"]},
        "edition": held["edition"],
        "as_of": teller.moment(snapshot.as_of) if snapshot is not None else "",
        "figures": [_figure(one, teller) for one in snapshot.figures] if snapshot is not None else [],
        "tables": [_table(one, teller) for one in snapshot.tables] if snapshot is not None else [],
        "charts": [_chart(one, teller) for one in snapshot.charts] if snapshot is not None else [],
        "corrects": _corrects(snapshot, teller) if snapshot is not None else None,
    }  # fmt: skip
    stem = f"{case.ref}-{document.name}.{lang}"
    title = words.get("title") or told["document"]["label"]
    return Paper(document.name, lang, stem, title, at, told, snapshot, teller)


def _fields(material: Material, teller: Teller) -> dict[str, str]:
    fields, data = material.workflow.fields, material.case.data
    return {name: teller.value(field, data.get(name)) for name, field in fields.items()}


def _placeholders(material: Material, teller: Teller, snapshot: Snapshot | None, at: datetime) -> dict[str, str]:
    """What the built-in placeholders stand for; a field ``number`` of the case comes before the reference's."""
    case, workflow = material.case, material.workflow
    counted = case.data.get("number")
    plain = str(counted) if counted is not None else case.ref.rpartition("-")[2].lstrip("0")
    if counted is None and "number" in workflow.fields:
        plain = _BLANK  # the office gives numbers itself, and has not given this one yet
    edition = snapshot.edition if snapshot is not None else case.data.get("edition")
    state = workflow.states.get(case.state)
    held = {
        "number": inert(plain),
        "year": str(teller.local(at).year),
        "ref": case.ref,
        "date": "",
        "state": inert(state.label.text(teller.lang) if state is not None else case.state),
        "due": teller.moment(case.due_at) if case.due_at is not None else "",
        "follow": case.follow or "",
        "period": teller.period(snapshot.period) if snapshot is not None else "",
        "period_start": teller.day_of(snapshot.start) if snapshot is not None else "",
        "period_end": "",
        "edition": str(edition) if edition is not None else "",
    }
    if snapshot is not None:
        # The end is the first moment that no longer belongs to the period.
        held["period_end"] = teller.day_of(snapshot.end - timedelta(seconds=1))
    assert set(held) == set(BUILT_IN)
    return held


def _happened(material: Material, teller: Teller) -> dict[str, dict[str, str]]:
    told = {}
    for name in material.workflow.events:
        one = material.happened.get(name)
        told[name] = {
            "date": teller.day_of(one.at) if one else "",
            "moment": teller.moment(one.at) if one else "",
            "post": teller.post(one.post) if one else "",
            "unit": teller.post_unit(one.post) if one else "",
        }
    return told


def told_cell(kind: str, cell: Cell, teller: Teller) -> str:
    """A cell of a table in words; what is not there is a dash, so that no field looks forgotten."""
    if cell is None or (kind == "duration" and cell["minutes"] is None):
        return "—"
    if kind == "label":
        return teller.label(cell)
    if kind == "share":
        return teller.share(cell["numerator"] or 0, cell["denominator"] or 0)
    if kind == "points":
        return teller.points(cell["numerator"], cell["denominator"])
    if kind == "duration":
        return teller.minutes(cell["minutes"])
    if kind == "instant":
        return f"{teller.local(datetime.fromisoformat(cell)):%Y-%m-%d %H:%M}"
    return inert(cell)


def told_figure(one: Mapping[str, Any], teller: Teller) -> str:
    """What a figure came to, in words."""
    if one["measure"] == "share":
        return teller.share(one["numerator"] or 0, one["denominator"] or 0)
    if one["measure"] == "count":
        return str(one["numerator"] if one["numerator"] is not None else one["n"])
    if one["value"] is None:
        return "—"
    return teller.minutes(one["value"]) if "minutes" in str(one["unit"]) else str(one["value"])


def _figure(one: Mapping[str, Any], teller: Teller) -> dict[str, str]:
    return {
        "name": inert(one["name"]), "label": teller.label(one["label"]), "formula": teller.label(one["formula"]),
        "version": str(one["version"]), "value": told_figure(one, teller), "n": str(one["n"]),
    }  # fmt: skip


def _table(table: Table, teller: Teller) -> dict[str, Any]:
    rows = [
        [told_cell(column.kind, cell, teller) for column, cell in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]
    labels = [teller.label(column.label) for column in table.columns]
    widths = shares_of([labels, *rows], [column.kind in NUMERIC for column in table.columns])
    columns = [
        {"label": label, "number": column.kind in NUMERIC, "width": str(width)}
        for label, column, width in zip(labels, table.columns, widths, strict=True)
    ]
    notes = [*([] if rows else [teller.say("no-rows")]), *(teller.label(note) for note in table.notes)]
    label = teller.label(table.label)
    return {"name": inert(table.name), "label": label, "columns": columns, "rows": rows, "notes": notes}


def shares_of(rows: list[list[str]], firm: Sequence[bool]) -> list[int]:
    """How wide the columns are, in per cent of the page: what cannot be broken first, the rest by how much is left to
    say. ``firm`` columns, such as numbers, are not to be broken; the first row, their headings, may be."""
    wanted = [max(ems(row[index]) for row in rows) + _PADDING for index in range(len(rows[0]))]
    least = [
        max((_longest if line == 0 or not firm[index] else ems)(row[index]) for line, row in enumerate(rows)) + _PADDING
        for index in range(len(wanted))
    ]
    total = _EMS[next(most for most in _EMS if len(wanted) <= most)]
    spare = max(total - sum(least), 0.0)
    more = [min(width, total) - held for width, held in zip(wanted, least, strict=True)]
    given = [held + spare * rest / (sum(more) or 1.0) for held, rest in zip(least, more, strict=True)]
    return [max(int(100 * width / sum(given)), 1) for width in given]


def ems(words: str) -> float:
    """About how wide words are, in Chinese characters."""
    return max((sum(1.0 if ord(one) > 0x2E7F else 0.56 for one in line) for line in words.split("\n")), default=0.0)


def _longest(words: str) -> float:
    """The same of the longest part that is not broken; longer ones are broken anyway."""
    return min(max((ems(part) for part in re.findall(r"[!-~]+", words)), default=min(ems(words), 4.0)), 9.0)


def _chart(chart: Chart, teller: Teller) -> dict[str, Any]:
    return {
        "name": inert(chart.name),
        "label": teller.label(chart.label),
        "columns": [
            {"label": label, "number": bool(label), "width": "50"}
            for label in ("", *(teller.label(one.label) for one in chart.series))
        ],
        "rows": [
            [teller.label(x), *(_point(one.points[index], teller) for one in chart.series)]
            for index, x in enumerate(chart.x)
        ],
        "notes": [],
    }


def _point(point: Cell, teller: Teller) -> str:
    return told_cell("share" if isinstance(point, dict) else "count", point, teller)


def _corrects(snapshot: Snapshot, teller: Teller) -> dict[str, Any] | None:
    one = snapshot.corrects
    if one is None:
        return None
    differences = [
        {
            "where": teller.label(each["where"]),
            **{key: told_cell(each.get("kind", "text"), each[key], teller) for key in ("was", "is")},
        }
        for each in one["differences"]
    ]
    return {"ref": inert(one["case"]), "digest": inert(one["digest"]), "differences": differences}


def every_word(told: Any) -> Iterator[str]:
    """All texts of a mapping or list, however deep."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, Mapping):
        for one in told.values():
            yield from every_word(one)
    elif isinstance(told, list | tuple):
        for one in told:
            yield from every_word(one)


def changed(told: Any, change: Any) -> Any:
    """The same structure with every text changed."""
    if isinstance(told, str):
        return change(told)
    if isinstance(told, Mapping):
        return {name: changed(one, change) for name, one in told.items()}
    if isinstance(told, list | tuple):
        return [changed(one, change) for one in told]
    return told
