"""A pack of an office that goes by the calendar: rounds each working day, a list each Friday, and a ladder between."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.engine.runtime.street import ORGANIZATION, written

import duban

CATALOGUE = """
places:
  market: {label: {en: Market, zh: 市场}, unit: roads, big: true}
  garden: {label: {en: Garden, zh: 公园}, unit: parks, big: false}
"""
CAMPAIGN = """
workflow: campaign
version: 1
reference: CAM
states: {planned: {}, running: {}, over: {final: true}}
events:
  plan: {to: planned, by: [clerk]}
  go: {from: planned, to: running, by: [clerk]}
  end: {from: running, to: over, by: [clerk]}
"""
ROUND = """
workflow: round
version: 1
reference: ROU
fields:
  place: {type: choice, of: catalogue.places}
  unit: {type: unit}
  on: {type: date}
states: {planned: {}, walked: {final: true}}
events:
  plan: {to: planned, by: [scheduler], needs: [place, unit, on]}
  walk: {from: planned, to: walked, by: [hand]}
"""
MATTER = """
workflow: matter
version: 1
reference: MAT
fields:
  listed: {type: boolean, default: false}
  weeks: {type: number, default: 0}
  on: {type: date}
states: {open: {}, held: {}, done: {final: true}}
events:
  report: {to: open, by: [clerk], takes: [listed]}
  hold: {from: open, to: held, by: [clerk]}
  list:
    from: open
    by: [scheduler]
    takes: [on]
    set: {weeks: {cel: "data.weeks + 1.0"}}
    when: [{check: data.weeks < 5, else: {en: listed five times, zh: 已通报五次}}]
  end: {from: [open, held], to: done, by: [clerk]}
deadlines:
  answer:
    runs_in: [open]
    within: 1 working day
    ladder:
      - {at: due, level: 1}
      - {at: due + 1 working day, level: 2}
      - {at: due + 2 working days, level: 3}
"""
ROUNDS = """
  rounds:
    label: {en: Daily rounds, zh: 日查}
    on: working day
    at: "09:00"
    missed: MISSED
    start: [{workflow: round, event: plan, each: catalogue.places, with: {place: item, unit: item.unit, on: date}}]
"""
LISTING = """
  listing:
    on: friday
    at: "16:00"
    fire: {workflow: matter, event: list, where: {listed: true}, with: {on: date}}
"""
WHILE = "    while: {workflow: campaign, in: [planned, running]}\n"


def rounds(missed: str = "all", during: str = "") -> str:
    """The rounds, with what is made up for, and perhaps a ``while``."""
    return ROUNDS.replace("MISSED", missed) + during


def office(folder: Path, *cadences: str, **files: str) -> Path:
    """The pack with these cadences."""
    named = {"catalogue": CATALOGUE, "campaign": CAMPAIGN, "round": ROUND, "matter": MATTER, **files}
    return written(folder, ORGANIZATION, cadences="cadences:\n" + "".join(cadences), **named)


def matter(engine: duban.Engine, **data: Any) -> str:
    """A new matter; its reference."""
    return engine.start("matter", by="clerk", data=data).ref


def walked(engine: duban.Engine) -> list[tuple[str, str]]:
    """The day and the place of every round, oldest first."""
    found = engine.find("round", by="system", limit=1_000)
    return [(case.data["on"], case.data["place"]) for case in reversed(found)]


def days(engine: duban.Engine) -> list[str]:
    """The days of which there is every round, once; anything else is a failure."""
    found = walked(engine)
    each = [day for day, _place in found[::2]]
    assert found == [(day, place) for day in each for place in ("market", "garden")]
    return each


def settings(engine: duban.Engine, name: str) -> Mapping[str, str | None]:
    """What the store keeps of a cadence."""
    with engine.store.read() as reader:
        return {key: reader.setting(f"cadence.{name}{key}") for key in ("", ".course", ".last")}
