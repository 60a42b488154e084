"""A small pack with an open and a confidential workflow, and what is done in it."""

from collections.abc import Sequence
from pathlib import Path

from tests.engine.runtime.street import written

import duban
import duban.testing
from duban.engine.ports.observer import Observer

MORNING = "2020-11-23T09:30:00+08:00"
ORGANIZATION = """
timezone: Asia/Shanghai
units: {office: {}}
roles: {clerk: {sees: all}, judge: {sees: own}}
posts:
  clerk: {unit: office, roles: [clerk]}
  judge: {unit: office, roles: [judge]}
"""
MATTER = """
workflow: matter
version: 1
reference: MAT
fields: {words: {type: text}, size: {type: number}}
states: {open: {}, done: {final: true}}
events:
  report: {to: open, by: [clerk], takes: [words, size], do: [{notify: {to: clerk}}]}
  close: {from: open, to: done, by: [clerk], when: [{check: 'data.words != "-"', else: {en: empty, zh: 空}}]}
deadlines:
  answer: {runs_in: [open], within: 1 working hour, ladder: [{at: due, level: 1, do: [{notify: {to: clerk}}]}]}
"""
TIP = """
workflow: tip
version: 1
reference: TIP
confidential: [judge]
fields: {words: {type: text}}
states: {open: {}, done: {final: true}}
events:
  tell: {to: open, by: [judge], takes: [words], do: [{notify: {to: judge}}]}
  end: {from: open, to: done, by: [judge]}
deadlines:
  look: {runs_in: [open], within: 1 working hour, ladder: [{at: due, level: 1, do: [{notify: {to: judge}}]}]}
"""


def opened(folder: Path, observers: Sequence[Observer] = ()) -> duban.Engine:
    """An engine on the pack with a store of its own, whose clock stands still."""
    pack = written(folder / "pack", ORGANIZATION, matter=MATTER, tip=TIP)
    clock = duban.testing.FrozenClock(MORNING)
    engine = duban.Engine(f"sqlite:///{folder / 'office.db'}", pack=pack, clock=clock, observers=observers)
    engine.migrate()
    return engine


def refused(engine: duban.Engine, ref: str, event: str, by: str, **rest: object) -> str:
    """Fire what is not done; the code of the error."""
    try:
        engine.fire(ref, event, by=by, **rest)  # type: ignore[arg-type]
    except duban.DubanError as fault:
        return fault.code
    raise AssertionError(f"{event} on {ref} was done")


def a_morning(engine: duban.Engine, *, hidden: bool) -> None:
    """The same open work each time: done, twice, refused, too late, unknown; with the confidential between or not."""
    first = engine.start("matter", by="clerk", data={"words": "秘而不宣"}, key="one").ref
    engine.start("matter", by="clerk", data={"words": "秘而不宣"}, key="one")
    second = engine.start("matter", by="clerk", data={"words": "-"}).ref
    if hidden:
        tip = engine.start("tip", by="judge", data={"words": "hush"}, key="two").ref
        engine.start("tip", by="judge", data={"words": "hush"}, key="two")
        assert refused(engine, tip, "tell", "judge") == "transition-not-allowed"
        assert refused(engine, tip, "end", "judge", expect_version=9) == "version-conflict"
    assert refused(engine, first, "close", "judge") == "unknown-case"
    assert refused(engine, "TIP-000001", "end", "clerk") == "unknown-case"
    assert refused(engine, first, "close", "clerk", expect_version=7) == "version-conflict"
    assert refused(engine, second, "close", "clerk") == "guard-refused"
    assert refused(engine, second, "shut", "clerk") == "unknown-event"
    engine.world.clock.advance("2 working hours")  # type: ignore[attr-defined]
    engine.sweep()
    engine.deliver()
    engine.fire(first, "close", by="clerk")
    if hidden:
        engine.fire(tip, "end", by="judge")
