"""One case's event starts others, waits for them, and is fired by them: in one transaction, or not at all."""

from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.family import PART, PLAN, begun, drafted, family
from tests.engine.runtime.street import contents, events, written

import duban
import duban.testing

SITES = """
workflow: tour
version: 1
reference: TUR
fields: {area: {type: choice, of: [north, south]}, name: {type: text}}
states: {open: {}, done: {final: true}}
events:
  begin:
    to: open
    by: [clerk]
    needs: [area]
    start:
      - workflow: stop
        each: catalogue.sites
        where: {area: area}
        with: {name: item.label, chinese: item.label.zh, site: item.key, size: item.size, kind: {value: planned}}
  end: {from: open, to: done, by: [chief], waits_for: [stop]}
"""
STOP = """
workflow: stop
version: 1
reference: STP
fields:
  name: {type: text}
  chinese: {type: text}
  site: {type: text}
  size: {type: number}
  kind: {type: choice, of: [planned, found]}
states: {open: {}, done: {final: true}}
events:
  plan: {to: open, by: [system, clerk], takes: [name, chinese, site, size, kind]}
  visit: {from: open, to: done, by: [hand]}
"""
CATALOGUE = """
sites:
  gate: {label: {en: Gate, zh: 大门}, area: north, size: 3}
  pond: {label: {en: Pond, zh: 池塘}, area: south, size: 1.5}
  hill: {label: {en: Hill, zh: 小山}, area: north}
"""


@pytest.fixture
def engine(make: Make, tmp_path: Path) -> duban.Engine:
    """An engine on the family pack."""
    return make(family(tmp_path / "pack"))


def test_each_item_of_a_list_starts_a_child_with_what_it_is_given(engine: duban.Engine) -> None:
    plan, parts = begun(engine, ("roads", "parks", "office"))
    assert [(part.ref, part.unit, part.data["title"], part.parent) for part in parts] == [
        (f"PRT-{number:06}", unit, "sweep", plan.ref)
        for number, unit in enumerate(("roads", "parks", "office"), start=1)
    ]
    assert {case.ref for case in engine.find(parent=plan.ref, by="chief")} == {part.ref for part in parts}
    assert [part.opened_by for part in parts] == ["system"] * 3


def test_an_empty_list_starts_nothing(engine: duban.Engine) -> None:
    plan = engine.start("plan", by="clerk", data={"title": "x", "units": []})
    assert engine.fire(plan.ref, "begin", by="clerk").started == ()


def test_each_entry_of_a_catalogue_that_fits_starts_a_child(make: Make, tmp_path: Path) -> None:
    engine = make(written(tmp_path / "pack", tour=SITES, stop=STOP, catalogue=CATALOGUE))
    engine.start("tour", by="clerk", data={"area": "north"})
    hill, gate = engine.find("stop", by="chief")
    assert dict(gate.data) == {"name": "Gate", "chinese": "大门", "site": "gate", "size": 3, "kind": "planned"}
    assert dict(hill.data) == {"name": "Hill", "chinese": "小山", "site": "hill", "kind": "planned"}
    assert {gate.opened_by, hill.opened_by} == {"clerk"}  # who may start a stop starts it by itself


def test_a_case_waits_for_its_children_and_names_those_that_are_open(engine: duban.Engine) -> None:
    plan, parts = begun(engine)
    with pytest.raises(duban.GuardRefused) as both:
        engine.fire(plan.ref, "finish", by="chief")
    assert both.value.reasons == ["it waits for 2 cases that are not finished (PRT-000001, PRT-000002)"]
    engine.fire(parts[0].ref, "finish", by="road-hand")
    with pytest.raises(duban.GuardRefused) as one:
        engine.fire(plan.ref, "finish", by="chief")
    assert one.value.reasons_in("zh") == ["尚有 1 件下级事项未办结 (PRT-000002)"]
    engine.fire(parts[1].ref, "finish", by="park-hand")
    engine.fire(parts[0].ref, "reopen", by="chief")
    [choice] = [choice for choice in engine.explain(plan.ref, by="chief") if choice.event == "finish"]
    assert not choice.allowed
    engine.fire(parts[0].ref, "finish", by="road-hand")
    assert engine.fire(plan.ref, "finish", by="chief").case.closed_at is not None


def test_what_it_waits_for_is_named_in_the_answer_and_not_in_the_log(engine: duban.Engine) -> None:
    plan, _parts = begun(engine)
    with pytest.raises(duban.GuardRefused, match="PRT-000001"):
        engine.fire(plan.ref, "finish", by="chief")
    assert engine.refusals(by="clerk")[0].reasons == ("it waits for 2 cases that are not finished",)


def test_an_event_of_a_child_fires_on_its_parent_once_in_the_same_transaction(engine: duban.Engine) -> None:
    plan, parts = begun(engine)
    for _ in range(2):
        engine.fire(parts[0].ref, "finish", by="road-hand", key="req-1")
    assert events(engine, plan.ref) == ["draft", "begin", "tick"]
    row = engine.history(plan.ref, by="chief")[-1]
    assert (row.actor, row.post, row.from_state, row.to_state) == ("system", None, "running", "running")
    assert row.at == engine.history(parts[0].ref, by="chief")[-1].at


def test_a_parent_that_refuses_refuses_the_child(engine: duban.Engine) -> None:
    plan, parts = begun(engine)
    engine.fire(plan.ref, "hold", by="chief")
    before = contents(engine)
    with pytest.raises(duban.TransitionNotAllowed, match=plan.ref):
        engine.fire(parts[0].ref, "finish", by="road-hand")
    assert contents(engine) == before
    [refusal] = engine.refusals(by="chief")
    assert (refusal.actor, refusal.ref, refusal.event) == ("road-hand", parts[0].ref, "finish")


def test_an_optional_event_is_passed_over_where_the_parent_refuses_it(engine: duban.Engine) -> None:
    plan, parts = begun(engine)
    engine.fire(parts[0].ref, "mention", by="road-hand")
    engine.fire(plan.ref, "hold", by="chief")
    engine.fire(parts[1].ref, "mention", by="park-hand")
    assert [events(engine, case.ref) for case in (plan, *parts)] == [
        ["draft", "begin", "tick", "hold"],
        ["open", "mention"],
        ["open", "mention"],
    ]
    assert engine.verify() == []


def test_a_case_without_a_parent_fires_on_nobody(make: Make, tmp_path: Path) -> None:
    engine = make(family(tmp_path / "free", part=PART.replace("by: [system]", "by: [system, clerk]")))
    alone = engine.start("part", by="clerk", data={"title": "alone"})
    assert engine.fire(alone.ref, "finish", by="road-hand").case.state == "done"


def test_a_ladder_step_starts_children_too(engine: duban.Engine, clock: duban.testing.FrozenClock) -> None:
    plan = drafted(engine, ())
    engine.fire(plan.ref, "begin", by="clerk")
    clock.advance("1 working day")
    engine.sweep()
    [part] = engine.find(parent=plan.ref, by="chief")
    assert (part.opened_by, part.data["title"]) == ("system", "sweep")


RING = """
workflow: {name}
version: 1
reference: {reference}
states: {{open: {{}}, done: {{final: true}}}}
events:
  begin: {{to: open, by: [system, clerk]{start}}}
  go: {{from: open, by: [clerk, system], start: [{{workflow: {other}, event: begin}}]}}
  end: {{from: open, to: done, by: [clerk]}}
"""


def test_a_circle_of_starts_ends_with_an_error_and_starts_nothing(make: Make, tmp_path: Path) -> None:
    ring = {"name": "ring", "reference": "RNG", "other": "ring", "start": ", fire: {parent: go}"}
    engine = make(written(tmp_path / "ring", ring=RING.format(**ring)))
    case = engine.start("ring", by="clerk")
    before = contents(engine)
    with pytest.raises(duban.UsageError, match="in a circle"):
        engine.fire(case.ref, "go", by="clerk")
    assert contents(engine) == before


def test_a_circle_behind_a_ladder_step_holds_up_no_other_case(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock
) -> None:
    ring = RING.format(name="ring", reference="RNG", other="ring", start=", fire: {parent: go}") + (
        "deadlines: {pace: {runs_in: [open], within: 1 working hour,"
        " ladder: [{at: due, level: 1, start: [{workflow: ring, event: begin}]}]}}\n"
    )
    engine = make(written(tmp_path / "ring", ring=ring, plan=PLAN, part=PART))
    plan = drafted(engine)
    engine.start("ring", by="clerk")
    engine.fire(plan.ref, "begin", by="clerk")
    clock.advance("1 working day")
    report = engine.sweep()
    assert (report.climbed, report.failed) == (1, ("RNG-000001",))
    assert engine.get(plan.ref, by="clerk").level == 1


@pytest.mark.parametrize("depth", [4, 5])
def test_children_of_children_are_started_down_to_a_bounded_depth(make: Make, tmp_path: Path, depth: int) -> None:
    chain = {
        f"link{number}": (
            f"workflow: link{number}\nversion: 1\nreference: LK{number}\nstates: {{open: {{final: true}}}}\n"
            f"events:\n  begin: {{to: open, by: [clerk, system]"
            + (f", start: link{number + 1}" if number <= depth else "")
            + "}\n"
        )
        for number in range(depth + 2)
    }
    engine = make(written(tmp_path / "chain", **chain))
    if depth == 4:
        engine.start("link0", by="clerk")
        assert len(engine.find(by="clerk")) == 6
    else:
        with pytest.raises(duban.UsageError, match="more than 5 deep"):
            engine.start("link0", by="clerk")
        assert len(engine.find(by="clerk")) == 0
