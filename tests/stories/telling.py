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

from tests.stories.outcome import Outcome, moment
from tests.workflows.machines import PACK

import duban
from duban.engine.definition.nodes import to_plain
from duban.engine.definition.reader import read_document
from duban.engine.runtime.agenda import next_occurrence_at
from duban.testing import FrozenClock, photograph

FOLDER = Path(__file__).parent
PHOTO = photograph()
PAGE = {"story", "shows", "does", "then"}
STEP = {"at", "by", "start", "fire", "with", "files", "refused", "because", "meanwhile"}


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
    assert set(plain) <= PAGE, path.name
    return Story(path.stem, plain["story"], plain["does"], plain["then"])


class Teller:
    """Plays the steps of one story on one engine."""

    def __init__(self, engine: duban.Engine, clock: FrozenClock, photo: Path) -> None:
        self._engine, self._clock, self._photo = engine, clock, photo
        self._outcome = Outcome(engine)
        self.told = self._outcome.told

    def play(self, step: dict[str, Any]) -> None:
        """Let time pass until the step, do it, and see what it expects ``meanwhile``.

        A step that only has ``at`` lets time pass. ``refused`` is the code of the error that is expected, ``because``
        one of the reasons that it tells.
        """
        assert set(step) <= STEP, step
        self._wait_until(moment(step["at"]))
        try:
            self._do(step)
        except duban.DubanError as fault:
            assert fault.code == step.get("refused"), f"{step}: {fault.message('en')}"
            assert step.get("because", "") in fault.message("en"), f"{step}: {fault.message('en')}"
        else:
            assert "refused" not in step, f"{step} was not refused"
        self._engine.deliver()
        wanted = step.get("meanwhile", {})
        found = self._outcome.told(wanted)
        assert found == wanted, f"{step['at']}: found {found}, expected {wanted}"

    def _do(self, step: dict[str, Any]) -> None:
        files = dict.fromkeys(step.get("files", ()), self._photo)
        what = {"by": step.get("by", ""), "data": step.get("with", {}), "evidence": files or None}
        if "start" in step:
            workflow, _, event = step["start"].partition(" ")
            self._engine.start(workflow, event=event or None, **what)
        elif "fire" in step:
            ref, _, event = step["fire"].partition(" ")
            self._engine.fire(ref, event, **what)

    def _wait_until(self, end: datetime) -> None:
        assert end >= self._clock.now(), f"{end} lies before {self._clock.now()}: a story goes forward"
        while True:
            due = self._next()
            if due is None or due > end:
                break
            self._clock.move_to(max(due, self._clock.now()))
            self._engine.sweep()
            self._engine.deliver()
        self._clock.move_to(end)

    def _next(self) -> datetime | None:
        with self._engine.store.read() as reader:
            coming = [reader.next_due_at(), next_occurrence_at(self._engine.world, self._clock.now())]
        return min((at for at in coming if at is not None), default=None)


@contextmanager
def telling(story: Story, folder: Path) -> Iterator[Teller]:
    """An engine of its own for a story, whose clock begins with the story's first step."""
    photo, clock = folder / "photo.jpg", FrozenClock(moment(story.does[0]["at"]))
    photo.write_bytes(PHOTO)
    with duban.Engine("sqlite://", pack=PACK, clock=clock, evidence=folder / "evidence") as engine:
        engine.migrate()
        yield Teller(engine, clock, photo)
        assert engine.verify() == []
