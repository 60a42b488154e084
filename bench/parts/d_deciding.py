"""D: deciding without a database, guards in CEL apart, beside a bare ``transitions`` machine."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, cast

from transitions import Machine

import duban
from bench.measuring import Figure, Work, interleaved
from bench.peers.engine import PACK
from bench.plan import Plan
from bench.steppers import STATES
from duban.engine.model.case import Case
from duban.engine.ports.store import Reader
from duban.engine.runtime.judge import admit, refusals
from duban.engine.runtime.request import Request
from duban.engine.runtime.situation import Situation

DECISIONS = 2_000
"""How many a round times at once: one alone is too short for the clock."""

NOBODY = cast(Reader, None)
"""What is measured here reads nothing; if it did, it would fail."""


def decisions(plan: Plan) -> Iterator[Figure]:
    """One figure: a machine as the documentation of ``transitions`` has it, and the parts of duban's judgement."""
    engine = duban.Engine("sqlite:///:memory:", pack=PACK)
    world = engine.world
    workflow = world.pack.workflows["step"].workflow
    actor = world.directory.actor("office")
    compiled = world.definitions.current("step", actor)
    event, now = workflow.events["submit"], datetime.now(UTC)
    request = Request(actor=actor, event="submit", ref="STP-000001", data={"amount": 5}, expect_version=1)
    case = Case(
        id=1, ref="STP-000001", workflow="step", definition=workflow.hash, version=1, state="working",
        data={"amount": 1, "unit": "unit-0"}, unit="unit-0", level=0, opened_by="office", opened_at=now, updated_at=now,
    )  # fmt: skip
    post = world.directory.acting_post(actor, event.by, case.unit)
    situation = Situation(request, case, post, world.directory.scope(actor), now, world.hours)
    data, decide = {**case.data, "amount": 5}, compiled.interpreter.decide
    condition = compiled.condition(event.guards[0].check)
    values = {"data.amount": 5.0}
    rivals: dict[str, Work] = {
        "bare transitions": timed(_bare()),
        "duban, the machine": timed(lambda: decide("submit", "working", _yes)),
        "duban, with role and version": timed(lambda: admit(situation, compiled, event)),
        "duban, one guard": timed(lambda: refusals(situation, compiled, event, data, NOBODY)),
        "… of it CEL": timed(lambda: condition.value(values)),
    }
    if refusals(situation, compiled, event, data, NOBODY) or condition.value(values) is not True:
        raise AssertionError("the guard was to hold")
    yield Figure("D", "one decision without a database", interleaved(rivals, plan.rounds), {"unit": "decision"})
    engine.close()


def timed(decide: Callable[[], Any], times: int = DECISIONS) -> Work:
    """Rounds of so many calls; seconds of the processor for one, so that others at work do not count."""

    def work() -> float:
        began = time.thread_time()
        for _ in range(times):
            decide()
        return (time.thread_time() - began) / times

    return work


def _yes() -> bool:
    return True


class _Model:
    """What a machine is bound to; its methods come from there."""

    state: str
    submit: Callable[[], bool]
    rework: Callable[[], bool]


def _bare() -> Callable[[], bool]:
    """A decision as the first page of the documentation takes it: a model, whose trigger moves it there and back."""
    model = _Model()
    Machine(
        model, states=[*STATES, "closed"], initial="working",
        transitions=[["submit", "working", "checked"], ["rework", "checked", "working"]],
    )  # fmt: skip
    return lambda: model.submit() if model.state == "working" else model.rework()
