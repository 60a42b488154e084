"""Killed before each step of an operation, one after the other: the same again comes to what it would have come to."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.faults import victims
from tests.faults.errands import FULL
from tests.faults.running import Running, _environment
from tests.faults.soundness import sound

import duban
import duban.testing

EVERY = {"sqlite": 3, "postgresql": 6}
WHOLE = {("sqlite", "start"), ("sqlite", "fire")}
"""Where every step is taken in the short run, too; elsewhere one of so many, always the last two among them."""


class Victims(Running):
    """Children of ``tests/faults/victims.py``."""

    def __init__(self, url: str, pack: Path) -> None:
        command = [sys.executable, victims.__file__, url, str(pack)]
        self._began(subprocess.Popen(command, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        self.until("ready")

    def done(self, work: str, about: str) -> dict[str, Any]:
        """What the work came to, and its steps."""
        self.says(json.dumps([work, about, None]))
        told = self.until("done")
        assert self.until("ended")["code"] == 0
        return told

    def killed(self, work: str, about: str, last: int) -> None:
        """Return when a child was killed before that step."""
        self.says(json.dumps([work, about, last]))
        assert self.line() == {"event": "ended", "code": -signal.SIGKILL}


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


@contextmanager
def told_with(step: str) -> Iterator[None]:
    """Say which step it was where something does not hold."""
    try:
        yield
    except BaseException as fault:
        fault.add_note(f"killed before {step}")
        raise


def chosen(steps: list[str], every: int) -> list[int]:
    """The steps that are taken, by number."""
    return sorted({*range(0, len(steps), every), len(steps) - 2, len(steps) - 1})


Arrange = Callable[[duban.Engine, int], str]
Check = Callable[[duban.Engine, str, Any], None]


def a_key(office: duban.Engine, number: int) -> str:
    """A key that was not used; the folder of evidence is not there yet."""
    shutil.rmtree(office.world.evidence.folder, ignore_errors=True)  # type: ignore[attr-defined]
    return f"start-{number}"


def a_parcel(office: duban.Engine, _number: int) -> str:
    """A parcel; nothing else waits or is due."""
    ref = office.start("parcel", by="clerk").ref
    office.deliver()
    return ref


def a_parcel_to_deliver(office: duban.Engine, _number: int) -> str:
    """A parcel with two messages."""
    ref = office.start("parcel", by="clerk").ref
    office.fire(ref, "stamp", by="clerk")
    return ref


def a_letter(office: duban.Engine, _number: int) -> str:
    """A letter."""
    return office.start("letter", by="clerk").ref


def started_once(office: duban.Engine, key: str, came_to: Any) -> None:
    """The key has one case, which has its photograph."""
    rows = [
        row for case in office.find("parcel", by="clerk", limit=1_000) for row in office.history(case.ref, by="clerk")
    ]
    assert [row.ref for row in rows if row.key == key] == [came_to]
    assert [exhibit.name for exhibit in office.evidence(came_to, by="clerk")] == ["photo.jpg"]


def stamped_once(office: duban.Engine, ref: str, came_to: Any) -> None:
    """The parcel has one stamp."""
    assert ([row.event for row in office.history(ref, by="clerk")], came_to) == (["receive", "stamp"], 2)


def told_and_written_down(office: duban.Engine, ref: str, came_to: Any) -> None:
    """The letter was told, and whoever read it is written down."""
    assert came_to == ["send"]
    assert {reading.actor for reading in office.readings(ref, by="clerk")} == {"clerk"}


def delivered_once(office: duban.Engine, ref: str, _came_to: Any) -> None:
    """Both messages are done, and each lies in the inbox once."""
    keys = [f"{ref}:{seq}:0" for seq in (1, 2)]
    done = {message.key for message in office.messages(by="system", state="done", limit=10_000)}
    assert done >= set(keys)
    assert [notice.ref for notice in office.inbox(by="clerk", limit=10_000)].count(ref) == 2


def climbed_once(office: duban.Engine, ref: str, _came_to: Any) -> None:
    """The parcel has climbed both of its steps."""
    steps = ["pickup@due", "pickup@due + 1 working day"]
    assert [row.event for row in office.history(ref, by="clerk")] == ["receive", *steps]


WORK: dict[str, tuple[Arrange, Check, set[str]]] = {
    "start": (a_key, started_once, {"sync file", "rename file", "INSERT duban_history", "INSERT duban_evidence"}),
    "fire": (a_parcel, stamped_once, {"UPDATE duban_cases", "INSERT duban_history", "INSERT duban_outbox"}),
    "show": (a_letter, told_and_written_down, {"SELECT duban_cases", "INSERT duban_readings"}),
    "deliver": (a_parcel_to_deliver, delivered_once, {"UPDATE duban_outbox", "INSERT duban_notices"}),
    "sweep": (a_parcel, climbed_once, {"INSERT duban_history", "INSERT duban_stopwatches", "INSERT duban_outbox"}),
}
"""How each kind of work is arranged and checked, and steps that must be among those counted."""


@pytest.mark.parametrize("work", WORK)
def test_what_is_killed_before_any_step_is_done_once_when_it_is_done_again(
    office: duban.Engine, url: str, parcel_pack: Path, kind: str, work: str,
    record_property: Callable[[str, object], None],
) -> None:  # fmt: skip
    arrange, check, among = WORK[work]
    with Victims(url, parcel_pack) as children:
        first = arrange(office, -1)
        dry = children.done(work, first)
        check(office, first, dry["came_to"])
        steps = dry["steps"]
        assert {*among, "COMMIT"} <= set(steps)
        assert steps[-1] == "answer"
        record_property("steps", len(steps))
        for number in chosen(steps, 1 if FULL or (kind, work) in WHOLE else EVERY[kind]):
            with told_with(f"step {number} of {len(steps)}: {steps[number]}"):
                about = arrange(office, number)
                children.killed(work, about, number)
                if arrange is not a_key:  # there the same photograph is gone for all until it is kept again
                    sound(office)
                again = children.done(work, about)
                check(office, about, again["came_to"])
                sound(office)
