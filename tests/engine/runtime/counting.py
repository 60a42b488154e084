"""A pack whose jobs are done over, fall behind, come again, and are joined to one another."""

from pathlib import Path
from typing import Any, Final

from tests.engine.runtime.street import written

import duban
from duban.engine.model.case import Case, Outcome

ORGANIZATION: Final = """
timezone: Asia/Shanghai
units:
  office: {label: {en: Office, zh: 办公室}}
  roads: {label: {en: Roads, zh: 道路科}}
posts:
  clerk: {unit: office, roles: [clerk]}
  judge: {unit: office, roles: [judge, clerk]}
  hand: {unit: roads, roles: [hand]}
"""
JOB: Final = """
workflow: job
version: 1
label: {en: Job, zh: 工作}
reference: JOB
fields:
  title: {type: text}
  place: {type: text}
  kind: {type: choice, of: [litter, parking]}
  before: {type: case, workflow: job}
  master: {type: case, workflow: job}
conditions:
  placed: {check: given.place, else: {en: no place is known, zh: 未填写地点}}
  early: {check: elapsed.pace <= 2.0, else: {en: more than two days have passed, zh: 已超过 2 个工作日}}
states:
  open:
  checked:
  held:
  joined: {final: true}
  done: {final: true}
events:
  begin: {to: open, by: [clerk, system], takes: [title, place, kind], set: {before: {latest: repeats}}}
  check: {from: open, to: checked, by: [hand]}
  redo: {from: checked, to: open, by: [clerk], when: [{check: "counted.reworks < 5", else: {en: enough, zh: 次数已满}}]}
  praise: {from: [open, checked], by: [clerk]}
  hold: {from: open, to: held, by: [clerk, scheduler]}
  resume: {from: held, to: open, by: [clerk]}
  alarm: {from: open, by: [scheduler]}
  note: {from: open, by: [clerk], when: [placed]}
  ask: {from: open, by: [clerk], takes: [place], when: [placed, early]}
  seal: {from: [open, checked], by: [judge], confidential: [judge]}
  join:
    from: open
    to: joined
    by: [clerk]
    needs: [master]
    when: [{check: linked.master.open, else: {en: it is over, zh: 主事项已办结}}]
  told: {from: open, by: [system]}
  free: {from: joined, to: open, by: [system]}
  end:
    from: [open, checked]
    to: done
    by: [clerk]
    fire: {event: told, workflow: job, field: before, optional: true}
  reopen: {from: done, to: open, by: [clerk]}
deadlines:
  pace:
    runs_in: [open]
    within: 5 working days
    ladder:
      - {at: 20%, level: 1}
      - {at: due, level: 2}
      - {at: due + 1 working day, level: 3, fire: hold}
counts:
  reworks:
    label: {en: Reworks, zh: 返工}
    of: redo
    resets_on: [praise]
    ladder:
      - {at: 2, level: 3, do: [{notify: {to: clerk}}]}
      - {at: 3, fire: alarm, start: [{workflow: letter, with: {words: title}}]}
  fourth: {of: redo, ladder: [{at: 4, level: 1}]}
  overdue: {of: pace@due, label: {en: Overdue, zh: 超期}, ladder: [{at: 1, level: 5}]}
  repeats:
    of: [begin, reopen]
    across: [place, kind]
    within: 3 working days
    ladder: [{at: 3, level: 4, start: [{workflow: letter, with: {words: place}}]}]
"""
LETTER: Final = """
workflow: letter
version: 1
reference: LET
fields: {words: {type: text}}
states: {open: {}, sent: {final: true}}
events:
  write: {to: open, by: [system, clerk], takes: [words]}
  send: {from: open, to: sent, by: [clerk]}
"""


def pack(folder: Path, job: str = JOB, letter: str = LETTER) -> Path:
    """The pack."""
    return written(folder, organization=ORGANIZATION, job=job, letter=letter)


def begun(engine: duban.Engine, **data: Any) -> Case:
    """A new job."""
    return engine.start("job", by="clerk", data={"title": "sweep", **data})


def redone(engine: duban.Engine, ref: str, times: int = 1, key: str | None = None) -> Outcome:
    """The job after it was checked and found wanting so many times."""
    for number in range(times):
        engine.fire(ref, "check", by="hand")
        last = number + 1 == times
        done = engine.fire(ref, "redo", by="clerk", key=key if last else None)
    return done


def steps(engine: duban.Engine, ref: str) -> list[str]:
    """The ladder steps of a case, in order."""
    return [row.event for row in engine.history(ref, by="system") if row.kind == "step"]


def noted(engine: duban.Engine) -> int:
    """How many occurrences are kept, marks of steps included."""
    with engine.store.read() as reader:
        found: int = reader._connection.exec_driver_sql("SELECT count(*) FROM duban_occurrences").scalar()  # type: ignore[attr-defined]
    return found
