"""A sweep in batches leaves what climbing step by step leaves: row for row, in every table."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.engine.runtime.bulk.same import kept
from tests.engine.runtime.counting import ORGANIZATION
from tests.engine.runtime.street import MONDAY, written

import duban
import duban.testing
from duban.engine.runtime import sweep
from duban.engine.runtime.bulk import gathering

WATCH = """
workflow: watch
version: 1
label: {en: Watch, zh: 督查}
reference: WAT
fields:
  title: {type: text}
  place: {type: text}
  unit: {type: unit}
states: {open: {}, slow: {}, held: {}, done: {final: true}}
events:
  begin: {to: open, by: [clerk, system], takes: [title, place, unit]}
  more: {from: [open, slow], by: [clerk], start: [{workflow: watch, with: {title: title, unit: unit}}]}
  name: {from: [open, slow], by: [clerk], takes: [title, unit]}
  slip:
    from: open
    to: slow
    by: [scheduler, clerk]
    when: [{check: "!given.place || data.place != 'near'", else: {en: it is near, zh: 很近}}]
  mention: {from: [open, slow], by: [scheduler], do: [{notify: {to: clerk}}], fire: {parent: heard, optional: true}}
  heard: {from: [open, slow], by: [system], do: [{notify: {to: unit}}]}
  hold: {from: [open, slow], to: held, by: [clerk]}
  resume: {from: held, to: open, by: [clerk]}
  seal: {from: [open, slow], by: [judge], confidential: [judge]}
  end: {from: [open, slow], to: done, by: [judge], waits_for: watch}
deadlines:
  pace:
    runs_in: [open, slow]
    within: 2 working days
    ladder:
      - {at: 25%, do: [{notify: {to: unit}}]}
      - {at: 50%, level: 1, do: [{notify: {to: clerk}}]}
      - {at: due, level: 2, start: [{workflow: letter, with: {words: title}, when: "level > 0"}]}
      - {at: due + 1 working day, level: 3, do: [{notify: {to: clerk}}]}
  answer:
    runs_in: [open]
    within: 1 working day
    ladder:
      - {at: 50%, fire: mention}
      - {at: due, fire: slip, do: [{notify: {to: unit}}]}
  rest: {runs_in: [held], within: 1 working day, ladder: [{at: due, level: 1}, {at: due + 1 working day, level: 4}]}
counts:
  slips: {of: slip, when: "count.slip > 1", ladder: [{at: 1, level: 5, do: [{notify: {to: clerk}}]}]}
  late: {of: pace@50%, across: [place], ladder: [{at: 3, start: [{workflow: letter, with: {words: place}}]}]}
"""
LETTER = """
workflow: letter
version: 1
reference: LET
fields: {words: {type: text}}
states: {open: {}, sent: {final: true}}
events:
  write: {to: open, by: [system, clerk], needs: [words]}
  send: {from: open, to: sent, by: [clerk]}
deadlines:
  sending: {runs_in: [open], within: 1 working day, ladder: [{at: due, level: 1, do: [{notify: {to: clerk}}]}]}
"""
SECRET = """
workflow: secret
version: 1
reference: SEC
confidential: [judge]
fields: {words: {type: text}}
states: {open: {}, done: {final: true}}
events:
  tell: {to: open, by: [judge], takes: [words]}
  end: {from: open, to: done, by: [judge]}
deadlines:
  pace:
    runs_in: [open]
    within: 1 working day
    ladder:
      - {at: 25%, do: [{notify: {to: judge}}]}
      - {at: 50%, level: 1, do: [{notify: {to: judge}}]}
      - {at: due, start: [{workflow: letter, with: {words: words}}]}
"""
EXAMPLES = 200 if os.environ.get("DUBAN_SOAK") else 15
EVENTS = "more name slip hold resume seal end".split()


@contextmanager
def step_by_step() -> Iterator[None]:
    """No batch comes to its end, so that each step is climbed in a transaction of its own."""
    with patch.object(sweep, "climbed_together", side_effect=RuntimeError("not together")):
        yield


class Sweepers(RuleBasedStateMachine):
    """What is due in one store is climbed step by step, in the other in batches."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="duban-steps-")
        pack = written(Path(self.folder.name), organization=ORGANIZATION, watch=WATCH, letter=LETTER, secret=SECRET)
        self.clock = duban.testing.FrozenClock(MONDAY)
        self.engines = [duban.Engine("sqlite:///:memory:", pack=pack, clock=self.clock) for _ in range(2)]
        for engine in self.engines:
            engine.migrate()
        self.before = sweep.BATCH, gathering.TRIES
        sweep.BATCH, gathering.TRIES = 6, 2  # type: ignore[misc]
        self.refs: list[str] = []

    def teardown(self) -> None:
        assert self.engines[1].verify() == []
        sweep.BATCH, gathering.TRIES = self.before  # type: ignore[misc]
        for engine in self.engines:
            engine.close()
        self.folder.cleanup()

    @rule(
        count=st.integers(1, 5), title=st.sampled_from(["a", "b", None]), place=st.sampled_from(["near", "far", None]),
        unit=st.sampled_from(["roads", "office", None]),
    )  # fmt: skip
    def watches_begin(self, count: int, title: str | None, place: str | None, unit: str | None) -> None:
        given = {"title": title, "place": place, "unit": unit}
        for _ in range(count):
            self._start("watch", {name: value for name, value in given.items() if value is not None})

    @rule(count=st.integers(1, 2), words=st.sampled_from([{}, {"words": "hush"}]))
    def secrets_are_told(self, count: int, words: dict[str, str]) -> None:
        for _ in range(count):
            self._start("secret", words)

    def _start(self, workflow: str, data: dict[str, Any]) -> None:
        first, second = (engine.start(workflow, by="judge", data=data).ref for engine in self.engines)
        assert first == second
        self.refs.append(first)

    @precondition(lambda self: self.refs)
    @rule(drawn=st.data(), event=st.sampled_from(EVENTS))
    def something_happens_to_one(self, drawn: st.DataObject, event: str) -> None:
        ref, came = drawn.draw(st.sampled_from(self.refs)), []
        data = drawn.draw(st.sampled_from([{"title": "c"}, {"unit": "office"}])) if event == "name" else {}
        for engine in self.engines:
            try:
                came.append(engine.fire(ref, event, by="judge", data=data).started)
            except duban.DubanError as fault:
                came.append((fault.code,))
        assert came[0] == came[1]

    @rule(hours=st.sampled_from(["1 working hour", "half a working day", "1 working day", "3 working days"]))
    def time_passes(self, hours: str) -> None:
        self.clock.advance(hours.replace("half a working day", "4 working hours"))
        with step_by_step():
            first = self.engines[0].sweep(by="judge")
        alone = sweep._Sweep._one_by_one
        with patch.object(sweep._Sweep, "_one_by_one", autospec=True, side_effect=alone) as fell_back:
            assert self.engines[1].sweep(by="judge") == first
        # Nothing is mended by the way around but what fails on either.
        assert first.failed or not fell_back.called

    @invariant()
    def the_two_are_the_same(self) -> None:
        first, second = map(kept, self.engines)
        for name, rows in first.items():
            assert second[name] == rows, name


Sweepers.TestCase.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
test_a_sweep_in_batches_leaves_what_climbing_step_by_step_leaves = Sweepers.TestCase
