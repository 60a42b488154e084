"""What happens in many cases that agree in some fields is counted over all of them, within a window of working time."""

import threading
from contextlib import nullcontext
from pathlib import Path

import psycopg
import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.counting import JOB, begun, noted, pack, steps
from tests.engine.runtime.street import at_once

import duban
import duban.testing
from duban.engine.errors import StoreBusy
from duban.engine.model.case import Case, Outcome
from duban.engine.runtime.commands import Commands
from duban.engine.runtime.occurrences import subject_of
from duban.engine.runtime.request import Request

BOTH = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
HERE = {"place": "bridge", "kind": "litter"}


@pytest.fixture
def engine(make: Make, tmp_path: Path) -> duban.Engine:
    """An engine on the pack that counts."""
    return make(pack(tmp_path / "pack"))


def reopened(engine: duban.Engine, case: Case) -> Case:
    """The job, finished and begun again."""
    engine.fire(case.ref, "end", by="clerk")
    return engine.fire(case.ref, "reopen", by="clerk").case


@BOTH
def test_the_case_that_reaches_the_number_climbs_and_the_others_do_not(engine: duban.Engine) -> None:
    cases = [begun(engine, **HERE) for _ in range(4)]
    assert [steps(engine, case.ref) for case in cases] == [[], [], ["repeats@3"], []]
    assert [case.level for case in cases] == [0, 0, 4, 0]
    assert [letter.parent for letter in engine.find("letter", by="clerk")] == [cases[2].ref]
    assert engine.verify() == []


@BOTH
def test_cases_that_differ_in_a_field_are_counted_apart(engine: duban.Engine) -> None:
    places = [begun(engine, place=place, kind=kind) for place in ("bridge", "square") for kind in ("litter", "parking")]
    again = [begun(engine, place=place, kind=kind) for place in ("bridge", "square") for kind in ("litter", "parking")]
    assert {case.level for case in places + again} == {0}
    assert begun(engine, **HERE).level == 4


def test_nothing_is_counted_and_nothing_linked_where_a_field_is_empty(engine: duban.Engine) -> None:
    cases = [begun(engine, place="bridge") for _ in range(4)]
    assert {(case.level, case.data.get("before")) for case in cases} == {(0, None)}
    assert noted(engine) == 0


@BOTH
def test_only_what_happened_within_the_window_counts(engine: duban.Engine, clock: duban.testing.FrozenClock) -> None:
    begun(engine, **HERE)
    clock.advance("1 working day")
    begun(engine, **HERE)
    clock.advance("2 working days")
    at_the_edge = begun(engine, **HERE)
    assert at_the_edge.level == 4
    clock.advance("2 working days")
    begun(engine, **HERE)
    assert begun(engine, **HERE).level == 0


def test_a_moment_past_the_window_is_past_it(engine: duban.Engine, clock: duban.testing.FrozenClock) -> None:
    begun(engine, **HERE)
    begun(engine, **HERE)
    clock.advance("3 working days 1 working minute")
    assert begun(engine, **HERE).level == 0


@BOTH
def test_a_step_is_climbed_once_within_a_window_and_again_after_it(
    engine: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    levels = []
    for _ in range(3):
        levels += [begun(engine, **HERE).level for _ in range(3)]
        clock.advance("1 working day")
    assert levels == [0, 0, 4] + [0] * 6
    clock.advance("2 working days")
    assert begun(engine, **HERE).level == 4
    assert begun(engine, **HERE).level == 0


def test_an_event_of_the_same_case_counts_again(engine: duban.Engine) -> None:
    case = begun(engine, **HERE)
    reopened(engine, case)
    assert steps(engine, reopened(engine, case).ref) == ["repeats@3"]


@BOTH
def test_a_reset_by_one_case_starts_all_of_them_anew(make: Make, tmp_path: Path) -> None:
    engine = make(pack(tmp_path / "pack", job=JOB.replace("within: 3 working days", "resets_on: [praise]")))
    first = begun(engine, **HERE)
    begun(engine, **HERE)
    engine.fire(first.ref, "praise", by="clerk")
    assert [begun(engine, **HERE).level for _ in range(4)] == [0, 0, 4, 0]


def test_a_subject_is_told_by_its_fields_and_their_names_in_whatever_order(make: Make, tmp_path: Path) -> None:
    count = make(pack(tmp_path / "a")).world.pack.workflows["job"].workflow.counts["repeats"]
    turned = JOB.replace("across: [place, kind]", "across: [kind, place]")
    other = make(pack(tmp_path / "b", job=turned)).world.pack.workflows["job"].workflow.counts["repeats"]
    subject = subject_of(count, None, HERE)
    assert subject == subject_of(other, "JOB-000009", {"title": "x", **HERE})
    assert subject != subject_of(count, None, {"place": "litter", "kind": "bridge"})
    assert "bridge" not in str(subject)


def test_the_latest_case_within_the_window_is_linked(engine: duban.Engine, clock: duban.testing.FrozenClock) -> None:
    first = begun(engine, **HERE)
    clock.advance("1 working hour")
    second = begun(engine, **HERE)
    assert (first.data.get("before"), second.data["before"]) == (None, first.ref)
    clock.advance("1 working hour")
    reopened(engine, first)
    assert begun(engine, **HERE).data["before"] == first.ref
    assert begun(engine, place="square", kind="litter").data.get("before") is None
    clock.advance("4 working days")
    assert begun(engine, **HERE).data.get("before") is None


def test_a_case_that_is_hidden_from_whoever_starts_one_is_passed_over(
    engine: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    shown = begun(engine, **HERE)
    clock.advance("1 working hour")
    hidden = begun(engine, **HERE)
    engine.fire(hidden.ref, "seal", by="judge")
    clock.advance("1 working hour")
    assert begun(engine, **HERE).data["before"] == shown.ref


def test_not_even_who_sees_a_hidden_case_links_it_to_a_case_that_all_can_see(engine: duban.Engine) -> None:
    hidden = begun(engine, **HERE)
    engine.fire(hidden.ref, "seal", by="judge")
    for by in ("judge", "system"):
        case = engine.start("job", by=by, data=HERE)
        assert hidden.ref not in case.data.values()


def test_cases_of_a_confidential_workflow_are_linked_among_themselves(make: Make, tmp_path: Path) -> None:
    engine = make(pack(tmp_path / "pack", job=JOB.replace("reference: JOB", "reference: JOB\nconfidential: [judge]")))
    first = engine.start("job", by="judge", data=HERE)
    assert engine.start("job", by="judge", data=HERE).data["before"] == first.ref


@BOTH
def test_of_many_that_are_started_at_once_exactly_one_climbs(engine: duban.Engine, kind: str) -> None:
    for _round in range(3):
        place = {"place": f"place-{_round}", "kind": "litter"}
        found = [case for case in at_once(6, lambda _n, place=place: begun(engine, **place)) if isinstance(case, Case)]
        assert sorted(case.level for case in found) == [0, 0, 0, 0, 0, 4]
    assert len(engine.find("letter", by="clerk")) == 3
    assert engine.verify() == []


@pytest.mark.parametrize("kind", ["postgresql"])
def test_of_two_that_wait_for_each_other_one_is_undone_and_the_event_comes_to_its_end(
    engine: duban.Engine, url: str
) -> None:
    case = begun(engine, **HERE)
    engine.fire(case.ref, "end", by="clerk")
    count = engine.world.pack.workflows["job"].workflow.counts["repeats"]
    subject = subject_of(count, case.ref, case.data)
    assert subject is not None
    answers: list[Outcome] = []
    reopening = threading.Thread(target=lambda: answers.append(engine.fire(case.ref, "reopen", by="clerk")))
    try:
        with engine.store.write() as writer:
            writer.lock_subject("job.repeats", subject)
            reopening.start()
            # It holds the case by now and waits for the subject.
            while not waiting(url):
                assert reopening.is_alive()
            assert writer.lock_case_by_id(engine.get(case.ref, by="system").id) is not None
    except StoreBusy as fault:
        assert fault.data["deadlock"]  # the database chooses which of the two it undoes
    reopening.join(30)
    assert [done.case.state for done in answers] == ["open"]
    assert engine.verify() == []


@pytest.mark.parametrize(("deadlock", "tries"), [(True, 2), (False, 1)])
def test_an_event_that_was_undone_for_another_is_done_again_and_one_that_waited_too_long_is_not(
    engine: duban.Engine, monkeypatch: pytest.MonkeyPatch, deadlock: bool, tries: int
) -> None:
    case = begun(engine)
    calls: list[str] = []
    fire = Commands.fire

    def busy_once(commands: Commands, request: Request, depth: int = 0) -> Outcome:
        done = fire(commands, request, depth)
        calls.append(request.event or "")
        if len(calls) == 1:
            raise StoreBusy(url="x", seconds="5", deadlock=deadlock)
        return done

    monkeypatch.setattr(Commands, "fire", busy_once)
    with nullcontext() if deadlock else pytest.raises(StoreBusy):
        engine.fire(case.ref, "hold", by="clerk")
    assert len(calls) == tries
    assert [row.event for row in engine.history(case.ref, by="clerk")] == ["begin", *["hold"] * (tries - 1)]


def waiting(url: str) -> bool:
    """Whether somebody waits for an advisory lock."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return found.fetchone() != (0,)
