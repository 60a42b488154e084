"""Processes that die at a given step: ``python victims.py URL PACK``; for each line that is said, a child is forked.

A line is JSON: the work, what it is about, and the step before which it is killed, or null to do all of it.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.parcels import DAYS_LATER, MORNING
from tests.faults.stepping import Steps

import duban
import duban.testing
from duban.engine.runtime import pace

PHOTO = ("photo.jpg", duban.testing.photograph("a parcel"))


def start(engine: duban.Engine, key: str) -> Any:
    """A parcel with its photograph, under a key."""
    return engine.start("parcel", by="clerk", evidence={"photo": PHOTO}, key=key).ref


def fire(engine: duban.Engine, ref: str) -> Any:
    """A stamp, under a key of that parcel."""
    return engine.fire(ref, "stamp", by="clerk", key=f"stamp-{ref}").row.seq


def show(engine: duban.Engine, ref: str) -> Any:
    """A letter, whose every reading is written down."""
    return [row.event for row in engine.history(ref, by="clerk")]


def deliver(engine: duban.Engine, _ref: str) -> Any:
    """What waits in the outbox."""
    return engine.deliver().delivered


def sweep(engine: duban.Engine, _ref: str) -> Any:
    """What is due days later."""
    engine.world.clock.move_to(DAYS_LATER)  # type: ignore[attr-defined]
    return engine.sweep().climbed


WORK: dict[str, Callable[[duban.Engine, str], Any]] = {
    work.__name__: work for work in (start, fire, show, deliver, sweep)
}


def warm(engine: duban.Engine) -> None:
    """Do all of it once, so that no child compiles a statement for itself, and give back the connections."""
    ref = start(engine, "warm")
    fire(engine, ref)
    show(engine, ref)
    deliver(engine, ref)
    sweep(engine, ref)
    engine.world.clock.move_to(MORNING)  # type: ignore[attr-defined]
    engine.close()


def tell(**data: Any) -> None:
    """Tell a line."""
    sys.stdout.write(json.dumps(data) + "\n")
    sys.stdout.flush()


def main(url: str, pack: str) -> None:
    """Fork a child for each line. The engine is opened once; each child has connections of its own."""
    folder = Path(pack) / "evidence"
    # However slow the machine is, a sweep takes the same steps.
    pace.HOLD = 3_600.0  # type: ignore[misc]
    engine = duban.Engine(url, pack=Path(pack), clock=duban.testing.FrozenClock(MORNING), evidence=folder)
    warm(engine)
    tell(event="ready")
    for line in sys.stdin:
        work, about, last = json.loads(line)
        child = os.fork()
        if child == 0:
            if last is None:
                # Whoever does it again comes when the lease of whoever was killed is over.
                engine.world.clock.advance("1 working hour")  # type: ignore[attr-defined]
            steps = Steps(last)
            steps.watch(engine, folder)
            came_to = WORK[work](engine, about)
            steps.take("answer")
            tell(event="done", came_to=came_to, steps=steps.names)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        tell(event="ended", code=os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(*sys.argv[1:])
