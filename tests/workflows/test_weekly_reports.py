"""Weekly reports (S14): every unit owes one each Wednesday; late ones are reminded, then counted."""

from pathlib import Path

import pytest
from tests.workflows.machines import read

import duban
from duban.engine.model.case import Case
from duban.testing import FrozenClock

OFFICE = "office-coordination-1"
UNITS = read("catalogue.yaml")["reporting-units"]
WEEK = {"week_ending": "2020-11-25", "due_on": "2020-11-25"}
SUMMARY = {"summary": "开展巡查五次，整改问题三处"}
MORNING = "2020-11-25T09:00:00+08:00"


def owed(engine: duban.Engine, clock: FrozenClock, unit: str = "safety") -> Case:
    """A report that is owed on Wednesday, opened that morning."""
    clock.move_to(MORNING)
    return engine.start("report", by=OFFICE, data={"unit": unit, **WEEK})


def submitted(engine: duban.Engine, case: Case, photo: Path, by: str | None = None) -> Case:
    """The report as its unit submitted it."""
    by = by or f"{case.unit}-handler"
    return engine.fire(case.ref, "submit", by=by, data=SUMMARY, evidence={"material": photo}).case


def swept(engine: duban.Engine, clock: FrozenClock, case: Case, moment: str) -> int:
    """The level of a report at a moment, once the scheduler has looked."""
    clock.move_to(moment)
    engine.sweep()
    return engine.get(case.ref, by=OFFICE).level


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_that_the_notice_asks_hands_in_its_report(
    engine: duban.Engine, clock: FrozenClock, photo: Path, unit: str
) -> None:
    case = owed(engine, clock, UNITS[unit]["unit"])
    engine.deliver()
    assert case.ref in [notice.ref for notice in engine.inbox(by=UNITS[unit]["head"], limit=1000)]
    done = submitted(engine, case, photo, UNITS[unit]["head"])
    assert (done.state, done.data["lateness"]) == ("submitted", "in_time")
    assert engine.fire(case.ref, "accept", by=OFFICE).case.state == "accepted"


def test_a_report_has_words_and_material_and_comes_from_its_own_unit(
    engine: duban.Engine, clock: FrozenClock, photo: Path
) -> None:
    case = owed(engine, clock)
    with pytest.raises(duban.InvalidData):
        engine.fire(case.ref, "submit", by="safety-handler", data=SUMMARY)
    with pytest.raises(duban.InvalidData):
        engine.fire(case.ref, "submit", by="safety-handler", evidence={"material": photo})
    with pytest.raises(duban.GuardRefused, match="only the unit"):
        submitted(engine, case, photo, "finance-handler")
    figures = {**SUMMARY, "problems_found": 3, "persuasions": 12}
    files = {"material": photo}
    done = engine.fire(case.ref, "submit", by="safety-handler", data=figures, evidence=files).case
    assert done.data["persuasions"] == 12


def test_it_is_due_at_closing_time_on_wednesday_then_reminded_then_counted_as_late(
    engine: duban.Engine, clock: FrozenClock
) -> None:
    case = owed(engine, clock)
    moments = ("25T17:59", "25T18:00", "26T17:59", "26T18:00", "30T18:00")
    assert [swept(engine, clock, case, f"2020-11-{moment}:00+08:00") for moment in moments] == [0, 1, 1, 2, 2]
    steps = [row.event for row in engine.history(case.ref, by=OFFICE) if "@" in row.event]
    assert steps == [
        "submission@75%",
        "submission@due",
        "submission@due + 1 working day",
        "submission@due + 2 working days",
        "submission@due + 3 working days",
    ]
    engine.deliver()
    told = [notice.text.en for notice in engine.inbox(by="safety-head", limit=1000) if notice.ref == case.ref]
    assert [text for text in told if "overdue" in text] == ["a weekly report is overdue"]
    assert len([text for text in told if "counts as late" in text]) == 3


@pytest.mark.parametrize(
    ("moment", "lateness"),
    [
        ("2020-11-25T17:59:00+08:00", "in_time"),
        ("2020-11-26T10:00:00+08:00", "reminded"),
        ("2020-11-27T10:00:00+08:00", "late"),
    ],
)
def test_how_late_it_came_is_kept(
    engine: duban.Engine, clock: FrozenClock, photo: Path, moment: str, lateness: str
) -> None:
    case = owed(engine, clock)
    swept(engine, clock, case, moment)
    assert submitted(engine, case, photo).data["lateness"] == lateness
    clock.advance("10 working days")
    engine.sweep()
    assert engine.get(case.ref, by=OFFICE).data["lateness"] == lateness


def test_a_report_that_is_sent_back_is_owed_again_and_late_a_working_day_later(
    engine: duban.Engine, clock: FrozenClock, photo: Path
) -> None:
    case = owed(engine, clock)
    assert submitted(engine, case, photo).data["lateness"] == "in_time"
    clock.move_to("2020-11-27T10:00:00+08:00")
    assert engine.fire(case.ref, "send_back", by=OFFICE, data={"reason": "未附照片"}).case.state == "owed"
    assert swept(engine, clock, case, "2020-11-27T10:01:00+08:00") == 1
    assert swept(engine, clock, case, "2020-11-30T09:59:00+08:00") == 1
    assert swept(engine, clock, case, "2020-11-30T10:00:00+08:00") == 2
    assert submitted(engine, case, photo).data["lateness"] == "late"


def test_nobody_judges_or_waives_the_report_of_their_own_unit(
    engine: duban.Engine, clock: FrozenClock, photo: Path
) -> None:
    case = owed(engine, clock, "party-government")
    submitted(engine, case, photo, "account-03")
    own = owed(engine, clock, "office-coordination")
    with pytest.raises(duban.GuardRefused, match="cannot waive"):
        engine.fire(own.ref, "waive", by=OFFICE, data={"reason": "当周放假"})
    submitted(engine, own, photo, "office-coordination-2")
    for held, by in ((case, "account-03"), (own, OFFICE)):
        for event, data in (("accept", {}), ("send_back", {"reason": "不全"})):
            with pytest.raises(duban.GuardRefused, match="the unit that owes"):
                engine.fire(held.ref, event, by=by, data=data)
    assert engine.fire(case.ref, "accept", by="office-submission-1").case.state == "accepted"


def test_a_report_of_a_week_off_is_waived_and_not_reminded_of(engine: duban.Engine, clock: FrozenClock) -> None:
    case = owed(engine, clock)
    engine.fire(case.ref, "waive", by=OFFICE, data={"reason": "当周放假"})
    assert swept(engine, clock, case, "2020-12-10T10:00:00+08:00") == 0
    assert engine.get(case.ref, by=OFFICE).state == "waived"
