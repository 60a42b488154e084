"""What the command line tells of cadences: the list, the sweep, the scheduler, the doctor."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.cli.conftest import Street
from tests.engine.runtime.office import LISTING, WHILE, office, rounds

from duban.app import Engine
from duban.cli.kit.help import width_of
from duban.engine.runtime.commands import Commands
from duban.scheduler import run

MONTHLY = """
  stock:
    on: day 1 of month
    at: "10:00"
    closed: skip
    start: campaign
  review:
    label: {en: Monthly review of everything that is still open, zh: 月度检查}
    on: first working day of month
    at: "10:00"
    start: [{workflow: campaign}]
"""


@pytest.fixture
def office_street(bare: Street, tmp_path: Path) -> Street:
    """A street with the office's pack, whose cadences were seen on Monday morning."""
    campaign = (
        "workflow: campaign\nversion: 1\nreference: CAM\nstates: {planned: {}, running: {}, over: {final: true}}\n"
        "events:\n  plan: {to: planned, by: [clerk, system]}\n  go: {from: planned, to: running, by: [clerk]}\n"
        "  end: {from: running, to: over, by: [clerk]}\n"
    )
    pack = office(tmp_path / "office", rounds(during=WHILE), LISTING, MONTHLY, campaign=campaign)
    assert bare.types("init", "--pack", str(pack)).code == 0
    assert bare.types("sweep").code == 0
    return bare


def test_the_list_tells_each_cadence_with_its_rule_in_words_its_last_and_its_next_time(office_street: Street) -> None:
    office_street.clock.move_to("2020-11-24T09:00:00+08:00")
    office_street.types("sweep")
    said = office_street.types("cadences", "--json").document
    told = {one["cadence"]: one for one in said}
    assert list(told) == ["rounds", "listing", "stock", "review"]
    assert {name: (one["rule"], one["next_at"]) for name, one in told.items()} == {
        "rounds": ("each working day at 09:00", "2020-11-25T01:00:00Z"),
        "listing": ("each Friday at 16:00, or the next working day", "2020-11-27T08:00:00Z"),
        "stock": ("day 1 of each month at 10:00, if it is worked", "2020-12-01T02:00:00Z"),
        "review": ("first working day of each month at 10:00", "2020-12-01T02:00:00Z"),
    }
    assert (told["rounds"]["last"]["day"], told["rounds"]["last"]["passed"]) == ("2020-11-24", True)
    assert (told["listing"]["last"], told["listing"]["fires"]) == (None, "matter list")
    assert (told["rounds"]["starts"], told["rounds"]["cases"]) == (["round"], 2)
    chinese = office_street.types("cadences", "--json", "--lang", "zh").document
    assert [one["rule"] for one in chinese] == [
        "每个工作日 09:00", "每周五 16:00，逢休顺延", "每月 1 日 10:00，逢休取消", "每月第一个工作日 10:00",
    ]  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_list_fits_eighty_columns_and_says_what_waits(
    office_street: Street, person: Callable[[], None], lang: str
) -> None:
    office_street.clock.move_to("2020-11-24T09:00:00+08:00")
    office_street.types("sweep")
    office_street.clock.move_to("2020-11-30T09:00:00+08:00")
    person()
    said = office_street.types("cadences", "--lang", lang)
    lines = [line for line in said.out.splitlines() if "duban " not in line]
    assert [line for line in lines if width_of(line) > 80] == []
    assert "2020-11-25 09:00" in said.out.replace("\n", " ")
    assert ("passed over" if lang == "en" else "略过") in said.out.replace("\n", " ")


def test_a_pack_without_cadences_says_where_they_would_stand(street: Street, person: Callable[[], None]) -> None:
    assert street.types("cadences", "--json").document == []
    person()
    assert "cadences.yaml" in street.types("cadences").out


def test_a_sweep_tells_what_it_carried_out(office_street: Street, person: Callable[[], None]) -> None:
    office_street.types("campaign", "plan", "--as", "clerk")
    office_street.types("matter", "report", "--listed", "true", "--as", "clerk")
    office_street.clock.move_to("2020-11-27T16:00:00+08:00")
    said = office_street.types("sweep", "--json").document
    assert (said["failed"], said["failed_cadences"]) == ([], [])
    assert [(one["cadence"], one["day"], one["started"], one["fired"]) for one in said["cadences"]] == [
        *(("rounds", f"2020-11-{day}", 2, 0) for day in (24, 25, 26, 27)), ("listing", "2020-11-27", 0, 1),
    ]  # fmt: skip
    office_street.clock.move_to("2020-11-30T09:00:00+08:00")
    plain = office_street.types("sweep").out
    assert "cadences\t1" in plain
    assert "rounds\t2020-11-30\t2\t0\t0\tfalse" in plain
    office_street.clock.move_to("2020-12-01T09:00:00+08:00")
    person()
    assert "Daily rounds" in office_street.types("sweep").out


def test_the_doctor_misses_an_occurrence_that_was_left_lying(office_street: Street) -> None:
    office_street.clock.move_to("2020-11-24T09:01:00+08:00")
    within = office_street.types("doctor", "--json")
    office_street.clock.move_to("2020-11-24T09:01:01+08:00")
    after = office_street.types("doctor", "--json")
    assert (within.code, within.document["cadences"]) == (
        0, {"declared": 4, "next_at": "2020-11-25T01:00:00Z", "waiting": 1, "failed": 0},
    )  # fmt: skip
    assert after.code == 1
    assert after.document["warnings"] == [
        "Due since 2020-11-24 09:00 and not carried out: Daily rounds. Start `duban scheduler`, or run `duban sweep`."
    ]
    office_street.types("sweep")
    healthy = office_street.types("doctor", "--json")
    assert (healthy.code, healthy.document["cadences"]["waiting"]) == (0, 0)


def test_the_doctor_and_the_sweep_name_a_cadence_that_fails(
    office_street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    office_street.types("campaign", "plan", "--as", "clerk")
    office_street.clock.move_to("2020-11-24T10:00:00+08:00")

    def fails(*_given: object) -> None:
        raise RuntimeError("odd")

    with monkeypatch.context() as patch:
        patch.setattr(Commands, "start", fails)
        swept = office_street.types("sweep", "--json")
    ill = office_street.types("doctor", "--json")
    assert (swept.code, swept.document["failed_cadences"]) == (0, ["rounds"])
    assert (ill.code, ill.document["cadences"]["failed"], len(ill.document["warnings"])) == (1, 1, 1)
    assert "Daily rounds" in ill.document["warnings"][0]
    assert (
        "最近一次执行中未成功：日查" in office_street.types("doctor", "--json", "--lang", "zh").document["warnings"][0]
    )
    office_street.types("sweep")
    assert office_street.types("doctor").code == 0


def test_the_scheduler_wakes_when_the_next_occurrence_is_due_and_counts_it(
    office_street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    office_street.types("campaign", "plan", "--as", "clerk")
    office_street.clock.move_to("2020-11-24T08:59:59.850+08:00")
    done = threading.Event()

    class Carried:
        def wait(self) -> None:
            assert done.wait(20), "the scheduler did not wake in time"

    with Engine(office_street.url, clock=office_street.clock) as engine:
        sweep, ticks = engine.sweep, iter(range(1_000))

        def swept(*given: object, by: str | None) -> object:
            if next(ticks):  # it was woken again, by when the time has come
                office_street.clock.move_to("2020-11-24T09:00:00+08:00")
            report = sweep(*given, by=by)  # type: ignore[arg-type]
            if report.cadences:
                done.set()
            return report

        monkeypatch.setattr(engine, "sweep", swept)
        summary = run(engine, every=timedelta(hours=1), stop=Carried())
    assert (summary.cadences, summary.failed) == (1, 0)
    assert summary.ticks >= 2
