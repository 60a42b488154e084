"""A granted extension gives working days more, keeps the original due time, and takes nothing back."""

from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.street import contents, events, watch, written

import duban
import duban.testing

ERRAND = """
workflow: errand
version: 1
reference: ERR
fields:
  title: {type: text}
  days: {type: number, whole: true, min: 1, max: 10}
  reason: {type: text}
states:
  open:
  waiting:
  done: {final: true}
events:
  open: {to: open, by: [clerk], needs: [title]}
  ask: {from: open, by: [hand], needs: [reason], start: [{workflow: wish, with: {title: reason}}]}
  extend: {from: [open, waiting], by: [system, chief], needs: [days], extend: {work: days}}
  wait: {from: open, to: waiting, by: [clerk]}
  go: {from: waiting, to: open, by: [clerk]}
  renew: {from: open, by: [chief]}
  finish: {from: open, to: done, by: [hand]}
deadlines:
  work:
    runs_in: [open]
    within: 2 working days
    restarts_on: [renew]
    ladder:
      - {at: 50%, do: [{notify: {to: hand}}]}
      - {at: due, level: 1}
      - {at: due + 1 working day, level: 2, do: [{notify: {to: hand}}], repeat: {every: 2 working days, times: 2}}
"""

WISH = """
workflow: wish
version: 1
reference: WSH
fields:
  title: {type: text}
  days: {type: number, whole: true, min: 1, max: 10}
states:
  asked:
  granted: {final: true}
  refused: {final: true}
events:
  ask: {to: asked, by: [system], needs: [title]}
  grant: {from: asked, to: granted, by: [chief], needs: [days], fire: {parent: extend, with: {days: days}}}
  refuse: {from: asked, to: refused, by: [chief]}
"""


@pytest.fixture
def errands(make: Make, tmp_path: Path) -> duban.Engine:
    """An engine on a pack in which an extension is asked for and granted."""
    return make(written(tmp_path / "pack", errand=ERRAND, wish=WISH))


def _case(engine: duban.Engine) -> str:
    return engine.start("errand", by="clerk", data={"title": "sweep"}).ref


def test_it_gives_working_days_more_and_keeps_when_it_was_due(
    errands: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    ref, begun = _case(errands), clock.now()
    due_at = errands.get(ref, by="clerk").due_at
    clock.advance("1 working day")
    done = errands.fire(ref, "extend", by="chief", data={"days": 3})
    assert done.case.due_at == errands.world.hours.add(begun, 5 * errands.world.hours.day_seconds).at
    assert done.case.original_due_at == due_at
    again = errands.fire(ref, "extend", by="chief", data={"days": 1})
    assert again.case.due_at == errands.world.hours.add(begun, 6 * errands.world.hours.day_seconds).at
    assert again.case.original_due_at == due_at


def test_what_was_climbed_stays_climbed_and_the_rest_comes_later(
    errands: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    ref = _case(errands)
    clock.advance("2 working days")
    assert errands.sweep().climbed == 2
    late = errands.fire(ref, "extend", by="chief", data={"days": 2})
    assert late.case.level == 1
    clock.advance("2 working days")
    assert errands.sweep().climbed == 0
    clock.advance("1 working day")
    assert errands.sweep().climbed == 1
    steps = [event for event in events(errands, ref) if "@" in event]
    assert steps == ["work@50%", "work@due", "work@due + 1 working day"]


def test_it_is_kept_over_a_pause_and_gone_with_a_fresh_start(
    errands: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    ref = _case(errands)
    clock.advance("1 working day")
    errands.fire(ref, "wait", by="clerk")
    paused = errands.fire(ref, "extend", by="chief", data={"days": 2})
    assert (paused.case.due_at, paused.case.original_due_at) == (None, None)
    clock.advance("5 working days")
    resumed = errands.fire(ref, "go", by="clerk")
    day = errands.world.hours.day_seconds
    assert resumed.case.due_at == errands.world.hours.add(clock.now(), 3 * day).at
    assert resumed.case.original_due_at is not None
    fresh = errands.fire(ref, "renew", by="chief")
    assert fresh.case.due_at == errands.world.hours.add(clock.now(), 2 * day).at
    assert (fresh.case.original_due_at, watch(errands, fresh.case, "work").extra) == (None, 0)


def test_a_case_that_was_asked_for_it_grants_it_with_its_data(errands: duban.Engine) -> None:
    ref = _case(errands)
    before = errands.get(ref, by="clerk").due_at
    wish = errands.fire(ref, "ask", by="road-hand", data={"reason": "the lift is broken"}).started[0]
    errands.fire(wish, "grant", by="chief", data={"days": 4})
    case = errands.get(ref, by="clerk")
    assert case.data["days"] == 4
    assert case.original_due_at == before
    assert case.due_at is not None
    assert before is not None
    assert case.due_at > before
    assert errands.verify() == []


def test_what_the_parent_does_not_take_refuses_the_grant_whole(
    errands: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    ref = _case(errands)
    wish = errands.fire(ref, "ask", by="road-hand", data={"reason": "rain"}).started[0]
    errands.fire(ref, "finish", by="road-hand")
    before = contents(errands)
    with pytest.raises(duban.TransitionNotAllowed):
        errands.fire(wish, "grant", by="chief", data={"days": 4})
    assert contents(errands) == before
    assert errands.get(wish, by="chief").state == "asked"


def test_a_step_that_repeats_comes_again_so_often_and_then_no_more(
    errands: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    ref = _case(errands)
    clock.advance("40 working days")
    assert errands.sweep().climbed == 5
    assert [event for event in events(errands, ref) if "+" in event] == [
        "work@due + 1 working day",
        "work@due + 3 working days",
        "work@due + 5 working days",
    ]
    assert errands.get(ref, by="clerk").level == 2
    with errands.store.read() as reader:
        assert reader.message_counts() == {"waiting": 4}
    clock.advance("40 working days")
    assert errands.sweep().climbed == 0


def test_what_was_granted_before_is_not_granted_again_where_no_days_are_given(make: Make, tmp_path: Path) -> None:
    free = ERRAND.replace("needs: [days], extend", "takes: [days], extend")
    errands = make(written(tmp_path / "pack", errand=free, wish=WISH))
    ref = _case(errands)
    due_at = errands.fire(ref, "extend", by="chief", data={"days": 3}).case.due_at
    assert errands.fire(ref, "extend", by="chief").case.due_at == due_at


def test_what_has_not_begun_is_not_extended_and_nothing_is_lost(make: Make, tmp_path: Path) -> None:
    later = ERRAND.replace("runs_in: [open]", "runs_in: [waiting]")
    errands = make(written(tmp_path / "pack", errand=later, wish=WISH))
    ref = _case(errands)
    with pytest.raises(duban.GuardRefused, match="has not begun to run"):
        errands.fire(ref, "extend", by="chief", data={"days": 3})
    assert errands.get(ref, by="clerk").version == 1
    errands.fire(ref, "wait", by="clerk")
    assert errands.fire(ref, "extend", by="chief", data={"days": 3}).case.original_due_at is not None
