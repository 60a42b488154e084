"""What is due by the calendar is carried out by any sweep: once, in due order, and nothing from before it was seen."""

import logging
from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.office import (
    CAMPAIGN,
    LISTING,
    WHILE,
    days,
    matter,
    office,
    rounds,
    settings,
    walked,
)  # fmt: skip
from tests.engine.runtime.street import ORGANIZATION, at_once, contents, events, written

import duban
import duban.testing
from duban.engine.runtime.commands import Commands
from duban.engine.runtime.request import Request
from duban.engine.runtime.sweep import SweepReport

TUESDAY, WEDNESDAY, FRIDAY = "2020-11-24T09:00:00+08:00", "2020-11-25T09:00:00+08:00", "2020-11-27T16:00:00+08:00"
NEXT_TUESDAY = "2020-12-01T12:00:00+08:00"


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


def test_a_cadence_begins_with_the_first_occurrence_after_it_was_first_seen(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock
) -> None:
    engine = make(office(tmp_path / "office", rounds()))
    assert engine.sweep() == SweepReport(0, ())
    assert settings(engine, "rounds") == {"": "2020-11-23T01:30:00+00:00", ".course": None, ".last": None}
    clock.move_to("2020-11-24T08:59:59+08:00")
    assert engine.sweep() == SweepReport(0, ())
    clock.move_to(TUESDAY)
    report = engine.sweep()
    assert [(one.name, one.day.isoformat(), one.passed, one.started) for one in report.cadences] == [
        ("rounds", "2020-11-24", False, 2)
    ]
    assert days(engine) == ["2020-11-24"]
    assert settings(engine, "rounds")[""] == "2020-11-24T01:00:00+00:00"
    before = contents(engine)
    assert engine.sweep() == SweepReport(0, ())
    assert contents(engine) == before


def test_started_cases_have_no_parent_and_carry_the_key_of_their_occurrence(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock
) -> None:
    engine = make(office(tmp_path / "office", rounds()))
    engine.sweep()
    clock.move_to(TUESDAY)
    engine.sweep()
    cases = list(reversed(engine.find("round", by="system")))
    assert [(case.parent, case.opened_by, case.unit) for case in cases] == [
        (None, "scheduler", "roads"), (None, "scheduler", "parks"),
    ]  # fmt: skip
    keys = [engine.history(case.ref, by="system")[0].key for case in cases]
    assert keys == ["cadence:rounds:2020-11-24:1.market", "cadence:rounds:2020-11-24:1.garden"]
    assert engine.verify() == []


@pytest.mark.parametrize(
    ("missed", "expected"),
    [("all", ["2020-11-24", "2020-11-25", "2020-11-26", "2020-11-27", "2020-11-30", "2020-12-01"]),
     ("last", ["2020-12-01"])],
)  # fmt: skip
def test_after_an_absence_all_or_only_the_last_is_made_up_for(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock, missed: str, expected: list[str]
) -> None:
    engine = make(office(tmp_path / "office", rounds(missed)))
    engine.sweep()
    clock.move_to(NEXT_TUESDAY)
    assert [one.day.isoformat() for one in engine.sweep().cadences] == expected
    assert days(engine) == expected
    clock.move_to("2020-12-02T09:00:00+08:00")
    engine.sweep()
    assert days(engine) == [*expected, "2020-12-02"]


def test_an_occurrence_is_passed_over_while_no_case_is_in_the_states(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock
) -> None:
    engine = make(office(tmp_path / "office", rounds(during=WHILE)))
    engine.sweep()
    clock.move_to(TUESDAY)
    assert [one.passed for one in engine.sweep().cadences] == [True]
    campaign = engine.start("campaign", by="clerk").ref
    assert engine.sweep().cadences == ()
    clock.move_to(WEDNESDAY)
    assert [one.passed for one in engine.sweep().cadences] == [False]
    engine.fire(campaign, "go", by="clerk")
    engine.fire(campaign, "end", by="clerk")
    clock.move_to("2020-11-26T09:00:00+08:00")
    assert [one.passed for one in engine.sweep().cadences] == [True]
    assert days(engine) == ["2020-11-25"]


def test_steps_and_occurrences_come_in_due_order(make: Make, tmp_path: Path, clock: duban.testing.FrozenClock) -> None:
    engine = make(office(tmp_path / "office", rounds(), LISTING))
    engine.sweep()
    ref = matter(engine, listed=True)
    clock.move_to(NEXT_TUESDAY)
    done: list[str] = []
    report = engine.sweep(lambda count: done.append(f"step {count}"))
    assert [one.name for one in report.cadences] == ["rounds"] * 4 + ["listing"] + ["rounds"] * 2
    # Due on Tuesday, Wednesday and Thursday at half past nine: all before the listing of Friday.
    assert events(engine, ref) == [
        "report", "answer@due", "answer@due + 1 working day", "answer@due + 2 working days", "list",
    ]  # fmt: skip
    assert engine.get(ref, by="clerk").level == 3
    rows = [row.seq for row in engine.history(ref, by="clerk")]
    assert rows == [1, 2, 3, 4, 5]
    assert len(done) == report.climbed == 3


def test_a_step_due_after_an_occurrence_is_climbed_after_it(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock
) -> None:
    engine = make(office(tmp_path / "office", LISTING))
    engine.sweep()
    clock.move_to("2020-11-26T11:00:00+08:00")
    ref = matter(engine, listed=True)
    clock.move_to(NEXT_TUESDAY)
    engine.sweep()
    assert events(engine, ref) == [
        "report", "answer@due", "list", "answer@due + 1 working day", "answer@due + 2 working days",
    ]  # fmt: skip


def test_four_threads_that_sweep_together_carry_out_each_occurrence_once(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock
) -> None:
    engine = make(office(tmp_path / "office", rounds(), LISTING))
    engine.sweep()
    refs = [matter(engine, listed=True) for _ in range(5)]
    clock.move_to(NEXT_TUESDAY)
    reports = [found for found in at_once(4, lambda _number: engine.sweep()) if isinstance(found, SweepReport)]
    assert len(reports) == 4
    assert sorted(one.day for report in reports for one in report.cadences if one.name == "rounds") == sorted(
        {one.day for report in reports for one in report.cadences if one.name == "rounds"}
    )
    assert len(days(engine)) == 6
    assert [engine.get(ref, by="clerk").data["weeks"] for ref in refs] == [1] * 5
    assert engine.verify() == []


def test_a_cadence_that_fails_holds_up_neither_the_others_nor_the_ladders_and_is_tried_again(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    engine = make(office(tmp_path / "office", rounds(), LISTING))
    engine.sweep()
    ref = matter(engine, listed=True)
    clock.move_to(NEXT_TUESDAY)
    start = Commands.start

    def failing(self: Commands, request: Request, *rest: object) -> object:
        if request.data.get("place") == "garden":
            raise duban.UsageError("limit", found=1, most=1)
        return start(self, request, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING, logger="duban"):
        patch.setattr(Commands, "start", failing)
        report = engine.sweep()
    assert (report.climbed, [one.name for one in report.cadences]) == (3, ["listing"])
    assert report.failed_cadences == ("rounds",)
    assert "cadence.failed" in caplog.text
    assert walked(engine) == []
    assert engine.get(ref, by="clerk").data["weeks"] == 1
    assert [one.name for one in engine.sweep().cadences] == ["rounds"] * 6
    assert len(days(engine)) == 6


def test_a_changed_pack_goes_on_from_the_last_occurrence_and_starts_no_case_of_a_day_twice(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock
) -> None:
    engine = make(office(tmp_path / "office", rounds()))
    engine.sweep()
    clock.move_to(TUESDAY)
    engine.sweep()
    later = make(office(tmp_path / "later", rounds().replace("09:00", "17:00")))
    clock.move_to("2020-11-24T17:00:00+08:00")
    assert [one.started for one in later.sweep().cadences] == [0]
    clock.move_to("2020-11-25T17:00:00+08:00")
    assert [one.started for one in later.sweep().cadences] == [2]
    assert days(later) == ["2020-11-24", "2020-11-25"]


@pytest.mark.parametrize("key", ["cadence:rounds:2020-11-24:1.market", "cadence:"])
def test_no_request_may_bring_a_key_of_the_calendar(make: Make, tmp_path: Path, key: str) -> None:
    engine = make(office(tmp_path / "office", rounds()))
    with pytest.raises(duban.UsageError, match="cadence:"):
        engine.start("matter", by="clerk", key=key)


def test_a_pack_without_cadences_sweeps_as_before(make: Make, tmp_path: Path) -> None:
    engine = make(written(tmp_path / "plain", ORGANIZATION, campaign=CAMPAIGN))
    assert engine.pack.cadences == {}
    assert engine.sweep() == SweepReport(0, ())
