"""Plays a dated story on the pack `civility` and tells what became of it, in the words in which stories are written.

A story is one page of YAML: who did what when, and then the exact rows of history, the levels, the due times, the
orders and the proposals. The clock stops at every moment at which something is due, as if a scheduler were awake.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.workflows.machines import PACK

import duban
from duban.engine.definition.nodes import to_plain
from duban.engine.definition.reader import read_document
from duban.engine.model.case import Case
from duban.engine.model.scope import Scope
from duban.engine.runtime.agenda import next_occurrence_at
from duban.testing import FrozenClock

FOLDER = Path(__file__).parent
ZONE = ZoneInfo("Asia/Shanghai")
PHOTO = b"\xff\xd8\xff a photograph"
TOLD = {"orders": "supervision_order", "proposals": "referral", "requests": "request"}
"""What a story lists besides histories, and the workflow of each."""


@dataclass(frozen=True)
class Story:
    """A page: its title, what is done, and what is expected then."""

    name: str
    title: str
    does: list[dict[str, Any]]
    then: dict[str, Any]


def stories() -> list[Story]:
    """Every story, in the order of their numbers."""
    return [read(path) for path in sorted(FOLDER.glob("*.yaml"))]


def read(path: Path) -> Story:
    """One page."""
    plain: Any = to_plain(read_document(path))
    assert set(plain) <= {"story", "shows", "does", "then"}, path.name
    return Story(path.stem, plain["story"], plain["does"], plain["then"])


class Teller:
    """Plays the steps of one story on one engine."""

    def __init__(self, engine: duban.Engine, clock: FrozenClock, photo: Path) -> None:
        self._engine, self._clock, self._photo = engine, clock, photo

    def play(self, step: dict[str, Any]) -> None:
        """Let time pass until the step, then do it; a step that only has ``at`` lets time pass."""
        assert set(step) <= {"at", "by", "start", "fire", "with", "files", "refused", "note"}, step
        self._wait_until(moment(step["at"]))
        files = dict.fromkeys(step.get("files", ()), self._photo)
        what = {"by": step.get("by", ""), "data": step.get("with", {}), "evidence": files or None}
        try:
            if "start" in step:
                workflow, _, event = step["start"].partition(" ")
                self._engine.start(workflow, event=event or None, **what)
            elif "fire" in step:
                ref, _, event = step["fire"].partition(" ")
                self._engine.fire(ref, event, **what)
        except duban.DubanError as fault:
            assert fault.code == step.get("refused"), f"{step}: {fault.message('en')}"
        else:
            assert "refused" not in step, f"{step} was not refused"

    def _wait_until(self, end: datetime) -> None:
        assert end >= self._clock.now(), f"{end} lies before {self._clock.now()}: a story goes forward"
        while True:
            due = self._next()
            if due is None or due > end:
                break
            self._clock.move_to(max(due, self._clock.now()))
            self._engine.sweep()
        self._clock.move_to(end)

    def _next(self) -> datetime | None:
        with self._engine.store.read() as reader:
            coming = [reader.next_due_at(), next_occurrence_at(self._engine.world, self._clock.now())]
        return min((at for at in coming if at is not None), default=None)

    def told(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """What became of it, for each thing that the page tells."""
        found: dict[str, Any] = {}
        for name in wanted:
            if name in TOLD:
                found[name] = [self._line(case) for case in self._cases(TOLD[name])]
            elif name == "due":
                found[name] = {ref: self._due(self._case(ref)) for ref in wanted[name]}
            elif name == "levels":
                found[name] = {ref: self._case(ref).level for ref in wanted[name]}
            else:
                found[name] = self._history(name)
        return found

    def _case(self, ref: str) -> Case:
        with self._engine.store.read() as reader:
            case = reader.case(ref, Scope.unbounded())
        assert case is not None, ref
        return case

    def _cases(self, workflow: str) -> list[Case]:
        with self._engine.store.read() as reader:
            return [case for case in reader.all_cases() if case.workflow == workflow]

    def _line(self, case: Case) -> str:
        return f"{case.ref} {case.state}, {case.unit}: {case.data['title']}"

    def _due(self, case: Case) -> str:
        due = shown(case.due_at) if case.due_at else "none"
        return f"{due}, was {shown(case.original_due_at)}" if case.original_due_at else due

    def _history(self, ref: str) -> list[str]:
        lines, level = [], 0
        with self._engine.store.read() as reader:
            rows = reader.history(self._case(ref))
        for row in rows:
            rises = f", level {row.level}" if row.level != level else ""
            level = row.level
            lines.append(f"{row.seq} {shown(row.at)} {row.event}: {row.to_state} by {row.post or row.actor}{rises}")
        return lines


def moment(words: str) -> datetime:
    """``2020-11-23 09:30`` in the office's time zone."""
    return datetime.fromisoformat(words).replace(tzinfo=ZONE)


def shown(at: datetime) -> str:
    """A moment as stories write it."""
    return at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


@contextmanager
def telling(story: Story, folder: Path) -> Iterator[Teller]:
    """An engine of its own for a story, whose clock begins with the story's first step."""
    photo, clock = folder / "photo.jpg", FrozenClock(moment(story.does[0]["at"]))
    photo.write_bytes(PHOTO)
    with duban.Engine("sqlite://", pack=PACK, clock=clock, evidence=folder / "evidence") as engine:
        engine.migrate()
        yield Teller(engine, clock, photo)
        assert engine.verify() == []
