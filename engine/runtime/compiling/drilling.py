"""From a number of a snapshot to the cases that it was counted from. Pure: it reads the snapshot alone."""

from collections.abc import Mapping
from typing import Any

from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label

Document = Mapping[str, Any]


@frozen
class Behind:
    """What stands behind a number: its cell, the cases that count, and of a share those that hold."""

    label: Label
    kind: str
    cell: Any
    cases: tuple[str, ...]
    holding: tuple[str, ...] = ()


def behind(document: Document, place: str) -> Behind | None:
    """What stands behind a place: ``FIGURE``, ``TABLE``, ``TABLE/ROW/COLUMN``; None where there is no such place."""
    name, _, rest = place.partition("/")
    if not rest:
        figure = next((one for one in document["figures"] if one["name"] == name), None)
        return _figure(figure) if figure is not None else _whole(document, name)
    key, _, column = rest.rpartition("/")
    table = next((one for one in document["tables"] if one["name"] == name), None)
    columns = [one["name"] for one in table["columns"]] if table is not None else []
    row = next((one for one in table["rows"] if one["key"] == key), None) if table is not None else None
    if table is None or row is None or column not in columns:
        return None
    index = columns.index(column)
    told = table["columns"][index]
    label = Label(*(f"{table['label'][lang]} / {key} / {told['label'][lang]}" for lang in ("en", "zh")))
    return Behind(label, told["kind"], row["cells"][index], tuple(row["cases"][index]), tuple(row["holding"][index]))


def places(document: Document) -> list[str]:
    """Every place behind which cases stand."""
    found = [one["name"] for one in document["figures"]]
    found += [one["name"] for one in document["tables"] if "workflow" in one]
    for table in document["tables"]:
        numbers = [one["name"] for one in table["columns"] if one["kind"] in ("share", "count", "duration", "points")]
        found += [f"{table['name']}/{row['key']}/{name}" for row in table["rows"] for name in numbers]
    return found


def _whole(document: Document, name: str) -> Behind | None:
    """All cases of a table of cases."""
    table = next((one for one in document["tables"] if one["name"] == name and "workflow" in one), None)
    if table is None:
        return None
    cases = tuple(row["key"] for row in table["rows"])
    return Behind(Label(table["label"]["en"], table["label"]["zh"]), "count", len(cases), cases)


def _figure(one: Document) -> Behind:
    label = Label(one["label"]["en"], one["label"]["zh"])
    cases, holding = tuple(one["cases"]), tuple(one["holding"])
    if one["measure"] == "share":
        share = {"numerator": one["numerator"], "denominator": one["denominator"], "n": one["n"]}
        return Behind(label, "share", share, cases, holding)
    if one["measure"] == "count":
        return Behind(label, "count", one["numerator"], cases)
    return Behind(label, "duration", None if one["value"] is None else {"minutes": one["value"]}, cases)
