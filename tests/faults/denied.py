"""A process that may not write: ``python denied.py URL PACK EVIDENCE``; does a thing for each line, and tells its end.

Where it is started by root it gives up root's rights first, for these know no read-only file.
"""

import json
import os
import pkgutil
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.faults.parcels import MORNING
from tests.faults.victims import fire, show, start

import duban
import duban.testing

NOBODY = 65_534


def import_all() -> None:
    """Whoever gives up root's rights may not read the files of the interpreter any more."""
    for module in pkgutil.walk_packages(duban.__path__, "duban."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            import_module(module.name)
    assert str(duban.StoreUnwritable(url="", why=""))


def get(engine: duban.Engine, ref: str) -> Any:
    """The state of a parcel, which nobody writes down."""
    return engine.get(ref, by="clerk").state


WORK: dict[str, Callable[[duban.Engine, str], Any]] = {work.__name__: work for work in (start, fire, show, get)}


def tell(**data: Any) -> None:
    """Tell a line."""
    sys.stdout.write(json.dumps(data) + "\n")
    sys.stdout.flush()


def main(url: str, pack: str, evidence: str) -> None:
    """Do what is said, line by line, until nothing is said any more."""
    clock = duban.testing.FrozenClock(MORNING)
    with duban.Engine(url, pack=Path(pack), clock=clock, evidence=Path(evidence)) as engine:
        import_all()
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        for line in sys.stdin:
            work, about = json.loads(line)
            try:
                tell(event="done", came_to=WORK[work](engine, about))
            except duban.DubanError as fault:
                tell(event="refused", kind=type(fault).__name__, told=str(fault), url=fault.data.get("url"))


if __name__ == "__main__":
    main(*sys.argv[1:])
