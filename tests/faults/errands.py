"""A pack of errands, each on a ladder whose every step leaves a message: their numbers tell the order of climbing."""

import os
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from tests.engine.runtime.street import ORGANIZATION, written

import duban
import duban.testing

ERRAND = """
workflow: errand
version: 1
reference: ERR
fields: {speed: {type: choice, of: [quick, slow]}}
states: {open: {}, done: {final: true}}
events:
  begin: {to: open, by: [clerk], needs: [speed]}
  end: {from: open, to: done, by: [clerk]}
deadlines:
  work:
    runs_in: [open]
    within: {by: speed, quick: 1 working day, slow: 2 working days}
    ladder:
      - {at: due, level: 1, do: [{notify: {to: clerk}}]}
      - {at: due + 1 working day, level: 2, do: [{notify: {to: clerk}}]}
      - {at: due + 4 working days, level: 3, do: [{notify: {to: clerk}}]}
"""
BEGUN = "2020-11-23T09:30:00+08:00"
A_WEEK_LATER = "2020-11-30T11:50:00+08:00"
"""Every quick errand is due on three steps by then, every slow one on two."""
YEARS_LATER = "2026-01-05T11:50:00+08:00"
"""Every errand is due on all its steps by then, as it is for a process on the clock of the machine."""

_DAYS = {"quick": (1, 2, 5), "slow": (2, 3, 6)}
POINTS = ("due", "due + 1 working day", "due + 4 working days")
FULL = os.environ.get("DUBAN_SOAK") == "1"
"""Whether this is the long run of ``make soak``."""


def pack(folder: Path) -> Path:
    """The pack."""
    return written(folder, ORGANIZATION, errand=ERRAND)


def begun(
    engine: duban.Engine, clock: duban.testing.FrozenClock, count: int, until: str = A_WEEK_LATER
) -> list[tuple[str, str]]:
    """Begin so many errands, a second apart; the steps due ``until`` then as (reference, step), in due order."""
    assert engine.sweep().climbed == 0
    end = datetime.fromisoformat(until)
    due: list[tuple[datetime, int, str, str]] = []
    with engine.batch() as batch:
        for number in range(count):
            speed = ("quick", "slow", "slow", "quick")[number % 4]
            ref = batch.start("errand", by="clerk", data={"speed": speed}).ref
            for days, point in zip(_DAYS[speed], POINTS, strict=True):
                at = engine.world.hours.add(clock.now(), days * engine.world.hours.day_seconds).at
                if at <= end:
                    due.append((at, number, ref, f"work@{point}"))
            clock.advance(timedelta(seconds=1))
    return [(ref, step) for _at, _number, ref, step in sorted(due)]


def climbed(engine: duban.Engine) -> list[tuple[str, str]]:
    """The steps that were climbed, in the order in which they were."""
    found = engine.messages(by="system", limit=1_000_000)
    return [(message.ref, message.params["case"]["event"]) for message in found]


def whole(engine: duban.Engine, expected: list[tuple[str, str]]) -> None:
    """Nothing is missing, doubled or out of order, on any way in which it can be counted."""
    assert climbed(engine) == expected
    steps = Counter(ref for ref, _step in expected)
    after = None
    while True:
        page = engine.find("errand", by="system", limit=1_000, after=after)
        assert all((case.level, case.version) == (steps[case.ref], 1 + steps[case.ref]) for case in page)
        after = page.cursor
        if after is None:
            break
    assert engine.verify() == []
    assert engine.sweep().climbed == 0


def later(engine: duban.Engine, moment: str = A_WEEK_LATER) -> duban.Engine:
    """The engine a week later."""
    engine.world.clock.move_to(moment)  # type: ignore[attr-defined]
    return engine
