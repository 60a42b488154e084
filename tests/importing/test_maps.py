"""A map that does not fit its workflow is refused with its line, telling what was found and what is known."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.importing.conftest import MAP

from duban.app import Engine
from duban.engine.definition.mapping import load_map

Refuse = Callable[[str], list[tuple[int, int, str]]]

WRONG = [
    ("workflow", "import: issue", "import: isue", 1, "did you mean `issue`?"),
    ("unknown key", "register: requests", "registr: requests", 2, "did you mean `register`?"),
    ("register", "register: requests", "register: Our requests", 2, "not a possible name"),
    ("event", "event: report", "event: reprt", 4, "did you mean `report`?"),
    ("event that does not start", "event: report", "event: assign", 4, "does not start a case"),
    ("actor", "by: grid-worker", "by: grid-wrker", 5, "did you mean `grid-worker`?"),
    ("actor who may not", "by: grid-worker", "by: city-head", 5, "may not fire report"),
    ("zone", "timezone: Asia/Shanghai", "timezone: Asia/Shanghi", 6, "is not a time zone"),
    ("format", '"%Y-%m-%d %H:%M"', '"%Y-%m-%d %Q"', 6, "is not a format"),
    ("shift", 'from: "2020-01-01"', 'from: "1 January"', 6, "two dates"),
    ("field", "  title: {column: title}", "  titel: {column: title}", 9, "did you mean `title`?"),
    ("two sources", "{column: title}", "{column: title, value: x}", 9, "exactly one of"),
    ("no source", "{column: title}", "{}", 9, "exactly one of"),
    ("needed field", "  title: {column: title}\n", "", 8, "needs title"),
    ("choice", "Litter: litter,", "Litter: liter,", 10, "did you mean `litter`?"),
    ("field that is not taken", "fields:\n  title", "fields:\n  unit: {value: office}\n  title", 9, "not taken"),
    ("step", "Open: [assign]", "Open: [asign]", 13, "did you mean `assign`?"),
    ("course", "Open: [assign]", "Open: [rectify]", 13, "does not leave the state reported"),
    ("unit", "{value: city-management}", "{value: city-mangement}", 15, "did you mean `city-management`?"),
    ("role that may not", "by: {role: office}", "by: {role: handler}", 15, "may not fire assign"),
    ("role", "by: {role: office}", "by: {role: offce}", 15, "did you mean `office`?"),
    ("actor's shape", "by: {role: office}", "by: {role: office, column: kind}", 15, "an actor is"),
    ("template", '"{kind}: {status}"', '"{kind: {status}"', 19, "columns in braces"),
    ("evidence", "photo_after: row", "photo_after: photo", 20, "can only be `row`"),
    ("evidence field", "photo_after: row", "measures: row", 20, "not taken"),
    ("idle step", "[assign, rectify, verify, close]", "[assign, rectify, verify]", 22, "no course takes"),
    ("days of a text", "{column: title}", "{days: 3}", 9, "makes a date"),
    ("list for text", "key: number", "key: [number]", 3, "expected text"),
    ("no times", 'times: {format: "%Y-%m-%d %H:%M", timezone: Asia/Shanghai, shift: {from: "2020-01-01", to: '
     '"2020-11-25"}}\n', "", 10, "needs `times`"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "words"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_a_wrong_map_is_refused_with_its_line(old: str, new: str, line: int, words: str, refuse_map: Refuse) -> None:
    assert old in MAP

    problems = refuse_map(MAP.replace(old, new, 1))

    assert any(found == line and words in told for found, _, told in problems), problems


def test_everything_that_is_wrong_is_told_at_once(refuse_map: Refuse) -> None:
    wrong = MAP.replace("Litter: litter", "Litter: liter").replace("value: city-management", "value: nowhere")

    assert [line for line, _, _ in refuse_map(wrong)] == [10, 15]


def test_a_duplicate_key_of_a_map_is_refused_as_in_every_declared_file(refuse_map: Refuse) -> None:
    assert refuse_map(MAP + "key: other\n")[0][0] == 23


def test_the_map_of_the_pack_fits_the_pack(tmp_path: Path) -> None:
    with Engine(f"sqlite:///{tmp_path}/s.db", pack="civility") as engine:
        mapping = load_map(engine.pack.folder / "maps" / "myla311.yaml", engine.pack)

    assert mapping.workflow.name == "issue"
    assert {"srnumber", "requesttype", "status", "createddate", "closeddate"} <= set(mapping.columns)
