"""A pack of jobs whose deadlines depend on their speed and on a day."""

from pathlib import Path

from tests.engine.runtime.street import written

import duban
from duban.engine.model.case import Case

JOB = """
workflow: job
version: 1
reference: JOB
fields:
  speed: {type: choice, of: [slow, fast, never], default: slow}
  by_day: {type: date}
  review: {type: date}
states: {open: {}, waiting: {}, done: {final: true}}
events:
  begin: {to: open, by: [clerk], takes: [speed, by_day, review]}
  change: {from: [open, waiting], by: [clerk], takes: [speed, by_day, review]}
  wait: {from: open, to: waiting, by: [clerk, scheduler]}
  go: {from: waiting, to: open, by: [clerk]}
  renew: {from: [open, waiting], by: [chief]}
  escalate:
    from: open
    by: [scheduler]
    when: [{check: data.speed != "fast", else: {en: fast ones are not escalated, zh: 加急的不升级}}]
  end: {from: [open, waiting], to: done, by: [clerk]}
deadlines:
  work:
    runs_in: [open]
    within: {by: speed, slow: 4 working days, fast: 1 working day, never: 500 working days}
    restarts_on: [renew]
    ladder:
      - {at: 50%, do: [{notify: {to: clerk}}]}
      - {at: due, level: 1, fire: escalate}
      - {at: due + 1 working day, level: 2}
  target:
    runs_in: [open, waiting]
    until: by_day
    ladder: [{at: due, level: 3}, {at: due + 1 working day, level: 4, fire: wait}]
"""


def pack(folder: Path) -> Path:
    """The pack."""
    return written(folder, job=JOB)


def job(engine: duban.Engine, **data: str) -> Case:
    """A new job; its deadlines run."""
    return engine.start("job", by="clerk", data=data)
