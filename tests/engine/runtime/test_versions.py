"""A version is won by one; who was slower is told, and nothing is lost."""

from collections.abc import Callable

import pytest
from tests.engine.runtime.street import assigned, at_once, closed, contents, events, rectified, reported

import duban
import duban.testing
from duban.engine.model.case import Outcome


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


@pytest.mark.parametrize("expected", [0, 1, 3, 99])
def test_an_event_that_expects_another_version_is_refused_and_tells_both(engine: duban.Engine, expected: int) -> None:
    case = assigned(engine)
    before = contents(engine)
    with pytest.raises(duban.VersionConflict) as caught:
        engine.fire(case.ref, "suspend", by="leader", data={"reason": "rain"}, expect_version=expected)
    assert (caught.value.data["found"], caught.value.data["expected"]) == (2, expected)
    assert f"{case.ref} is at version 2, not at {expected}" in str(caught.value)
    assert contents(engine) == before
    assert engine.refusals(by="office") == []


def test_an_event_that_expects_the_version_at_hand_is_fired(engine: duban.Engine) -> None:
    case = assigned(engine)
    done = engine.fire(case.ref, "suspend", by="leader", data={"reason": "rain"}, expect_version=2)
    assert done.case.version == 3
    assert engine.preview(case.ref, "resume", by="leader", expect_version=3).case.version == 4
    with pytest.raises(duban.VersionConflict):
        engine.preview(case.ref, "resume", by="leader", expect_version=2)


def test_of_eight_threads_that_saw_one_version_one_wins_and_seven_are_told(engine: duban.Engine) -> None:
    case = assigned(engine)
    for version in range(2, 8):
        event = "suspend" if version % 2 == 0 else "resume"
        data = {"reason": "rain"} if event == "suspend" else {}

        def race(_number: int, event: str = event, data: dict[str, str] = data, version: int = version) -> Outcome:
            return engine.fire(case.ref, event, by="leader", data=data, expect_version=version)

        found = at_once(8, race)
        assert [type(answer) for answer in found].count(Outcome) == 1
        assert [type(answer) for answer in found].count(duban.VersionConflict) == 7
        assert engine.get(case.ref, by="leader").version == version + 1
    assert engine.verify() == []


def test_of_eight_threads_that_expect_nothing_one_wins_and_the_state_refuses_the_others(engine: duban.Engine) -> None:
    case = assigned(engine)
    found = at_once(8, lambda number: engine.fire(case.ref, "suspend", by="leader", data={"reason": f"rain {number}"}))
    assert [type(answer) for answer in found].count(Outcome) == 1
    assert [type(answer) for answer in found].count(duban.TransitionNotAllowed) == 7
    assert events(engine, case.ref) == ["report", "assign", "suspend"]
    assert len(engine.refusals(by="leader")) == 7


def test_events_that_do_not_exclude_each_other_all_happen_one_after_the_other(engine: duban.Engine) -> None:
    cases = [assigned(engine) for _ in range(3)]

    def work(number: int) -> list[str]:
        done = []
        for case in cases:
            for event, data in (("suspend", {"reason": "rain"}), ("resume", {})):
                try:
                    engine.fire(case.ref, event, by="leader", data=data, key=f"{number}-{case.ref}-{event}")
                    done.append(case.ref)
                except duban.TransitionNotAllowed:
                    continue
        return done

    told = [ref for found in at_once(6, work) if isinstance(found, list) for ref in found]
    for case in cases:
        now = engine.get(case.ref, by="office")
        rows = engine.history(case.ref, by="office")
        assert now.version == len(rows) == 2 + told.count(case.ref)
        assert [row.seq for row in rows] == list(range(1, now.version + 1))
        assert now.state == rows[-1].to_state
    assert engine.verify() == []


@pytest.mark.parametrize("finish", [rectified, closed])
def test_the_version_is_the_number_of_history_rows_whatever_wrote_them(
    engine: duban.Engine, clock: duban.testing.FrozenClock, finish: Callable[..., object]
) -> None:
    case = assigned(engine)
    clock.advance("4 working days")
    assert engine.sweep().climbed == 3
    finish(engine, case)
    assert engine.get(case.ref, by="office").version == len(engine.history(case.ref, by="office"))


def test_the_time_of_rows_never_runs_backwards_though_the_clock_does(
    engine: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    case = reported(engine)
    noon = clock.now()
    clock.move_to("2020-11-20T09:00:00+08:00")
    done = engine.fire(case.ref, "assign", by="office", data={"unit": "office"})
    assert (done.row.at, done.case.updated_at) == (noon, noon)
    assert engine.verify() == []
