"""Clients in processes of their own: ``python client.py URL PACK MOMENT NAME…``; one that has imported all forks them.

Each begins errands and ends every other, with a key for each, and does the same again until it is acknowledged, as the
documentation tells a front end to do. Once a line was said, each finishes its errand, and the first one ends.
"""

import json
import os
import select
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import duban
import duban.testing
from duban.persistence.store import SqlStore  # noqa: F401 - so that no child imports it for itself

T = TypeVar("T")

PAUSE = 0.05
"""Seconds before the same is done again, unless a line is said before; a client of a real server would wait longer."""


def tell(**data: object) -> None:
    """Tell a line; so short that lines of several processes do not mix."""
    sys.stdout.write(json.dumps(data) + "\n")
    sys.stdout.flush()


def until_acknowledged(work: Callable[[], T], name: str) -> T:
    """Do it again for as long as the store says that it may be; every other error is one."""
    while True:
        try:
            return work()
        except (duban.StoreBusy, duban.StoreLost, duban.StoreUnreachable) as fault:
            tell(event="again", name=name, code=fault.code, unknown=bool(fault.data.get("unknown")))
            select.select([sys.stdin], [], [], PAUSE)


def errands(url: str, pack: str, moment: str, name: str) -> None:
    """Errands until a line was said."""
    clock = duban.testing.FrozenClock(moment)
    with duban.Engine(url, pack=Path(pack), clock=clock, evidence=Path(pack) / "evidence") as engine:
        number = 0
        while not select.select([sys.stdin], [], [], 0)[0]:
            number += 1
            key = f"{name}-{number}"
            begin = partial(engine.start, "errand", by="clerk", data={"speed": "quick"}, key=key)
            case = until_acknowledged(begin, name)
            tell(event="acknowledged", key=key, ref=case.ref, seq=1)
            if number % 2 == 0:
                ended = until_acknowledged(partial(engine.fire, case.ref, "end", by="clerk", key=f"{key}-end"), name)
                tell(event="acknowledged", key=f"{key}-end", ref=case.ref, seq=ended.row.seq)


if __name__ == "__main__":
    children = []
    for name in sys.argv[4:]:
        child = os.fork()
        if child == 0:
            errands(*sys.argv[1:4], name)
            os._exit(0)
        children.append(child)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    tell(event="ended", codes=codes)
