"""What differs between two snapshots of the same compilation, each with its place in words. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from duban.engine.messages import text
from duban.engine.model.label import Label

Document = Mapping[str, Any]


def differences(was: Document, now: Document) -> list[dict[str, Any]]:
    """Every figure and every cell that is not the same, in the order of the later snapshot; rows that came or went."""
    found = list(_figures(was, now))
    before = {table["name"]: table for table in was["tables"]}
    for table in now["tables"]:
        if table["name"] in before:
            found += _tables(before[table["name"]], table)
    return found


def _figures(was: Document, now: Document) -> Iterator[dict[str, Any]]:
    before = {one["name"]: one for one in was["figures"]}
    for one in now["figures"]:
        other = before.get(one["name"])
        cells = (None if other is None else _cell(other), _cell(one))
        if cells[0] != cells[1]:
            yield _told(one["label"], _kind(one), *cells)


def _tables(was: Document, now: Document) -> Iterator[dict[str, Any]]:
    columns = {one["name"]: one for one in now["columns"]}
    names = {"was": [one["name"] for one in was["columns"]], "is": list(columns)}
    rows = {row["key"]: dict(zip(names["was"], row["cells"], strict=True)) for row in was["rows"]}
    for row in now["rows"]:
        cells = dict(zip(names["is"], row["cells"], strict=True))
        before = rows.pop(row["key"], None)
        if before is None:
            yield _told(_where("row", now, _title(row["key"], cells), None), "text", None, row["key"])
            continue
        for name, cell in cells.items():
            if before.get(name) != cell:
                where = _where("cell", now, _title(row["key"], cells), columns[name]["label"])
                yield _told(where, columns[name]["kind"], before.get(name), cell)
    for key, cells in rows.items():
        yield _told(_where("row", now, _title(key, cells), None), "text", key, None)


def _title(key: str, cells: Mapping[str, Any]) -> Label:
    subject = cells.get("subject")
    return Label(subject["en"], subject["zh"]) if isinstance(subject, Mapping) else Label(key, key)


def _where(key: str, table: Document, row: Label, column: Mapping[str, str] | None) -> dict[str, str]:
    return {
        lang: text(
            f"snapshot.where-{key}", lang, table=table["label"][lang], row=row, column=column[lang] if column else ""
        )
        for lang in ("en", "zh")
    }


def _told(where: Mapping[str, str], kind: str, was: Any, now: Any) -> dict[str, Any]:
    return {"where": dict(where), "kind": kind, "was": was, "is": now}


def _kind(figure: Document) -> str:
    return {"share": "share", "count": "count"}.get(figure["measure"], "duration")


def _cell(figure: Document) -> Any:
    """A figure as a cell of a table would tell it."""
    if figure["measure"] == "share":
        return {"numerator": figure["numerator"], "denominator": figure["denominator"], "n": figure["n"]}
    if figure["measure"] == "count":
        return figure["numerator"]
    return None if figure["value"] is None else {"minutes": figure["value"]}
