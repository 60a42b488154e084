"""A small pack whose errands come one after another, and how a test makes many of them."""

from pathlib import Path
from typing import Any

from tests.engine.runtime.street import ORGANIZATION, written

import duban

ERRAND = """
workflow: errand
version: 1
reference: ERR
fields:
  words: {type: text}
  after: {type: case, workflow: errand}
  unit: {type: unit}
states:
  open: {label: {en: Open, zh: 进行中}}
  done: {final: true}
events:
  begin: {to: open, by: [clerk, hand, system], takes: [words, after, unit]}
  note: {from: open, by: [clerk], takes: [words], do: [{notify: {to: chief}}]}
  heard: {from: open, by: [system]}
  again: {from: open, by: [clerk], start: [{workflow: errand, with: {words: words}}]}
  end:
    from: open
    to: done
    by: [clerk, hand]
    do: [{notify: {to: chief}}]
    when: [{check: "!given.words || data.words != 'no'", else: {en: it says no, zh: 内容为否}}]
  pass_on:
    from: open
    to: done
    by: [clerk]
    when:
      - check: "!given.after || linked.after.open || (given.words && data.words == 'force')"
        else: {en: the one before is done, zh: 前一件已办结}
    fire: {event: heard, field: after}
deadlines:
  pace: {runs_in: [open], within: 2 working days, ladder: [{at: due, level: 1}]}
"""
SECRET = """
workflow: secret
version: 1
reference: SEC
confidential: [chief]
fields: {words: {type: text}}
states: {open: {}, done: {final: true}}
events:
  tell: {to: open, by: [chief], takes: [words]}
  end:
    from: open
    to: done
    by: [chief]
    when: [{check: "!given.words || data.words != 'no'", else: {en: it says no, zh: 内容为否}}]
"""


def errands(folder: Path) -> Path:
    """The pack."""
    return written(folder, ORGANIZATION, errand=ERRAND, secret=SECRET)


def begun(engine: duban.Engine, count: int = 1, **data: Any) -> list[str]:
    """New errands; their references."""
    with engine.batch() as batch:
        return [batch.start("errand", by="clerk", data=data).ref for _ in range(count)]


def told(engine: duban.Engine, count: int = 1, **data: Any) -> list[str]:
    """New secrets; their references."""
    with engine.batch() as batch:
        return [batch.start("secret", by="chief", data=data).ref for _ in range(count)]


def moved(engine: duban.Engine, refs: list[str]) -> list[tuple[str, int]]:
    """State and version of each."""
    found = [engine.get(ref, by="system") for ref in refs]
    return [(case.state, case.version) for case in found]
