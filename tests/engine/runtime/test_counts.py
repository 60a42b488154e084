"""What happens in a case is counted, and the ladder of a count is climbed with the row that reached it."""

from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.counting import JOB, LETTER, begun, noted, pack, redone, steps
from tests.engine.runtime.street import contents, events

import duban
import duban.testing


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


@pytest.fixture
def engine(make: Make, tmp_path: Path) -> duban.Engine:
    """An engine on the pack that counts."""
    return make(pack(tmp_path / "pack"))


def test_a_step_is_climbed_by_the_row_that_reaches_its_number_and_only_once(engine: duban.Engine) -> None:
    ref = begun(engine).ref
    redone(engine, ref)
    assert steps(engine, ref) == []
    redone(engine, ref)
    assert steps(engine, ref) == ["reworks@2"]
    redone(engine, ref, 2)
    assert steps(engine, ref) == ["reworks@2", "reworks@3", "fourth@4"]
    assert engine.verify() == []


def test_a_step_is_a_row_of_the_history_that_the_scheduler_wrote(engine: duban.Engine) -> None:
    case = begun(engine)
    done = redone(engine, case.ref, 2)
    step = engine.history(case.ref, by="clerk")[-1]
    assert (step.kind, step.event, step.actor, step.level) == ("step", "reworks@2", "scheduler", 3)
    assert (step.from_state, step.to_state, step.seq) == ("open", "open", done.row.seq + 1)
    assert (done.case.version, done.case.level) == (step.seq, 3)
    assert engine.get(case.ref, by="clerk") == done.case
    engine.fire(case.ref, "check", by="hand", expect_version=done.case.version)


def test_a_step_does_what_it_says_notice_start_and_event(engine: duban.Engine) -> None:
    ref = begun(engine, title="two words").ref
    done = redone(engine, ref, 3)
    assert [message.key for message in engine.messages(by="clerk")] == [f"{ref}:6:0"]
    assert engine.deliver().delivered == 1
    (notice,) = engine.inbox(by="clerk")
    assert "Reworks: 2 times" in notice.text.en
    assert "返工：2 次" in notice.text.zh
    assert done.started == ("LET-000001",)
    assert engine.get("LET-000001", by="clerk").data == {"words": "two words"}
    assert engine.get("LET-000001", by="clerk").parent == ref
    assert events(engine, ref)[-3:] == ["redo", "reworks@3", "alarm"]


def test_the_level_rises_and_never_falls(engine: duban.Engine) -> None:
    ref = begun(engine).ref
    assert redone(engine, ref, 2).case.level == 3
    assert redone(engine, ref, 2).case.level == 3
    assert engine.history(ref, by="clerk")[-1].event == "fourth@4"


def test_a_key_that_is_repeated_counts_nothing_and_tells_the_first_answer_again(engine: duban.Engine) -> None:
    ref = begun(engine).ref
    for times in (2, 1):
        first = redone(engine, ref, times, key=f"req-{times}")
        engine.fire(ref, "praise", by="clerk")
        before = contents(engine)
        again = engine.fire(ref, "redo", by="clerk", key=f"req-{times}")
        assert again.duplicate
        assert (again.case.version, again.case.level, again.row) == (first.case.version, first.case.level, first.row)
        assert contents(engine) == before


def test_a_key_that_is_repeated_tells_what_steps_had_fired_and_what_those_had_reached(
    make: Make, tmp_path: Path
) -> None:
    more = (
        "  alarms: {of: alarm, ladder: [{at: 1, level: 7, fire: hold}]}\n"
        "  thirds: {of: redo, ladder: [{at: 3, level: 8}]}\n"
    )
    engine = make(pack(tmp_path / "pack", job=JOB + more))
    ref = begun(engine).ref
    first = redone(engine, ref, 3, key="req")
    assert events(engine, ref)[-6:] == ["redo", "reworks@3", "alarm", "alarms@1", "hold", "thirds@3"]
    assert (first.case.version, first.case.state, first.case.level) == (13, "held", 8)
    engine.fire(ref, "resume", by="clerk")
    again = engine.fire(ref, "redo", by="clerk", key="req")
    assert (again.case.version, again.case.state, again.case.level) == (13, "held", 8)
    assert engine.verify() == []


def test_a_reset_starts_anew_and_the_steps_are_climbed_again(engine: duban.Engine) -> None:
    ref = begun(engine).ref
    redone(engine, ref, 2)
    engine.fire(ref, "praise", by="clerk")
    redone(engine, ref)
    assert steps(engine, ref) == ["reworks@2"]
    redone(engine, ref)
    assert steps(engine, ref) == ["reworks@2", "reworks@2", "fourth@4"]


def test_a_case_is_counted_by_itself(engine: duban.Engine) -> None:
    first, second = begun(engine).ref, begun(engine).ref
    redone(engine, first)
    redone(engine, second)
    assert steps(engine, first) + steps(engine, second) == []


def test_a_guard_sees_how_often_it_has_happened(engine: duban.Engine) -> None:
    ref = begun(engine).ref
    redone(engine, ref, 5)
    engine.fire(ref, "check", by="hand")
    with pytest.raises(duban.GuardRefused, match="enough"):
        engine.fire(ref, "redo", by="clerk")
    engine.fire(ref, "praise", by="clerk")
    engine.fire(ref, "redo", by="clerk")


def test_what_is_refused_previewed_or_rolled_back_counts_nothing(engine: duban.Engine) -> None:
    ref = begun(engine).ref
    redone(engine, ref)
    engine.fire(ref, "check", by="hand")
    before, kept = contents(engine), noted(engine)
    with pytest.raises(duban.NotPermitted):
        engine.fire(ref, "redo", by="hand")
    assert engine.preview(ref, "redo", by="clerk").case.level == 3
    with pytest.raises(ZeroDivisionError):
        rolled_back(engine, ref)
    assert contents(engine) == before
    assert noted(engine) == kept
    assert redone_once_more(engine, ref) == ["reworks@2"]


def rolled_back(engine: duban.Engine, ref: str) -> None:
    """A job that is found wanting in a transaction that fails."""
    with engine.batch() as batch:
        assert batch.fire(ref, "redo", by="clerk").case.level == 3
        raise ZeroDivisionError


def redone_once_more(engine: duban.Engine, ref: str) -> list[str]:
    """The steps after a checked job was found wanting."""
    engine.fire(ref, "redo", by="clerk")
    return steps(engine, ref)


def test_a_step_of_a_deadline_is_counted_like_an_event(engine: duban.Engine, clock: duban.testing.FrozenClock) -> None:
    ref = begun(engine).ref
    clock.advance("5 working days")
    assert engine.sweep().climbed == 2
    assert steps(engine, ref) == ["pace@20%", "pace@due", "overdue@1"]
    assert engine.get(ref, by="clerk").level == 5
    clock.advance("1 working day")
    assert (engine.sweep().climbed, engine.sweep().climbed) == (1, 0)
    assert events(engine, ref)[-2:] == ["pace@due + 1 working day", "hold"]
    assert engine.get(ref, by="clerk").level == 5
    assert engine.verify() == []


def test_an_event_of_a_step_that_is_refused_is_recorded_and_the_step_stays_climbed(make: Make, tmp_path: Path) -> None:
    engine = make(pack(tmp_path / "pack", job=JOB.replace("alarm: {from: open", "alarm: {from: held")))
    ref = begun(engine).ref
    done = redone(engine, ref, 3)
    assert events(engine, ref)[-2:] == ["redo", "reworks@3"]
    assert done.case.version == 9
    (refusal,) = engine.refusals(by="clerk")
    assert (refusal.actor, refusal.ref, refusal.event) == ("scheduler", ref, "alarm")
    assert refusal.code == "transition-not-allowed"


def test_a_case_that_a_step_cannot_start_refuses_the_event_that_reached_it(make: Make, tmp_path: Path) -> None:
    letter = LETTER.replace(
        "takes: [words]}", "takes: [words], when: [{check: data.words != 'sweep', else: no words}]}"
    )
    assert letter != LETTER
    engine = make(pack(tmp_path / "pack", letter=letter))
    ref = begun(engine).ref
    redone(engine, ref, 2)
    engine.fire(ref, "check", by="hand")
    before = contents(engine)
    with pytest.raises(duban.GuardRefused, match="no words"):
        engine.fire(ref, "redo", by="clerk")
    assert contents(engine) == before


def test_only_what_fulfils_the_condition_counts(make: Make, tmp_path: Path) -> None:
    job = JOB.replace("    of: redo\n", "    of: redo\n    when: data.kind == 'litter' && actor == 'clerk'\n")
    engine = make(pack(tmp_path / "pack", job=job))
    litter, parking, other = begun(engine, kind="litter").ref, begun(engine, kind="parking").ref, begun(engine).ref
    for ref in (litter, parking, other):
        redone(engine, ref, 2)
    assert [steps(engine, ref) for ref in (litter, parking, other)] == [["reworks@2"], [], []]


def test_counts_that_lead_to_one_another_in_a_circle_end_with_an_error_and_change_nothing(
    make: Make, tmp_path: Path
) -> None:
    ring = (
        "  rings: {of: note, resets_on: [hold, note], ladder: [{at: 1, fire: alarm}]}\n"
        "  bells: {of: alarm, resets_on: [alarm], ladder: [{at: 1, fire: note}]}\n"
    )
    job = JOB.replace("note: {from: open, by: [clerk]", "note: {from: open, by: [clerk, scheduler]")
    engine = make(pack(tmp_path / "pack", job=job + ring))
    case = begun(engine, place="bridge")
    before = contents(engine)
    with pytest.raises(duban.UsageError, match=rf"more than 5 deep, last on {case.ref}"):
        engine.fire(case.ref, "note", by="clerk")
    assert contents(engine) == before


def test_a_running_case_is_counted_by_the_definition_that_it_began_under(make: Make, tmp_path: Path) -> None:
    old = make(pack(tmp_path / "old"))
    first = begun(old).ref
    redone(old, first)
    job = JOB.replace("version: 1", "version: 2").replace("- {at: 2, level: 3,", "- {at: 1, level: 6,")
    new = make(pack(tmp_path / "new", job=job))
    redone(new, first)
    second = begun(new).ref
    redone(new, second)
    assert (steps(new, first), new.get(first, by="clerk").level) == (["reworks@2"], 3)
    assert (steps(new, second), new.get(second, by="clerk").level) == (["reworks@1"], 6)
    assert new.verify() == []
