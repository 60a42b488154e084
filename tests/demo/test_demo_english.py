"""The demonstration in English: three months from the launch on, with the figures of its own extract."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from duban.app import Engine
from duban.demo.columns import WIDTH, width
from duban.demo.folder import DemoFolder
from duban.demo.play import Demonstration, Played
from duban.engine.errors import UnknownWorkflow
from duban.testing import FrozenClock

OFFICE = "office-coordination-1"
SECRETARY = "discipline-secretary"


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


@pytest.fixture(scope="module")
def store(shown: Shown) -> Iterator[Engine]:
    clock = FrozenClock("2021-02-19T18:00:00+08:00")
    with Engine(shown.played.url, clock=clock) as engine:
        yield engine


def _part(shown: Shown, number: int) -> str:
    """A numbered part of the page, its lines as one text."""
    heads = [index for index, line in enumerate(shown.page.lines) if line[:1].isdigit()]
    begins = next(index for index in heads if shown.page.lines[index].startswith(f"{number}  "))
    ends = next((index for index in heads if index > begins), None)
    return " ".join(" ".join(shown.page.lines[begins:ends]).split())


def _states(store: Engine, workflow: str, by: str = OFFICE, **data: str) -> Counter[str]:
    return Counter(case.state for case in store.find(workflow, by=by, data=data, limit=1000))


def test_all_requests_are_imported_and_driven_to_where_three_months_end(shown: Shown, store: Engine) -> None:
    report = shown.played.imported

    assert (report.read, report.imported, report.rejected, report.stopped) == (282, 282, 0, 0)
    assert shown.played.replayed.left == 22
    states = _states(store, "issue") - _states(store, "issue", channel="round")
    assert states == {"closed": 236, "rejected": 9, "assigned": 16, "suspended": 11, "accepted": 10}


def test_the_campaign_runs_through_its_phases_with_its_tasks(store: Engine) -> None:
    (campaign,) = store.find("campaign", by=OFFICE)
    rows = store.history(campaign.ref, by=OFFICE)

    assert campaign.state == "inspection"
    moved = [(row.to_state, row.at.date().isoformat()) for row in rows if row.from_state != row.to_state]
    assert moved == [("mobilization", "2020-11-19"), ("rectification", "2020-11-21"), ("inspection", "2021-02-10")]
    assert set(_states(store, "task")) == {"planned", "in_progress", "reported_done", "confirmed"}


def test_the_record_holds(shown: Shown) -> None:
    assert shown.played.broken == 0
    assert shown.played.cases > 1_500


def test_open_issues_climb_and_one_comes_back_and_is_closed_again(store: Engine) -> None:
    assigned = store.find("issue", by=OFFICE, state="assigned", limit=100)
    closed = store.find("issue", by=OFFICE, state="closed", limit=1000)
    reopened = [one for one in closed if any(row.event == "reopen" for row in store.history(one.ref, by=OFFICE))]

    assert {case.level for case in assigned} == {4}
    assert len(reopened) == 1


def test_rounds_reports_and_bulletins_are_done_by_the_calendar_and_told_in_numbers(shown: Shown, store: Engine) -> None:
    rounds, reports, bulletins = (_states(store, name) for name in ("round", "report", "bulletin"))
    figures = _part(shown, 6)

    assert (
        f"Daily rounds: {rounds.total()}; {rounds.total() - rounds['missed']} submitted, {rounds['missed']} missed"
        in figures
    )
    assert rounds["missed"] > 0
    assert rounds["planned"] == rounds["in_progress"] == 0
    late = Counter(one.data.get("lateness") for one in store.find("report", by=OFFICE, limit=1000))
    assert (
        f"Weekly reports: {reports.total()}; {late['in_time']} in time, {late['reminded']} after a reminder" in figures
    )
    assert late["late"] > 0
    issued = sum(bulletins[state] for state in ("issued", "responded", "archived"))
    assert f"Weekly bulletins: {bulletins.total()}; {issued} issued, 1 of them late" in figures
    assert "1 met with an objection" in figures


def test_supervision_orders_are_answered_and_accepted_some_only_after_a_second_reply(store: Engine) -> None:
    orders = list(store.find("supervision_order", by=OFFICE, limit=1000))
    events = [Counter(row.event for row in store.history(order.ref, by=OFFICE)) for order in orders]

    assert sum(order.state == "accepted" for order in orders) > len(orders) * 0.8
    assert any(one["insufficient"] == 1 and one["reply"] == 2 and one["accept"] == 1 for one in events)
    assert any(order.state == "issued" and order.level == 2 for order in orders)


def test_an_extension_and_a_return_are_granted_a_duplicate_is_merged_and_persuasion_is_heeded(
    shown: Shown, store: Engine
) -> None:
    granted = {case.data["kind"] for case in store.find("request", by=OFFICE, state="granted")}
    found = list(store.find("issue", by=OFFICE, data={"channel": "round"}))
    merged = [case for case in found if case.data.get("master")]

    assert granted == {"extension", "return"}
    assert {case.state for case in found} == {"closed"}
    assert [store.get(case.data["master"], by=OFFICE).data["extensions"] for case in merged] == [1]
    assert _states(store, "persuasion") == {"heeded": 1}
    for words in ("Extension granted", "Return granted", "Merged: ISS-", "Persuasion heeded"):
        assert words in _part(shown, 6)


def test_what_climbed_is_told_with_its_levels_its_order_and_the_reply(shown: Shown) -> None:
    climbed = _part(shown, 7)

    for words in ("level 1", "level 2", "level 3", "level 4", "Told in the bulletin", "Bulletins running"):
        assert words in climbed
    assert climbed.index("level 4") < climbed.index("Issue an order") < climbed.index("Insufficient")
    assert climbed.index("Insufficient") < climbed.index("Accept the reply")


def test_a_referral_is_decided_by_people_and_seen_by_nobody_else(shown: Shown, store: Engine) -> None:
    referral = _part(shown, 8)
    states = _states(store, "referral", by=SECRETARY)

    told = ["Propose", "Approve", "Transfer", "Register", "Hear the person", "Interview", "Conclude", "Feed back"]
    assert [referral.index(word) for word in told] == sorted(referral.index(word) for word in told)
    assert states["archived"] == 1
    assert states["declined"] > 0
    assert states["proposed"] > 0
    assert "whoever proposed it cannot decide on it" in referral
    assert "Nobody else sees it" in referral
    assert "(nothing: the office sees none" in referral
    with pytest.raises(UnknownWorkflow):
        store.find("referral", by=OFFICE, limit=1000)
    others = [_part(shown, number) for number in range(1, 13) if number != 8]
    assert [part for part in others if "REF-" in part] == []


def test_nothing_is_proposed_again_that_was_proposed_for_the_same_delay(store: Engine) -> None:
    parents = Counter(case.parent for case in store.find("referral", by=SECRETARY, limit=1000) if case.parent)

    assert set(parents.values()) == {1}


def test_an_issue_that_rounds_find_again_is_linked_to_the_one_before(shown: Shown, store: Engine) -> None:
    (again,) = [one for one in store.find("issue", by=OFFICE, data={"channel": "round"}) if one.data.get("recurs")]
    before = store.get(again.data["recurs"], by=OFFICE)

    assert (before.data["category"], before.data["site"]) == (again.data["category"], again.data["site"])
    assert f"linked it by itself to {before.ref}" in _part(shown, 9)


def test_the_page_fits_eighty_columns_and_names_its_source_and_what_is_invented(shown: Shown) -> None:
    text = " ".join(" ".join(shown.page.lines).split())

    # A command holds the folder's name, which is as long as it is.
    assert [line for line in shown.page.lines if width(line) > WIDTH and "sqlite:///" not in line] == []
    assert "City of Los Angeles, MyLA311 Service Request Data 2020" in text
    assert "Invented by this demonstration" in text
    assert "Open and overdue: 37 issues" in text
    assert "every history holds" in text
    assert shown.page.remarks > 0


def test_the_weeks_tell_how_the_issues_went(shown: Shown) -> None:
    first, last = shown.played.weeks[0], shown.played.weeks[-1]

    assert (first["day"], last["day"]) == ("2020-11-27", "2021-02-19")
    assert (last["reported"], last["closed"], last["open"]) == (287, 250, 37)
    assert all(week["closed"] + week["open"] == week["reported"] for week in shown.played.weeks)


def test_the_papers_of_the_last_week_lie_beside_the_store_in_both_languages(shown: Shown) -> None:
    names = [Path(file).name for file in shown.played.papers]

    assert all(Path(file).stat().st_size > 500 for file in shown.played.papers)
    assert len(names) == len(set(names)) == 26
    assert {name.partition("-")[0] for name in names} == {"BUL", "ORD", "REF", "ISS"}
    assert {name.rpartition(".")[0].rpartition(".")[2] for name in names} == {"zh", "en"}
    assert f"printed {len(names)} files into" in _part(shown, 11)


def test_the_doctor_looks_at_it_as_of_where_its_clock_stands(shown: Shown) -> None:
    from click.testing import CliRunner

    from duban.cli.program import program

    told = CliRunner().invoke(
        program, ["--db", shown.played.url, "--lang", "en", "doctor", "--json"], prog_name="duban"
    )
    document = json.loads(told.stdout)
    assert (told.exit_code, document["warnings"], document["clock"]["stands_at"]) == (0, [], "2021-02-19T10:00:00Z")
    assert document["sweep"]["age_seconds"] == 0
