"""State, history, outbox, stopwatches, evidence, references, children and parents change together or not at all."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.family import begun, drafted, family
from tests.engine.runtime.street import PHOTO, contents

import duban
import duban.testing
from duban.persistence.writer import SqlWriter

WRITES = ("next_number add_case advance_case add_row put_stopwatches add_messages add_evidence add_definition").split()


class Cut(BaseException):
    """The failure: nothing catches it."""


class Saboteur:
    """Lets the write number ``fatal`` fail, before or after it was carried out, and counts which there were."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fatal, self.after, self.count = 0, False, 0
        self.seen: list[str] = []
        for name in WRITES:
            monkeypatch.setattr(SqlWriter, name, self._wrapped(name, getattr(SqlWriter, name)))

    def arm(self, fatal: int) -> None:
        self.fatal, self.count, self.seen = fatal, 0, []

    def _wrapped(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(writer: SqlWriter, *given: Any) -> Any:
            self.count += 1
            self.seen.append(name)
            if self.count == self.fatal and not self.after:
                raise Cut
            result = method(writer, *given)
            if self.count == self.fatal:
                raise Cut
            return result

        return call


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


@pytest.fixture
def engine(make: Make, tmp_path: Any) -> duban.Engine:
    """An engine on the family pack."""
    return make(family(tmp_path / "pack"))


@pytest.fixture(params=[False, True], ids=["before", "after"])
def saboteur(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Saboteur:
    """Fails before or after a write was carried out."""
    made = Saboteur(monkeypatch)
    made.after = request.param
    return made


def all_or_nothing(engine: duban.Engine, saboteur: Saboteur, act: Callable[[], Any], expected: str) -> None:
    """Let each write of ``act`` fail in turn: nothing may be left behind. Then let it succeed."""
    before = contents(engine)
    for fatal in range(1, 60):
        saboteur.arm(fatal)
        try:
            act()
        except Cut:
            assert contents(engine) == before, f"write {fatal} ({saboteur.seen[-1]}) left something behind"
        else:
            break
    assert contents(engine) != before
    assert set(expected.split()) <= set(saboteur.seen)
    assert len(saboteur.seen) == fatal - 1
    assert engine.verify() == []


def test_a_start_leaves_nothing_when_any_of_its_writes_fails(engine: duban.Engine, saboteur: Saboteur) -> None:
    def act() -> Any:
        return engine.start("plan", by="clerk", data={"title": "sweep", "units": ["roads"]}, key="req-1")

    all_or_nothing(engine, saboteur, act, "add_definition next_number add_case add_row")
    assert engine.find(by="clerk")[0].ref == "PLN-000001"


def test_an_event_and_the_children_that_it_starts_are_there_together(engine: duban.Engine, saboteur: Saboteur) -> None:
    plan = drafted(engine)
    all_or_nothing(
        engine,
        saboteur,
        lambda: engine.fire(plan.ref, "begin", by="clerk", evidence={"proof": PHOTO}, key="req-2"),
        "advance_case add_row put_stopwatches add_messages add_evidence add_definition next_number add_case",
    )
    assert [case.ref for case in engine.find("part", by="clerk")] == ["PRT-000002", "PRT-000001"]
    assert len(engine.messages(by="clerk")) == 3


def test_an_event_of_a_child_and_the_parents_that_it_fires_are_there_together(
    engine: duban.Engine, saboteur: Saboteur
) -> None:
    plan, parts = begun(engine)
    all_or_nothing(
        engine, saboteur, lambda: engine.fire(parts[0].ref, "finish", by="road-hand"), "advance_case add_row"
    )
    assert engine.get(plan.ref, by="clerk").version == 3


def test_a_ladder_step_with_all_that_it_starts_and_tells_is_there_at_once(
    engine: duban.Engine, saboteur: Saboteur, clock: duban.testing.FrozenClock
) -> None:
    plan, _parts = begun(engine)
    clock.advance("1 working day")
    all_or_nothing(
        engine,
        saboteur,
        lambda: engine.sweep(),
        "advance_case add_row put_stopwatches add_messages next_number add_case",
    )
    assert (engine.get(plan.ref, by="clerk").level, len(engine.find("part", by="clerk"))) == (1, 3)


def test_a_ladder_step_and_the_event_that_it_fires_are_there_at_once(
    engine: duban.Engine, saboteur: Saboteur, clock: duban.testing.FrozenClock
) -> None:
    plan, _parts = begun(engine)
    clock.advance("1 working day")
    saboteur.arm(0)
    engine.sweep()
    clock.advance("1 working day")
    all_or_nothing(engine, saboteur, lambda: engine.sweep(), "advance_case add_row put_stopwatches add_messages")
    assert engine.get(plan.ref, by="clerk").state == "stalled"


def test_a_child_that_cannot_be_started_takes_the_whole_event_with_it(engine: duban.Engine) -> None:
    plan = engine.start("plan", by="clerk", data={"title": "x" * 10_000, "units": ["roads"]})
    before = contents(engine)
    object.__setattr__(engine.world.pack.workflows["part"].workflow.fields["title"], "max", 5.0)
    with pytest.raises(duban.InvalidData, match="title"):
        engine.fire(plan.ref, "begin", by="clerk")
    assert contents(engine) == before


@pytest.mark.asvs("7.2.2")
def test_what_is_refused_changes_nothing_but_the_log_of_refusals(engine: duban.Engine) -> None:
    plan, _parts = begun(engine)
    before = contents(engine)
    for event, by, fault in (
        ("finish", "chief", duban.GuardRefused),
        ("resume", "chief", duban.TransitionNotAllowed),
        ("hold", "clerk", duban.NotPermitted),
    ):
        with pytest.raises(fault):
            engine.fire(plan.ref, event, by=by)
    assert contents(engine) == before
    assert [refusal.event for refusal in engine.refusals(by="clerk")] == ["hold", "resume", "finish"]
