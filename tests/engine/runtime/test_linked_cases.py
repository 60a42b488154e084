"""An event that is fired on the cases that refer to this one, or that this one refers to: together or not at all."""

from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.counting import JOB, begun, pack
from tests.engine.runtime.street import contents, events

import duban
from duban.engine.model.case import Case

END = "    fire: {event: told, workflow: job, field: before, optional: true}\n"
BOTH = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])


def engine_with(make: Make, folder: Path, fire: str, job: str = JOB) -> duban.Engine:
    """An engine whose jobs fire this when they end."""
    assert END in job
    return make(pack(folder, job=job.replace(END, f"    fire: {fire}\n" if fire else "")))


def joined(engine: duban.Engine, count: int = 2) -> tuple[Case, list[Case]]:
    """A job, and others that were joined to it."""
    master = begun(engine)
    others = [begun(engine) for _ in range(count)]
    return master, [engine.fire(other.ref, "join", by="clerk", data={"master": master.ref}).case for other in others]


def state(engine: duban.Engine, case: Case) -> str:
    """The state that a case is in."""
    return engine.get(case.ref, by="system").state


NEAR = JOB.replace("  joined: {final: true}\n", "  joined:\n").replace(
    "free: {from: joined, to: open, by: [system]}", "free: {from: joined, to: done, by: [system], takes: [title]}"
)
"""Jobs that stay open while they are joined to another, and are finished with it."""


@BOTH
def test_ending_a_case_ends_those_that_were_joined_to_it(make: Make, tmp_path: Path) -> None:
    engine = engine_with(make, tmp_path, "{event: free, workflow: job, field: master}", NEAR)
    master, others = joined(engine)
    apart = begun(engine)
    engine.fire(master.ref, "end", by="clerk")
    assert [state(engine, case) for case in (master, *others, apart)] == ["done", "done", "done", "open"]
    row = engine.history(others[0].ref, by="clerk")[-1]
    assert (row.event, row.actor, row.post) == ("free", "system", None)
    assert engine.verify() == []


def test_what_is_given_comes_from_the_case_that_fires(make: Make, tmp_path: Path) -> None:
    fire = "{event: free, workflow: job, field: master, with: {title: place}}"
    engine = engine_with(make, tmp_path, fire, NEAR)
    master = begun(engine, place="bridge")
    other = begun(engine, title="other")
    engine.fire(other.ref, "join", by="clerk", data={"master": master.ref})
    engine.fire(master.ref, "end", by="clerk")
    assert engine.get(other.ref, by="clerk").data["title"] == "bridge"


def test_a_case_that_refers_no_more_is_not_fired_on(make: Make, tmp_path: Path) -> None:
    job = NEAR.replace("join:\n    from: open", "join:\n    from: [open, joined]")
    engine = engine_with(make, tmp_path, "{event: free, workflow: job, field: master}", job)
    master, (other,) = joined(engine, 1)
    engine.fire(other.ref, "join", by="clerk", data={"master": begun(engine).ref})
    engine.fire(master.ref, "end", by="clerk")
    assert state(engine, other) == "joined"


def test_an_event_that_one_of_them_refuses_is_refused_as_a_whole(make: Make, tmp_path: Path) -> None:
    engine = engine_with(make, tmp_path, "{event: told, workflow: job, field: before}")
    here = {"place": "bridge", "kind": "litter"}
    first, second = (begun(engine, **here) for _ in range(2))
    engine.fire(second.ref, "hold", by="clerk")
    before = contents(engine)
    with pytest.raises(duban.TransitionNotAllowed, match=second.ref):
        engine.fire(first.ref, "end", by="clerk")
    assert contents(engine) == before


def test_an_optional_event_is_passed_over_where_it_is_refused_and_fired_elsewhere(make: Make, tmp_path: Path) -> None:
    engine = engine_with(make, tmp_path, "{event: told, workflow: job, field: master, optional: true}", NEAR)
    master, (other,) = joined(engine, 1)
    assert engine.fire(master.ref, "end", by="clerk").case.state == "done"
    assert events(engine, other.ref) == ["begin", "join"]


@BOTH
def test_the_case_that_a_field_refers_to_is_told(make: Make, tmp_path: Path) -> None:
    engine = engine_with(make, tmp_path, "{event: told, field: before}")
    first, second = (begun(engine, place="bridge", kind="litter") for _ in range(2))
    assert second.data["before"] == first.ref
    engine.fire(second.ref, "end", by="clerk")
    assert events(engine, first.ref) == ["begin", "told"]
    engine.fire(first.ref, "end", by="clerk")
    assert engine.verify() == []


def test_several_events_are_fired_in_the_order_in_which_they_stand(make: Make, tmp_path: Path) -> None:
    fire = "[{event: told, field: before}, {event: alarm, field: before}]"
    job = JOB.replace("alarm: {from: open, by: [scheduler]}", "alarm: {from: open, by: [scheduler, system]}")
    engine = engine_with(make, tmp_path, fire, job)
    first, second = (begun(engine, place="bridge", kind="litter") for _ in range(2))
    engine.fire(second.ref, "end", by="clerk")
    assert events(engine, first.ref) == ["begin", "told", "alarm"]


def test_a_case_that_the_actor_cannot_see_is_told_without_a_word_to_the_actor(make: Make, tmp_path: Path) -> None:
    engine = engine_with(make, tmp_path, "{event: told, workflow: job, field: before}")
    first, second = (begun(engine, place="bridge", kind="litter") for _ in range(2))
    engine.fire(second.ref, "seal", by="judge")
    done = engine.fire(first.ref, "end", by="clerk")
    assert events(engine, second.ref) == ["begin", "seal", "told"]
    assert second.ref not in str(done) + str(engine.history(first.ref, by="clerk"))


def test_a_hidden_case_that_refuses_is_not_named(make: Make, tmp_path: Path) -> None:
    job = JOB.replace("seal: {from: [open, checked], by", "seal: {from: [open, checked], to: held, by")
    engine = engine_with(make, tmp_path, "{event: told, workflow: job, field: before}", job)
    first, second = (begun(engine, place="bridge", kind="litter") for _ in range(2))
    engine.fire(second.ref, "seal", by="judge")
    with pytest.raises(duban.GuardRefused) as caught:
        engine.fire(first.ref, "end", by="clerk")
    assert caught.value.reasons == ["a case that it is tied to does not allow it now"]
    assert second.ref not in str(caught.value) + str(caught.value.data) + str(engine.refusals(by="clerk"))
    with pytest.raises(duban.TransitionNotAllowed, match=second.ref):
        engine.fire(first.ref, "end", by="judge")


@pytest.mark.parametrize("optional", [True, False])
def test_a_case_whose_older_definition_does_not_know_the_event_refuses_it(
    make: Make, tmp_path: Path, optional: bool
) -> None:
    old = engine_with(make, tmp_path / "old", "", NEAR.replace("  told: {from: open, by: [system]}\n", ""))
    earlier = begun(old)
    fire = f"{{event: told, workflow: job, field: master, optional: {str(optional).lower()}}}"
    engine = engine_with(make, tmp_path / "new", fire, NEAR)
    master = begun(engine).ref
    engine.fire(earlier.ref, "join", by="clerk", data={"master": master})
    if optional:
        assert engine.fire(master, "end", by="clerk").case.state == "done"
    else:
        with pytest.raises(duban.UnknownEvent, match="told"):
            engine.fire(master, "end", by="clerk")
    assert events(engine, earlier.ref) == ["begin", "join"]


def test_cases_that_fire_on_each_other_in_a_circle_end_with_an_error(make: Make, tmp_path: Path) -> None:
    told = "told: {from: open, by: [system]}"
    job = JOB.replace(told, "told: {from: open, by: [system], fire: {event: told, field: master}}")
    job = job.replace("  free:", "  link: {from: open, by: [clerk], needs: [master]}\n  free:")
    engine = engine_with(make, tmp_path, "{event: told, field: master}", job)
    first, second, third = (begun(engine).ref for _ in range(3))
    for one, other in ((first, second), (second, first), (third, first)):
        engine.fire(one, "link", by="clerk", data={"master": other})
    before = contents(engine)
    with pytest.raises(duban.UsageError, match="more than 5 deep"):
        engine.fire(third, "end", by="clerk")
    assert contents(engine) == before
