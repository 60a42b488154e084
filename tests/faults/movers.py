"""Processes that die at a given step of moving: ``python movers.py URL PACK``; a child is forked for each line.

A line is JSON: the work, the references that it is about, and the step before which it is killed, or null. Counted are
the statements on the store and on the archives, and what is done to files.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from tests.engine.runtime import shelf
from tests.faults.stepping import Steps
from tests.faults.victims import tell

import duban
import duban.testing
from duban.persistence.archive_files import ArchiveDatabase


def move(engine: duban.Engine, _refs: list[str]) -> Any:
    """Move what may be moved."""
    return engine.archive().moved


def bring_back(engine: duban.Engine, refs: list[str]) -> Any:
    """Bring those of the cases back that lie in an archive."""
    away = [ref for ref in refs if engine.get(ref, by="clerk").archive is not None]
    for ref in away:
        engine.bring_back(ref, by="clerk")
    return len(away)


WORK: dict[str, Callable[[duban.Engine, list[str]], Any]] = {"move": move, "bring_back": bring_back}


def watch(steps: Steps, engine: duban.Engine, folder: Path) -> None:
    """Count the steps on the store, and those on every archive that is opened from here on."""
    steps.watch(engine, folder)
    opened = ArchiveDatabase._sqlite

    def counted(self: ArchiveDatabase, url: Any, durable: bool) -> Engine:
        made = opened(self, url, durable)
        event.listen(made, "connect", steps._connected, insert=True)
        return made

    ArchiveDatabase._sqlite = counted  # type: ignore[method-assign]


def main(url: str, pack: str) -> None:
    """Fork a child for each line. The engine is opened once; each child has connections of its own."""
    folder = Path(pack) / "evidence"
    clock = duban.testing.FrozenClock(shelf.LATER)
    engine = duban.Engine(url, pack=Path(pack), clock=clock, evidence=folder)
    engine.archive()  # done once, so that no child compiles a statement for itself
    engine.close()
    tell(event="ready")
    for line in sys.stdin:
        work, refs, last = json.loads(line)
        child = os.fork()
        if child == 0:
            steps = Steps(last)
            watch(steps, engine, Path(pack))
            came_to = WORK[work](engine, refs)
            steps.take("answer")
            tell(event="done", came_to=came_to, steps=steps.names)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        tell(event="ended", code=os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(*sys.argv[1:])
