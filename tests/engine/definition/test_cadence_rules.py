"""How the days and times of a cadence can be written, and what a pack makes of them."""

from datetime import time
from pathlib import Path

import pytest
from tests.engine.definition.broken_packs import PACKS, load, pack_with

from duban.engine.definition.cadence_rules import days_of, time_of
from duban.engine.definition.findings import Findings
from duban.engine.model.cadence import Days, Opening


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("working day", Days("working-day")),
        ("Working  Day", Days("working-day")),
        ("工作日", Days("working-day")),
        ("wednesday", Days("weekdays", (2,))),
        ("周三", Days("weekdays", (2,))),
        ("星期天", Days("weekdays", (6,))),
        (["friday", "Monday"], Days("weekdays", (0, 4))),
        (["周五", "周一"], Days("weekdays", (0, 4))),
        ("first working day of month", Days("first-working-day")),
        ("每月第一个工作日", Days("first-working-day")),
        ("day 31 of month", Days("day-of-month", day=31)),
        ("每月5日", Days("day-of-month", day=5)),
    ],
)
def test_days_are_read_in_english_and_chinese(words: str | list[str], days: Days) -> None:
    findings = Findings("cadences.yaml", None)
    assert days_of(words, ("on",), findings) == days
    assert findings.problems == []


@pytest.mark.parametrize("words", ["", "day 0 of month", "day 32 of month", "weekend", "周八", "last working day", "5"])
def test_other_words_are_refused(words: str) -> None:
    findings = Findings("cadences.yaml", None)
    assert days_of(words, ("on",), findings) is None
    assert [problem.key for problem in findings.problems] == ["finding.cadence-on"]


@pytest.mark.parametrize(
    ("words", "at"),
    [("09:00", time(9)), ("9:05", time(9, 5)), ("00:00", time()), ("23:59", time(23, 59)), ("9：30", time(9, 30))],
)
def test_times_of_day_are_hours_and_minutes(words: str, at: time) -> None:
    findings = Findings("cadences.yaml", None)
    assert (time_of(words, ("at",), findings), findings.problems) == (at, [])


@pytest.mark.parametrize("words", ["24:00", "9", "09:60", "09:00:00", "nine", ""])
def test_other_times_are_refused(words: str) -> None:
    findings = Findings("cadences.yaml", None)
    time_of(words, ("at",), findings)
    assert [problem.key for problem in findings.problems] == ["finding.cadence-at"]


def test_what_a_started_case_is_given_is_worked_out_when_the_pack_is_read() -> None:
    cadences = load(PACKS / "rich").cadences
    market = {"site": "market", "unit": "crew", "note": "big"}
    station = {"site": "station", "unit": "riverside", "note": "small"}
    assert cadences["rounds"].openings == (
        Opening("1.market", "watch", "plan", "scheduler", market, ("on",)),
        Opening("1.station", "watch", "plan", "scheduler", station, ("on",)),
    )
    assert [one.data for one in cadences["heavy"].openings] == [{"site": "market", "note": "look twice"}]
    assert cadences["review"].openings == (Opening("1", "part", "begin", "system", {"title": "review"}),)


def test_a_pack_without_the_file_has_no_cadences_and_one_without_any_neither(tmp_path: Path) -> None:
    assert load(PACKS / "sample").cadences == {}
    folder = pack_with(tmp_path, "cadences.yaml", "cadences: {}\n")
    assert load(folder).cadences == {}
