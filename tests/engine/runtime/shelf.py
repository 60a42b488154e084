"""A pack whose finished notes leave the store after thirty days, and what tests ask of them."""

from pathlib import Path

from tests.engine.runtime.street import written

import duban

NOTE = """
workflow: note
version: 1
reference: NOT
fields:
  title: {type: text}
  phone: {type: text}
  about: {type: case}
  photo: {type: evidence}
states: {open: , over: {final: true}}
events:
  write: {to: open, by: [clerk], needs: [title], takes: [phone, about, photo], do: [{notify: {to: clerk}}]}
  change: {from: open, by: [clerk], takes: [title, phone]}
  close: {from: open, to: over, by: [clerk, chief], do: [{notify: {to: chief}}]}
  reopen: {from: over, to: open, by: [chief]}
  hide: {from: open, by: [chief], confidential: [chief]}
  attach:
    from: open
    by: [clerk]
    start:
      - {workflow: slip, with: {title: title}}
"""
SLIP = """
workflow: slip
version: 1
reference: SLI
fields: {title: {type: text}}
states: {open: , over: {final: true}}
events:
  write: {to: open, by: [clerk, system], takes: [title]}
  close: {from: open, to: over, by: [clerk]}
"""
FIGURES = """
figures:
  closed:
    version: 1
    formula: {en: notes closed in the period, zh: 期内办结数}
    of: note
    measure: count
    counts: closed_within
"""
RULES = """
rules:
  notes: {label: {en: Notes, zh: 记录}, workflow: note, after: 30 days}
  slips: {workflow: slip, after: 30 days}
"""
WORDS = "rules: {words: {workflow: note, erase: [phone], after: 60 days}}\n"
LATER = "2020-12-24T09:00:00+08:00"
"""Cases that ended on the Monday on which the clock stands at first may be moved since midnight."""
SECRET = "call 13800001111"


def pack(folder: Path, **files: str) -> Path:
    """The pack; other ``files`` are added, or stand in place of its own."""
    return written(folder, **{"note": NOTE, "slip": SLIP, "archive": RULES, **files})


def open_note(engine: duban.Engine, title: str = "a note", key: str | None = None, **data: str) -> str:
    """A note with a photograph."""
    photo = {"photo": ("a.txt", f"of {title}".encode())}
    given = {"title": title, "phone": SECRET, **data}
    return engine.start("note", by="clerk", data=given, evidence=photo, key=key).ref


def finished(engine: duban.Engine, title: str = "a note", key: str | None = None, **data: str) -> str:
    """A note that was changed and closed, and whose messages were delivered."""
    ref = open_note(engine, title, key, **data)
    engine.fire(ref, "change", by="clerk", data={"title": f"{title}, again"}, key=f"change-{key}" if key else None)
    engine.fire(ref, "close", by="clerk")
    engine.deliver()
    return ref
