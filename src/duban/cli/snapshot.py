"""``duban snapshot``: the frozen figures and tables of a case, and the cases behind each number."""

from collections.abc import Mapping
from typing import Any

from duban.cli.kit.answer import Answer, Cell, Facts, Part, Table, Words, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.frozen import frozen_cell
from duban.cli.kit.options import Option
from duban.cli.options import REF
from duban.engine.errors import UsageError
from duban.engine.model.compilation import Snapshot
from duban.engine.model.hint import hint
from duban.engine.runtime.compiling.drilling import behind, places

CASES = Option(["--cases"], says="option.behind", metavar="PLACE")


def snapshot(desk: Desk, ref: str, cases: str | None) -> Answer:
    """Tell the snapshot of a case, or the cases that one of its numbers was counted from."""
    found = desk.engine.snapshot(ref, by=desk.by)
    if cases is not None:
        return _cases(desk, found, cases)
    document = found.document
    parts: list[Part] = [_head(desk, found)]
    parts += [_figures(desk, document["figures"])] if document["figures"] else []
    for table in document["tables"]:
        parts.append(_table(desk, table))
        parts += [Words([note[desk.lang] for note in table["notes"]])] if table["notes"] else []
    if document["corrects"] is not None:
        parts.append(_differences(desk, document["corrects"]))
    return Answer({**document, "digest": found.digest}, parts)


def _head(desk: Desk, found: Snapshot) -> Facts:
    document, lang = found.document, desk.lang
    period, corrects = document["period"], document["corrects"]
    told = {
        "compilation": f"{document['label'][lang]} ({document['compilation']} {document['version']})",
        "edition": str(document["edition"]),
        "unit": document["unit"]["label"][lang] if document["unit"] is not None else "",
        "period": period["name"],
        "as_of": frozen_cell(desk, "instant", document["as_of"]).shown,
        "corrects": corrects["case"] if corrects is not None else "",
        "hash": found.digest,
    }
    heads = desk.head(*told)
    return Facts([(name, heads[name], value) for name, value in told.items() if value], title=found.ref)


def _figures(desk: Desk, figures: list[Mapping[str, Any]]) -> Table:
    rows: list[list[Cell | str]] = []
    for one in figures:
        kind = {"share": "share", "count": "count"}.get(one["measure"], "duration")
        value = {"share": one, "count": one["numerator"]}.get(kind, {"minutes": one["value"]})
        value = None if value == {"minutes": None} else value
        rows.append(
            [
                Cell(one["name"], one["label"][desk.lang]),
                frozen_cell(desk, kind, value),
                cell(one["n"]),
                cell(one["version"]),
            ]
        )
    return Table(desk.head("figure", "value", "n", "version"), rows, title=desk.say("frozen-figures"))


def _table(desk: Desk, table: Mapping[str, Any]) -> Table:
    heads = {one["name"]: one["label"][desk.lang] for one in table["columns"]}
    kinds = [one["kind"] for one in table["columns"]]
    rows: list[list[Cell | str]] = [
        [frozen_cell(desk, kind, value) for kind, value in zip(kinds, row["cells"], strict=True)]
        for row in table["rows"]
    ]
    title = f"{table['label'][desk.lang]} ({table['name']})"
    return Table(heads, rows, title=title, empty=desk.say("no-rows"))


def _differences(desk: Desk, corrects: Mapping[str, Any]) -> Table:
    rows: list[list[Cell | str]] = [
        [
            Cell(one["where"]["en"], one["where"][desk.lang]),
            frozen_cell(desk, one["kind"], one["was"]),
            frozen_cell(desk, one["kind"], one["is"]),
        ]
        for one in corrects["differences"]
    ]
    title = desk.say("differences", ref=corrects["case"])
    return Table(desk.head("where", "was", "is"), rows, title=title, empty=desk.say("no-differences"))


def _cases(desk: Desk, found: Snapshot, place: str) -> Answer:
    counted = behind(found.document, place.replace("-", "_") if "/" not in place else place)
    if counted is None:
        known = places(found.document)
        raise UsageError("no-place", found=place, known=known[:12], hint=hint(place, known))
    holding = frozenset(counted.holding)
    rows: list[list[Cell | str]] = []
    for ref in counted.cases:
        held = "yes" if ref in holding else "no"
        rows.append([ref, Cell(held, desk.say(held))])
    hidden = frozenset({"holds"}) if counted.kind != "share" else frozenset()
    title = counted.label.text(desk.lang)
    table = Table(desk.head("ref", "holds"), rows, title=title, empty=desk.say("no-cases-counted"), hidden=hidden)
    value = frozen_cell(desk, counted.kind, counted.cell)
    words = Words([desk.say("counted-here", value=value.shown, count=len(counted.cases), holding=len(holding))])
    document = {
        "place": place, "cell": counted.cell, "cases": list(counted.cases),
        "holding": list(counted.holding) if counted.kind == "share" else None,
    }  # fmt: skip
    return Answer(document, [table, words])


command = Command("snapshot", "command.snapshot", snapshot, [REF, CASES])
