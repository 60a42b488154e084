"""Named conditions, and what they read beside the data: the day, working time, counts, parents, linked cases."""

from datetime import datetime
from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.counting import JOB, LETTER, begun, pack, redone

import duban
import duban.testing

NOTE = "  note: {from: open, by: [clerk], when: [placed]}\n"


def guarded(make: Make, folder: Path, check: str) -> duban.Engine:
    """An engine whose event ``note`` has this condition."""
    assert NOTE in JOB
    return make(
        pack(
            folder,
            job=JOB.replace(NOTE, f'  note: {{from: open, by: [clerk], when: [{{check: "{check}", else: no}}]}}\n'),
        )
    )


@pytest.fixture
def engine(make: Make, tmp_path: Path) -> duban.Engine:
    """An engine on the pack that counts."""
    return make(pack(tmp_path / "pack"))


def allowed(engine: duban.Engine, ref: str, event: str = "note") -> bool:
    """Whether the clerk may fire the event now."""
    return next(choice.allowed for choice in engine.explain(ref, by="clerk") if choice.event == event)


def test_a_named_condition_refuses_every_event_that_names_it_with_its_own_reason(engine: duban.Engine) -> None:
    ref = begun(engine).ref
    for event in ("note", "ask"):
        with pytest.raises(duban.GuardRefused) as caught:
            engine.fire(ref, event, by="clerk")
        assert caught.value.reasons == ["no place is known"]
        assert "未填写地点" in caught.value.message("zh")
    engine.fire(ref, "ask", by="clerk", data={"place": "bridge"})
    engine.fire(ref, "note", by="clerk")


def test_named_conditions_and_others_are_all_told_at_once(
    engine: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    ref = begun(engine).ref
    clock.advance("3 working days")
    with pytest.raises(duban.GuardRefused) as caught:
        engine.fire(ref, "ask", by="clerk")
    assert caught.value.reasons == ["no place is known", "more than two days have passed"]


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2020-11-23T15:59:59+00:00", "2020-11-23"),
        ("2020-11-23T16:00:00+00:00", "2020-11-24"),
        ("2020-11-23T23:30:00+00:00", "2020-11-24"),
        ("2020-12-31T23:30:00+00:00", "2021-01-01"),
    ],
)
def test_today_is_the_day_in_the_zone_of_the_organization(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock, now: str, day: str
) -> None:
    engine = guarded(make, tmp_path / "pack", f"today == '{day}'")
    clock.move_to(datetime.fromisoformat(now))
    assert allowed(engine, begun(engine).ref)


def test_elapsed_counts_working_days_and_leaves_out_pauses(
    make: Make, tmp_path: Path, clock: duban.testing.FrozenClock
) -> None:
    engine = guarded(make, tmp_path / "pack", "elapsed.pace <= 2.0")
    ref = begun(engine).ref
    clock.advance("1 working day")
    engine.fire(ref, "hold", by="clerk")
    clock.advance("30 working days")
    engine.fire(ref, "resume", by="clerk")
    clock.advance("1 working day")
    assert allowed(engine, ref)
    clock.advance("1 working minute")
    assert not allowed(engine, ref)


def test_elapsed_is_nothing_before_the_clock_runs(make: Make, tmp_path: Path) -> None:
    job = JOB.replace("by: [clerk, system], takes", "by: [clerk, system], when: [early], takes")
    assert begun(make(pack(tmp_path / "pack", job=job))).state == "open"


def test_the_reference_is_known_once_the_case_exists(make: Make, tmp_path: Path) -> None:
    engine = guarded(make, tmp_path / "pack", "ref == 'JOB-000002'")
    first, second = begun(engine).ref, begun(engine).ref
    assert (allowed(engine, first), allowed(engine, second)) == (False, True)


def test_counted_tells_how_often_within_the_case_and_across_cases(make: Make, tmp_path: Path) -> None:
    engine = guarded(make, tmp_path / "pack", "counted.reworks == 1 && counted.repeats == 2")
    first = begun(engine, place="bridge", kind="litter").ref
    redone(engine, first)
    assert not allowed(engine, first)
    begun(engine, place="bridge", kind="litter")
    assert allowed(engine, first)
    redone(engine, first)
    assert not allowed(engine, first)


def test_a_count_across_cases_is_zero_where_a_field_is_empty(make: Make, tmp_path: Path) -> None:
    engine = guarded(make, tmp_path / "pack", "counted.repeats == 0")
    begun(engine, place="bridge")
    assert allowed(engine, begun(engine, place="bridge").ref)


def test_a_child_sees_its_parent_already_when_it_starts(make: Make, tmp_path: Path) -> None:
    letter = LETTER.replace(
        "takes: [words]}",
        "takes: [words], when: [{check: \"parent.workflow == 'job' && parent.state == 'open' && parent.open"
        ' && parent.level == 3", else: {en: no such parent, zh: 上级事项不符}}]}',
    )
    engine = make(pack(tmp_path / "pack", letter=letter))
    ref = begun(engine).ref
    assert redone(engine, ref, 3).started == ("LET-000001",)
    with pytest.raises(duban.GuardRefused, match="no such parent"):
        engine.start("letter", by="clerk")


def test_a_linked_case_tells_where_it_stands_at_once_with_the_event_that_links_it(engine: duban.Engine) -> None:
    master, other = begun(engine).ref, begun(engine).ref
    engine.fire(master, "end", by="clerk")
    with pytest.raises(duban.GuardRefused, match="it is over"):
        engine.fire(other, "join", by="clerk", data={"master": master})
    engine.fire(master, "reopen", by="clerk")
    assert engine.fire(other, "join", by="clerk", data={"master": master}).case.state == "joined"


def test_explain_leaves_open_what_hangs_on_data_that_the_event_brings(make: Make, tmp_path: Path) -> None:
    asks = "takes: [place], when: [placed, early]"
    assert asks in JOB
    counted = "needs: [place, kind], when: [early, {check: counted.repeats > 1, else: once}]"
    engine = make(pack(tmp_path / "pack", job=JOB.replace(asks, counted)))
    ref = begun(engine).ref
    assert (allowed(engine, ref, "ask"), allowed(engine, ref, "join")) == (True, True)
    with pytest.raises(duban.GuardRefused, match="once"):
        engine.fire(ref, "ask", by="clerk", data={"place": "bridge", "kind": "litter"})


def test_a_start_happens_only_where_its_condition_holds(make: Make, tmp_path: Path) -> None:
    start = "start: [{workflow: letter, with: {words: title}}]}"
    assert start in JOB
    conditional = (
        "start: [{workflow: letter, when: \"data.kind == 'litter'\", with: {words: title}},"
        " {workflow: letter, when: level >= 3, with: {words: kind}}]}"
    )
    engine = make(pack(tmp_path / "pack", job=JOB.replace(start, conditional)))
    litter, parking, other = begun(engine, kind="litter"), begun(engine, kind="parking"), begun(engine)
    assert [len(redone(engine, case.ref, 3).started) for case in (litter, parking, other)] == [2, 1, 1]


def test_children_are_counted_by_the_event_that_opened_them(make: Make, tmp_path: Path) -> None:
    letter = LETTER.replace("events:\n", "events:\n  copy: {to: open, by: [system, clerk], takes: [words]}\n")
    job = JOB.replace(
        NOTE,
        "  write: {from: open, by: [clerk],"
        " start: [{workflow: letter, event: write}, {workflow: letter, event: copy}]}\n"
        "  note: {from: open, by: [clerk], when: [{check: children.letter.copy.open == 0"
        " && children.letter.write.open == 1 && children.letter.total == 2, else: no}]}\n",
    )
    engine = make(pack(tmp_path / "pack", job=job, letter=letter))
    ref = begun(engine).ref
    _written, copied = engine.fire(ref, "write", by="clerk").started
    assert not allowed(engine, ref)
    engine.fire(copied, "send", by="clerk")
    assert allowed(engine, ref)
