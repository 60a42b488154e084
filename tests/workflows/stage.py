"""Runs walks through the real engine and writes down, word for word, what came of every step."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.workflows.machines import PACK, Edge, Walk, events_of

import duban
from duban.engine.model.case import Case, HistoryRow, Message
from duban.testing import FrozenClock, photograph

BEGINNING = "2020-11-23T09:30:00+08:00"
WATCHER = "discipline-secretary"  # sees confidential cases as well
MANY = 12
KEYS = ("measure", "action_measure", "task_group", "special_action", "title")
ZONE = ZoneInfo("Asia/Shanghai")
PHOTO = photograph()


@dataclass(frozen=True)
class Step:
    """Who fires an event, and with what."""

    by: str
    data: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[str] = ()


class Stage:
    """One case on its walk. ``events`` are all that the walk will fire, so that a start can prepare for them."""

    def __init__(self, engine: duban.Engine, clock: FrozenClock, photo: Path, events: Sequence[str]) -> None:
        self.engine, self.clock, self.events, self._photo = engine, clock, tuple(events), photo
        self.case: Case
        self.lines: list[str] = []
        self._rows = 0
        self._messages: set[str] = set()
        self._children: set[str] = set()

    def start(self, workflow: str, step: Step, event: str) -> Case:
        """Start a case."""
        files = self._files(step)
        return self.engine.start(workflow, by=step.by, data=step.data, event=event, evidence=files)

    def fire(self, case: Case, event: str, step: Step) -> Case:
        """Fire an event on any case."""
        files = self._files(step)
        return self.engine.fire(case.ref, event, by=step.by, data=step.data, evidence=files).case

    def now(self) -> Case:
        """The walked case as it stands."""
        return self.engine.get(self.case.ref, by=WATCHER)

    def stored(self) -> Case:
        """The walked case with the store's own number."""
        return self.engine.get(self.case.ref, by="system")

    def children(self, workflow: str | None = None, *, open: bool | None = None) -> list[Case]:
        """The children of the walked case, oldest first."""
        found = self.engine.find(workflow, by=WATCHER, parent=self.case.ref, open=open, limit=1000)
        return list(reversed(found))

    def note(self) -> None:
        """Write down what happened to the walked case since the last note."""
        case = self.now()
        rows = self.engine.history(case.ref, by=WATCHER)[self._rows :]
        for row in rows:
            self.lines.append(_told(row))
            if row.data:
                self.lines.append(f"       {_data(row.data)}")
        self._rows += len(rows)
        self.lines.extend(f"       {_sent(message)}" for message in self._new_messages(case))
        born = [child for child in self.children() if child.ref not in self._children]
        self._children.update(child.ref for child in born)
        self.lines.extend(_starts(born))
        due = case.due_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M") if case.due_at else "-"
        self.lines.append(f"       now {case.state}, level {case.level}, due {due}")

    def _new_messages(self, case: Case) -> list[Message]:
        found = [m for m in self.engine.messages(by=WATCHER, state="waiting", limit=100_000) if m.ref == case.ref]
        new = [message for message in found if message.key not in self._messages]
        self._messages.update(message.key for message in new)
        return new

    def _files(self, step: Step) -> dict[str, Path]:
        return dict.fromkeys(step.files, self._photo)


@contextmanager
def theatre(folder: Path) -> Iterator[Callable[[Sequence[str]], Stage]]:
    """An engine on a store in memory; gives a stage for each walk, with the clock at the beginning again."""
    clock, photo = FrozenClock(BEGINNING), folder / "photo.jpg"
    photo.write_bytes(PHOTO)
    with duban.Engine("sqlite://", pack=PACK, clock=clock, evidence=folder / "evidence") as engine:
        engine.migrate()

        def stage(events: Sequence[str]) -> Stage:
            engine.deliver()
            clock.move_to(BEGINNING)
            return Stage(engine, clock, photo, events)

        yield stage


def walked(stage: Stage, walk: Walk, script: Any) -> list[str]:
    """Go along a walk; what came of it, as lines."""
    opening: Edge = walk[0]
    stage.case = script.openings[opening[1]](stage)
    stage.note()
    for _, event, target in walk[1:]:
        stage.clock.advance(timedelta(minutes=10))
        step = script.steps[event](stage)
        if step is not None:
            stage.fire(stage.case, event, step)
        stage.note()
        assert stage.now().state == target, (events_of(walk), event)
    return stage.lines


def climbed(stage: Stage, deadline: str) -> list[str]:
    """Let a deadline of the walked case run until its ladder ends or the case leaves it; what came of it."""
    while True:
        with stage.engine.store.read() as reader:
            watch = reader.stopwatches(stage.stored().id)[deadline]
        if watch.next_at is None:
            return stage.lines
        stage.clock.move_to(watch.next_at)
        stage.engine.sweep()
        stage.lines.append(f"  {_at(watch.next_at)}")
        stage.note()


def _at(moment: datetime) -> str:
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


def _told(row: HistoryRow) -> str:
    where = row.post or row.actor
    return f"  {row.seq:2}  {row.event}  {row.from_state or '-'} -> {row.to_state}  by {where}  level {row.level}"


def _data(data: Mapping[str, Any]) -> str:
    return "  ".join(f"{name}={_value(value)}" for name, value in sorted(data.items()))


def _value(value: Any) -> str:
    if isinstance(value, list):
        files = [item for item in value if isinstance(item, dict)]
        return f"[{len(files)} file]" if files else "[" + " ".join(str(item) for item in value) + "]"
    return str(value)


def _sent(message: Message) -> str:
    declared = message.params["declared"]
    to = declared.get("to")
    if to is None:
        return f"{message.action} " + " ".join(f"{name} {value}" for name, value in sorted(declared.items()))
    return f"{message.action} {to if isinstance(to, str) else ' '.join(to)}: {declared['text']['en']}"


def _starts(born: Sequence[Case]) -> list[str]:
    if len(born) > MANY:
        return [f"       starts {len(born)} {born[0].workflow}"]
    keys = [(child, next((child.data[key] for key in KEYS if key in child.data), "")) for child in born]
    return [f"       starts {child.workflow} {child.state} for {child.unit}: {key}" for child, key in keys]
