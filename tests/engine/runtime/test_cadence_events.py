"""An event that the calendar fires reaches every open case that fits, once; who refuses is passed over."""

from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.office import LISTING, MATTER, matter, office
from tests.engine.runtime.street import events

import duban.testing

FRIDAY = "2020-11-27T16:00:00+08:00"


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


def test_an_event_is_fired_on_every_open_case_that_fits_and_a_refusal_is_recorded(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock
) -> None:
    engine = make(office(tmp_path / "office", LISTING))
    engine.sweep()
    listed, other, held, ended = (matter(engine, listed=given) for given in (True, False, True, True))
    engine.fire(held, "hold", by="clerk")
    engine.fire(ended, "end", by="clerk")
    clock.move_to(FRIDAY)
    (one,) = engine.sweep().cadences
    assert (one.started, one.fired, one.refused) == (0, 1, 1)
    assert [engine.get(ref, by="clerk").data["weeks"] for ref in (listed, other, held, ended)] == [1, 0, 0, 0]
    assert engine.get(listed, by="clerk").data["on"] == "2020-11-27"
    row = engine.history(listed, by="clerk")[-1]
    assert (row.event, row.actor, row.key) == ("list", "scheduler", f"cadence:listing:2020-11-27:{listed}")
    refused = [(found.actor, found.ref, found.event, found.code) for found in engine.refusals(by="clerk")]
    assert refused == [("scheduler", held, "list", "transition-not-allowed")]
    assert engine.sweep().cadences == ()
    assert engine.verify() == []


def test_states_under_in_bound_the_cases_and_nothing_is_refused_then(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock
) -> None:
    engine = make(office(tmp_path / "office", LISTING.replace("where:", "in: [open], where:")))
    engine.sweep()
    refs = [matter(engine, listed=True) for _ in range(3)]
    engine.fire(refs[0], "hold", by="clerk")
    clock.move_to(FRIDAY)
    (one,) = engine.sweep().cadences
    assert (one.fired, one.refused, engine.refusals(by="clerk")) == (2, 0, [])


def test_many_cases_are_fired_on_in_parts_each_once(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duban.engine.runtime.cadences.BATCH", 4)
    engine = make(office(tmp_path / "office", LISTING))
    engine.sweep()
    with engine.batch() as batch:
        refs = [batch.start("matter", by="clerk", data={"listed": True}).ref for _ in range(10)]
    clock.move_to(FRIDAY)

    def taken() -> list[str]:
        return [ref for ref in refs if engine.get(ref, by="clerk").data["weeks"] == 1]

    assert engine.sweep(stopped=lambda: bool(taken())).cadences == ()
    assert 0 < len(taken()) < 10
    late = matter(engine, listed=True)
    clock.move_to("2020-11-28T09:00:00+08:00")
    (one,) = engine.sweep().cadences
    assert (one.fired, one.refused) == (10, 0)
    assert [engine.get(ref, by="clerk").data["weeks"] for ref in refs] == [1] * 10
    assert engine.get(late, by="clerk").data["weeks"] == 0
    assert {engine.get(ref, by="clerk").data["on"] for ref in refs} == {"2020-11-27"}


def test_starts_come_before_the_event_which_reaches_what_was_just_started(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock
) -> None:
    both = LISTING + "    start: [{workflow: matter, event: find, with: {listed: {value: true}}}]\n"
    found = MATTER.replace("  hold:", "  find: {to: open, by: [system], takes: [listed]}\n  hold:")
    engine = make(office(tmp_path / "office", both, matter=found))
    engine.sweep()
    clock.move_to(FRIDAY)
    (one,) = engine.sweep().cadences
    assert (one.started, one.fired) == (1, 1)
    (case,) = engine.find("matter", by="clerk")
    assert (case.opened_by, events(engine, case.ref)) == ("system", ["find", "list"])


def test_a_case_that_began_before_the_event_was_declared_is_passed_over_and_the_refusal_recorded(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock
) -> None:
    old = make(office(tmp_path / "old", LISTING, matter=MATTER))
    old.sweep()
    ref = matter(old, listed=True)
    renamed = MATTER.replace("  list:", "  tell:")
    new = make(office(tmp_path / "new", LISTING.replace("event: list", "event: tell"), matter=renamed))
    fresh = matter(new, listed=True)
    clock.move_to(FRIDAY)
    (one,) = new.sweep().cadences
    assert (one.fired, one.refused) == (1, 1)
    assert [(found.ref, found.code) for found in new.refusals(by="clerk")] == [(ref, "unknown-event")]
    assert new.get(fresh, by="clerk").data["weeks"] == 1


def test_confidential_cases_are_not_counted(make: Make, tmp_path: Path, clock: duban.testing.FrozenClock) -> None:
    secret = {"matter": MATTER.replace("reference: MAT", "reference: MAT\nconfidential: [clerk]")}
    engine = make(office(tmp_path / "office", LISTING, **secret))
    engine.sweep()
    ref = matter(engine, listed=True)
    clock.move_to(FRIDAY)
    (one,) = engine.sweep().cadences
    assert (one.fired, one.refused) == (0, 0)
    assert engine.get(ref, by="clerk").data["weeks"] == 1
