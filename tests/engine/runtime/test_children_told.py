"""An event that is fired on open children, and fields that an event empties."""

from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.family import PART, PLAN, begun, family

import duban

CALLED_OFF = PLAN.replace(
    "  resume:",
    "  call_off: {from: running, to: finished, by: [chief], fire: {event: drop, workflow: part}}\n  resume:",
)
DROPPED = PART.replace("  reopen:", "  drop: {from: open, to: done, by: [system]}\n  reopen:")
EMPTIED = PLAN.replace(
    "  resume:",
    """  forget:
    from: running
    by: [chief]
    set: {units: null, proof: null, area: {cel: "count.forget > 0 ? dyn('south') : dyn(null)"}}
  resume:""",
)


def test_open_children_are_told_and_those_that_are_finished_are_not(make: Make, tmp_path: Path) -> None:
    engine = make(family(tmp_path, plan=CALLED_OFF, part=DROPPED))
    plan, (first, second) = begun(engine)
    engine.fire(first.ref, "finish", by="road-hand")
    engine.fire(plan.ref, "call_off", by="chief")
    assert [row.event for row in engine.history(first.ref, by="clerk")] == ["open", "finish"]
    assert [row.event for row in engine.history(second.ref, by="clerk")] == ["open", "drop"]
    assert engine.get(second.ref, by="clerk").state == "done"


def test_a_child_that_refuses_holds_back_the_whole_event(make: Make, tmp_path: Path) -> None:
    never = DROPPED.replace("drop: {from: open, to: done,", "drop: {from: done, to: done,")
    engine = make(family(tmp_path, plan=CALLED_OFF, part=never))
    plan, _parts = begun(engine)
    with pytest.raises(duban.TransitionNotAllowed):
        engine.fire(plan.ref, "call_off", by="chief")
    assert engine.get(plan.ref, by="clerk").state == "running"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_field_is_emptied_by_null_and_by_an_expression_that_yields_null(make: Make, tmp_path: Path) -> None:
    engine = make(family(tmp_path, plan=EMPTIED))
    plan, _parts = begun(engine)
    forgotten = engine.fire(plan.ref, "forget", by="chief")
    assert [forgotten.case.data[name] for name in ("units", "proof", "area")] == [None, None, None]
    assert forgotten.row.data == {"units": None, "proof": None, "area": None}
    assert not list(engine.find("plan", by="clerk", data={"area": "north"}))
    again = engine.fire(plan.ref, "forget", by="chief")
    assert again.row.data == {"area": "south"}, "what is empty already is not emptied again"
    assert engine.verify() == []
