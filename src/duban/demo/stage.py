"""What the scenes of the demonstration share: the engine on its moved clock, the language, and where words go."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from duban.app import Engine
from duban.demo.columns import WIDTH, fill, wrapped
from duban.engine.errors import DubanError
from duban.engine.messages import text
from duban.engine.model.definition import Workflow
from duban.engine.model.label import Label
from duban.testing import FrozenClock

OFFICE: Final = "office-coordination-1"
OTHER_OFFICE: Final = "office-coordination-2"
LEADER: Final = "party-secretary"
EXECUTIVE: Final = "executive-leader"
SECRETARY: Final = "discipline-secretary"
"""Heads the supervision team and the discipline committee."""

_SECONDS: Final = 8


class Narrator(Protocol):
    """Where the words go."""

    def line(self, words: str = "") -> None:
        """One line of the page."""
        ...

    def progress(self, words: str) -> None:
        """A passing remark, replaced by the next one; empty words clear it."""
        ...


@dataclass(slots=True)
class Stage:
    """One performance."""

    engine: Engine
    clock: FrozenClock
    lang: str
    narrator: Narrator

    def say(self, key: str, **data: Any) -> str:
        """A sentence of the catalogue's ``demo``."""
        return text(f"demo.{key}", self.lang, **data)

    def tell(self, key: str, **data: Any) -> None:
        """Tell a sentence, in as many lines as it needs."""
        for line in wrapped(self.say(key, **data), "  "):
            self.narrator.line(line)

    def lines(self, lines: Iterable[str]) -> None:
        """Write lines as they are."""
        for line in lines:
            self.narrator.line(line)

    def title(self, key: str, **data: Any) -> None:
        """Begin a part of the page."""
        self.narrator.line()
        self.narrator.line(self.say(key, **data))

    def workflow(self, name: str) -> Workflow:
        """A workflow of the pack."""
        return self.engine.pack.workflows[name].workflow

    def label(self, label: Label) -> str:
        """A label in the language of the page."""
        return label.text(self.lang)

    def unit(self, name: str | None) -> str:
        """A unit by its label."""
        unit = self.engine.pack.organization.units.get(name or "")
        return self.label(unit.label) if unit else name or ""

    def post(self, name: str) -> str:
        """An actor by the label of its post."""
        post = self.engine.pack.organization.posts.get(name)
        return self.label(post.label) if post else self.say(f"actor-{name}")

    def handler(self, unit: str | None) -> str:
        """A post that works for the unit: its handler, else its head."""
        posts = self.engine.world.directory.posts_of(unit)
        for role in ("handler", "unit-head"):
            for post in posts:
                if role in post.roles:
                    return post.name
        raise DubanError(unit=unit)

    def number(self, ref: str) -> int:
        """The number in a reference, from which everything that the demonstration invents about the case follows."""
        return int(ref.rpartition("-")[2])

    def note(self, ref: str, key: str) -> tuple[str, bytes]:
        """A file that stands for a photograph or material: the sentence, under the name of the case."""
        return f"{ref}.txt", f"{self.say(key)}\n".encode()

    def day(self, at: datetime) -> str:
        """A moment as a day of the organisation."""
        return at.astimezone(self.engine.pack.organization.zone).strftime("%Y-%m-%d")

    def minute(self, at: datetime) -> str:
        """A moment as day and time of the organisation."""
        return at.astimezone(self.engine.pack.organization.zone).strftime("%Y-%m-%d %H:%M")

    @contextmanager
    def step(self, key: str, *, since: float | None = None, **data: Any) -> Iterator[dict[str, Any]]:
        """One step: a line of what it did, and how long that took. The block may fill in what it found.

        ``since`` is when it began, in seconds of the monotonic clock, where that was before the block.
        """
        began = time.monotonic() if since is None else since
        found: dict[str, Any] = dict(data)
        yield found
        self.narrator.progress("")
        took = self.say("seconds", seconds=f"{time.monotonic() - began:.1f}")
        lines = wrapped(self.say(key, **found), "  ", "    ", WIDTH - _SECONDS - 1)
        for line in lines[:-1]:
            self.narrator.line(line)
        self.narrator.line(_with_time(lines[-1], took))


def _with_time(line: str, took: str) -> str:
    return fill(line, WIDTH - _SECONDS) + fill(took, _SECONDS, right=True)
