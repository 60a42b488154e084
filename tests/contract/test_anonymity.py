"""Over the whole database: entering a sheet changes one row of sheets and nothing else, and no order is left in it."""

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from tests.engine.definition.broken_packs import PACKS
from tests.postgres import as_host

import duban
from duban.engine.model.survey import Sheet
from duban.persistence.tables import metadata
from duban.testing import FrozenClock

BEGINNING = "2020-12-01T09:30:00+08:00"
SHEETS = [
    Sheet("north", {"knows": knows, "helped": helped, "gave": gave, "grade": grade})
    for knows in ("yes", "no") for helped in ("yes", "no") for gave in ("time", "nothing") for grade in ("1", "5")
][:12]  # fmt: skip

Dump = dict[str, list[dict[str, Any]]]


def dump(url: str) -> Dump:
    """Every row of every table, as the database gives it: in the order in which it lies there."""
    engine = create_engine(as_host(url))
    try:
        with engine.connect() as connection:
            found = {name: connection.execute(text(f"SELECT * FROM {name}")).mappings() for name in metadata.tables}
            return {name: [dict(row) for row in rows] for name, rows in found.items()}
    finally:
        engine.dispose()


def surveyed(url: str, sheets: Sequence[Sheet], each: Callable[[str], None] = lambda _ref: None) -> str:
    """A survey of twelve interviews in one community, after each of which a sheet is entered; its reference."""
    clock = FrozenClock(BEGINNING)
    with duban.Engine(url, pack=PACKS / "surveyed", clock=clock, evidence=Path("unused")) as engine:
        engine.migrate()
        survey = engine.start("poll", by="asker", data={"title": "x", "households": 18}).ref
        engine.sample_survey(survey, by="asker", seed="1")
        doors = [one for one in engine.find("door", by="asker", limit=100) if one.data["community"] == "north"]
        for number, sheet in enumerate(sheets):
            clock.advance("1 working day")
            engine.fire(doors[number].ref, "ask", by="asker")
            each(survey)
            taken = engine.answer_survey(survey, [sheet], by=("asker", "lead")[number % 2], key=f"slip-{number}")
            assert (taken.taken, taken.rejected) == (1, ())
            each(survey)
    return survey


def test_a_sheet_changes_the_pile_of_its_community_and_no_other_table(shared_url: str) -> None:
    dumps: list[Dump] = []
    surveyed(shared_url, SHEETS, lambda _ref: dumps.append(dump(shared_url)))
    assert len(dumps) == 2 * len(SHEETS)
    for before, after in zip(dumps[::2], dumps[1::2], strict=True):
        changed = {name for name in before if before[name] != after[name]}
        assert changed == {"duban_answers", "duban_answer_keys"}
        assert len(after["duban_answers"]) == 1


def test_nothing_in_the_sheets_names_a_household_a_time_or_a_person(shared_url: str) -> None:
    surveyed(shared_url, SHEETS)
    found = dump(shared_url)
    (row,) = found["duban_answers"]
    assert set(row) == {"case_id", "community", "sheets"}
    (survey,) = [case for case in found["duban_cases"] if case["workflow"] == "poll"]
    assert row["case_id"] == survey["id"]
    allowed = {"yes", "no", "time", "nothing", "1", "5", "knows", "helped", "gave", "grade"}
    for answers, count in json.loads(row["sheets"]):
        assert set(answers) | set(answers.values()) <= allowed
        assert count == 1
    assert all(set(key) == {"case_id", "digest"} for key in found["duban_answer_keys"])
    where_they_belong = ("duban_answers", "duban_survey_plans", "duban_definitions")
    outside = json.dumps({name: rows for name, rows in found.items() if name not in where_they_belong}, default=str)
    assert not any(word in outside for word in ("knows", "helped", "grade"))


def test_the_rows_lie_the_same_in_whatever_order_the_sheets_came(
    request: pytest.FixtureRequest, url_of: Callable[[str], str], shared_url: str
) -> None:
    """The same households on the same days, the sheets in two orders: nothing tells which came when."""
    held = []
    kind = "postgresql" if shared_url.startswith("postgresql") else "sqlite"
    for seed in (1, 2):
        url = shared_url if seed == 1 else url_of(kind)
        sheets = list(SHEETS)
        random.Random(seed).shuffle(sheets)
        surveyed(url, sheets)
        held.append([(row["community"], row["sheets"]) for row in dump(url)["duban_answers"]])
    assert held[0] == held[1]
