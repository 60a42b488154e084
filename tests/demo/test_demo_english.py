"""The demonstration in English: from the launch to the last recorded closing, with the figures of its own extract."""

from typing import NamedTuple

import pytest

from duban.app import Engine
from duban.demo.columns import WIDTH, width
from duban.demo.folder import DemoFolder
from duban.demo.play import Demonstration, Played

OFFICE = "office-coordination-1"


class Page:
    """Keeps the lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.remarks = 0

    def line(self, words: str = "") -> None:
        self.lines.append(words)

    def progress(self, words: str) -> None:
        self.remarks += bool(words)


class Shown(NamedTuple):
    played: Played
    page: Page


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    page = Page()
    folder = DemoFolder(tmp_path_factory.mktemp("demo") / "duban-demo")
    return Shown(Demonstration(folder, page, "en").play(), page)


def test_all_requests_are_imported_and_driven_to_their_recorded_end(shown: Shown) -> None:
    report = shown.played.imported

    assert (report.read, report.imported, report.rejected, report.stopped) == (282, 282, 0, 0)
    with Engine(shown.played.url) as engine:
        states: dict[str, int] = {}
        for tally in engine.stats(by=OFFICE):
            if tally.workflow == "issue":
                states[tally.state] = states.get(tally.state, 0) + tally.count
    assert states == {"closed": 242, "rejected": 9, "assigned": 16, "suspended": 15}


def test_the_campaign_runs_through_its_phases_with_its_tasks(shown: Shown) -> None:
    with Engine(shown.played.url) as engine:
        (campaign,) = engine.find("campaign", by=OFFICE)
        rows = engine.history(campaign.ref, by=OFFICE)
        tasks = {case.state for case in engine.find("task", by=OFFICE, limit=200)}

    assert campaign.state == "inspection"
    moved = [(row.to_state, row.at.date().isoformat()) for row in rows if row.from_state != row.to_state]
    assert moved == [("mobilization", "2020-11-19"), ("rectification", "2020-11-21"), ("inspection", "2021-02-10")]
    assert tasks == {"planned", "in_progress", "reported_done", "confirmed"}


def test_the_record_holds(shown: Shown) -> None:
    assert shown.played.broken == 0
    assert shown.played.cases > 282 + 81


def test_open_issues_climb_and_one_comes_back_and_is_closed_again(shown: Shown) -> None:
    with Engine(shown.played.url) as engine:
        assigned = engine.find("issue", by=OFFICE, state="assigned", limit=100)
        returned = [
            case
            for case in engine.find("issue", by=OFFICE, state="closed", limit=1000)
            if any(row.event == "reopen" for row in engine.history(case.ref, by=OFFICE))
        ]

    assert {case.level for case in assigned} == {4}
    assert len(returned) == 1


def test_the_page_fits_eighty_columns_and_names_its_source_and_what_is_invented(shown: Shown) -> None:
    text = "\n".join(shown.page.lines)

    # A command holds the folder's name, which is as long as it is.
    assert [line for line in shown.page.lines if width(line) > WIDTH and "sqlite:///" not in line] == []
    assert "City of Los Angeles, MyLA311 Service Request Data 2020" in text
    assert "Invented by this demonstration" in text
    assert "Open and overdue: 31 issues" in text
    assert "every history holds" in text
    assert shown.page.remarks > 0


def test_the_weeks_tell_how_the_issues_went(shown: Shown) -> None:
    first, last = shown.played.weeks[0], shown.played.weeks[-1]

    assert first["day"] == "2020-11-27"
    assert first["reported"] == last["reported"] == 282
    assert (last["closed"], last["open"]) == (251, 31)
    assert all(week["closed"] + week["open"] == week["reported"] for week in shown.played.weeks)
