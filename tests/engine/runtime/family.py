"""A pack whose plans start parts, wait for them and are told when one is finished."""

from pathlib import Path

from tests.engine.runtime.street import PHOTO, written

import duban
from duban.engine.model.case import Case

PLAN = """
workflow: plan
version: 1
label: {en: Plan, zh: 计划}
reference: PLN
fields:
  title: {type: text}
  units: {type: list, of: unit}
  area: {type: choice, of: [north, south]}
  proof: {type: evidence}
states:
  drafted:
  running: {label: {en: Running, zh: 进行中}}
  stalled:
  finished: {final: true}
events:
  draft: {to: drafted, by: [clerk], needs: [title], takes: [units, area]}
  begin:
    from: drafted
    to: running
    by: [clerk]
    takes: [proof]
    has: [units]
    do: [{notify: {to: chief}}]
    start: [{workflow: part, each: units, with: {title: title, unit: item}}]
  tick: {from: running, by: [system]}
  hold: {from: running, to: stalled, by: [chief, scheduler], do: [{notify: {to: clerk}}]}
  resume: {from: stalled, to: running, by: [chief]}
  finish: {from: running, to: finished, by: [chief], waits_for: part}
deadlines:
  pace:
    runs_in: [running]
    within: 2 working days
    ladder:
      - {at: 50%, level: 1, do: [{notify: {to: clerk}}], start: [{workflow: part, with: {title: title}}]}
      - {at: due, level: 2, fire: hold}
"""

PART = """
workflow: part
version: 1
reference: PRT
fields:
  title: {type: text}
  unit: {type: unit}
states:
  open:
  done: {final: true}
events:
  open: {to: open, by: [system], needs: [title], takes: [unit], do: [{notify: {to: unit}}]}
  mention: {from: open, by: [hand], fire: {parent: tick, optional: true}}
  finish: {from: open, to: done, by: [hand], fire: {parent: tick}}
  reopen: {from: done, to: open, by: [chief]}
"""


def family(folder: Path, plan: str = PLAN, part: str = PART) -> Path:
    """The pack."""
    return written(folder, plan=plan, part=part)


def drafted(engine: duban.Engine, units: tuple[str, ...] = ("roads", "parks")) -> Case:
    """A plan that has not begun."""
    return engine.start("plan", by="clerk", data={"title": "sweep", "units": list(units), "area": "north"})


def begun(engine: duban.Engine, units: tuple[str, ...] = ("roads", "parks")) -> tuple[Case, list[Case]]:
    """A plan with a part for each of these units, and its parts."""
    plan = drafted(engine, units)
    done = engine.fire(plan.ref, "begin", by="clerk", evidence={"proof": PHOTO})
    return done.case, [engine.get(ref, by="clerk") for ref in done.started]
