"""An event on many cases leaves what it leaves when it is fired on each of them: row for row, in every table."""

import os
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.engine.runtime.bulk.same import at_once, kept, one_by_one
from tests.engine.runtime.counting import JOB, ORGANIZATION
from tests.engine.runtime.street import MONDAY, written

import duban
import duban.testing
from duban.engine.runtime.bulk import gathering, sources

PLAN = """
workflow: plan
version: 1
reference: PLN
fields:
  title: {type: text}
  lead: {type: case, workflow: job}
  weight: {type: number, default: 1}
  unit: {type: unit}
states: {drafted: {}, running: {}, finished: {final: true}}
events:
  draft: {to: drafted, by: [clerk], takes: [title, lead, weight, unit]}
  begin: {from: drafted, to: running, by: [clerk], start: [{workflow: letter, with: {words: title}}]}
  weigh:
    from: [drafted, running]
    by: [clerk, hand]
    takes: [weight, unit, lead]
    set: {title: {cel: "string(data.weight)"}}
    do: [{notify: {to: unit}}]
    when:
      - {check: count.weigh < 3, else: {en: weighed three times, zh: 已三次}}
      - {check: "count.weigh == 0 || actor != last.weigh.actor", else: {en: another one, zh: 须由他人}}
  push:
    from: running
    by: [clerk]
    when: [{check: "!given.lead || linked.lead.state == 'open'", else: {en: its lead is not open, zh: 牵头事项未开}}]
    fire: {event: praise, field: lead, optional: true}
  finish: {from: running, to: finished, by: [clerk], waits_for: letter}
deadlines:
  pace: {runs_in: [running], within: 2 working days, ladder: [{at: 50%, level: 1}, {at: due, level: 2}]}
"""
LETTER = """
workflow: letter
version: 1
reference: LET
fields: {words: {type: text}}
states: {open: {}, sent: {final: true}}
events:
  write: {to: open, by: [system, clerk], takes: [words]}
  send: {from: open, to: sent, by: [clerk]}
"""
PRAISED = JOB.replace(
    "praise: {from: [open, checked], by: [clerk]}", "praise: {from: [open, checked], by: [clerk, system]}"
)
EVENTS = {
    "job": "check redo praise hold resume note ask seal join end reopen".split(),
    "plan": "begin weigh push finish".split(),
    "letter": ["send"],
}
EXAMPLES = 200 if os.environ.get("DUBAN_SOAK") else 12
ACTORS = st.sampled_from(["clerk", "clerk", "clerk", "judge", "hand", "hand"])


class Twins(RuleBasedStateMachine):
    """What happens to one store one by one happens to the other at once."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="duban-bulk-")
        place = Path(self.folder.name)
        pack = written(place / "pack", organization=ORGANIZATION, job=PRAISED, plan=PLAN, letter=LETTER)
        self.clock = duban.testing.FrozenClock(MONDAY)
        self.engines = [
            duban.Engine("sqlite:///:memory:", pack=pack, clock=self.clock, evidence=place / "files") for _ in range(2)
        ]
        for engine in self.engines:
            engine.migrate()
        # So that a few cases fill several batches, and are soon known to need the longer way.
        self.before = sources.BATCH, gathering.TRIES
        sources.BATCH, gathering.TRIES = 4, 2
        self.refs: list[str] = []
        self.done: list[tuple[Any, ...]] = []

    def teardown(self) -> None:
        assert self.engines[1].verify() == []
        sources.BATCH, gathering.TRIES = self.before
        for engine in self.engines:
            engine.close()
        self.folder.cleanup()

    @rule(place=st.sampled_from(["bridge", "square", None]), count=st.integers(1, 4))
    def jobs_begin(self, place: str | None, count: int) -> None:
        for _ in range(count):
            self._start("job", {"title": "sweep", "place": place, "kind": "litter"})

    @rule(count=st.integers(1, 3), chance=st.integers(0, 9))
    def plans_are_drafted(self, count: int, chance: int) -> None:
        jobs = [ref for ref in self.refs if ref.startswith("JOB")]
        for number in range(count):
            lead = jobs[(chance + number) % len(jobs)] if jobs and chance % 2 else None
            self._start("plan", {"title": "plan", "lead": lead, "unit": "roads"})

    def _start(self, workflow: str, data: dict[str, Any]) -> None:
        given = {name: value for name, value in data.items() if value is not None}
        first, second = (engine.start(workflow, by="judge", data=given).ref for engine in self.engines)
        assert first == second
        self.refs.append(first)

    @precondition(lambda self: self.refs)
    @rule(drawn=st.data(), by=ACTORS)
    def an_event_is_fired_on_some(self, drawn: st.DataObject, by: str) -> None:
        workflow = drawn.draw(st.sampled_from(["job", "job", "plan", "plan", "letter"]))
        event = drawn.draw(st.sampled_from(EVENTS[workflow]))
        some = drawn.draw(st.lists(st.sampled_from([*self.refs, "LET-000001", "JOB-000777"]), min_size=1, max_size=9))
        data: dict[str, Any] = {}
        if event == "weigh":
            data = drawn.draw(st.sampled_from([{}, {"weight": 3}, {"weight": "much"}, {"unit": "office"}]))
        if event == "join":
            data = {"master": drawn.draw(st.sampled_from(self.refs))}
        if event == "ask":
            data = {"place": "bridge"}
        key = drawn.draw(st.sampled_from([None, "again", f"key-{len(self.done)}"]))
        expect = drawn.draw(st.sampled_from([None, None, {some[0]: 1}]))
        self._both(some, event, by, data, key, expect)

    @precondition(lambda self: self.done)
    @rule(drawn=st.data())
    def it_is_asked_for_again(self, drawn: st.DataObject) -> None:
        self._both(*drawn.draw(st.sampled_from(self.done)))

    def _both(self, *asked: Any) -> None:
        some, event, by, data, key, expect = asked
        told = {"by": by, "data": data, "key": key, "expect": expect}
        assert at_once(self.engines[1], some, event, **told) == one_by_one(self.engines[0], some, event, **told)
        self.done.append(asked)

    @rule(hours=st.sampled_from(["1 working hour", "1 working day", "2 working days"]))
    def time_passes(self, hours: str) -> None:
        self.clock.advance(hours)
        first, second = (engine.sweep() for engine in self.engines)
        assert first == second

    @invariant()
    def the_two_are_the_same(self) -> None:
        first, second = map(kept, self.engines)
        for name, rows in first.items():
            assert second[name] == rows, name


Twins.TestCase.settings = settings(
    max_examples=200 if os.environ.get("DUBAN_SOAK") else 12,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
test_an_event_on_many_leaves_what_it_leaves_one_by_one = Twins.TestCase
