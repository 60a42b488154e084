"""A limit by category and severity: a table whose rows are tables, followed when either of the two changes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.street import written

import duban
import duban.testing

PIT = """
workflow: pit
version: 1
label: {en: Pit, zh: 坑洞}
reference: PIT
fields:
  category: {type: choice, of: [road, path, other], default: other}
  severity: {type: choice, of: [minor, serious], default: minor}
states:
  open:
  done: {final: true}
events:
  report: {to: open, by: [clerk], takes: [category, severity]}
  grade: {from: open, by: [clerk], takes: [category, severity]}
  end: {from: open, to: done, by: [clerk]}
deadlines:
  mending:
    runs_in: [open]
    within:
      by: category
      road: {by: severity, minor: 2 working days, serious: 1 working day}
      path: {by: severity, serious: 3 working days, else: 4 working days}
      else: 5 working days
    ladder:
      - {at: due, level: 1}
"""


@pytest.fixture
def pits(make: Make, tmp_path: Path) -> duban.Engine:
    """An engine on a pack of pits."""
    return make(written(tmp_path / "pack", pit=PIT))


def due(days: int) -> datetime:
    """So many working days after Monday, 2020-11-23, 09:30 at the same time: none of them is a weekend."""
    return datetime.fromisoformat(f"2020-11-{23 + days}T09:30:00+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("category", "severity", "days"),
    [
        ("road", "minor", 2), ("road", "serious", 1), ("path", "minor", 4), ("path", "serious", 3),
        ("other", "minor", 7), ("other", "serious", 7),
    ],
)  # fmt: skip
def test_both_fields_together_give_the_limit(pits: duban.Engine, category: str, severity: str, days: int) -> None:
    # Five working days from Monday lie over a weekend: the next Monday, the 30th.
    case = pits.start("pit", by="clerk", data={"category": category, "severity": severity})
    assert case.due_at == due(days)


def test_a_change_of_either_gives_the_other_limit_and_keeps_what_was_used(
    pits: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    case = pits.start("pit", by="clerk", data={"category": "path"})
    clock.advance("2 working days")
    assert pits.fire(case.ref, "grade", by="clerk", data={"severity": "serious"}).case.due_at == due(3)
    late = pits.fire(case.ref, "grade", by="clerk", data={"category": "road"}).case
    assert late.due_at is not None
    assert late.due_at <= clock.now()
    assert pits.fire(case.ref, "grade", by="clerk", data={"category": "other"}).case.due_at == due(7)


def test_the_page_of_the_workflow_tells_every_limit(pits: duban.Engine) -> None:
    table = pits.pack.workflows["pit"].workflow.deadlines["mending"].table
    assert table is not None
    assert {".".join(choice for _, choice in path): words for path, words in table.cells()} == {
        "road.minor": "2 working days", "road.serious": "1 working day", "path.serious": "3 working days",
        "path.else": "4 working days", "else": "5 working days",
    }  # fmt: skip
