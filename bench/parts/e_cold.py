"""E: how long ``duban --help`` and ``duban show --json`` take from the start of the process to its end."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from bench.measuring import Figure, Work, interleaved
from bench.peers.engine import Duban
from bench.plan import Plan
from bench.steppers import ref_of

COLD = Path(__file__).resolve().parents[1] / "cold"
DUBAN = Path(sys.executable).with_name("duban")


def starts(plan: Plan) -> Iterator[Figure]:
    """A figure for each of the two; bytecode is there already, as it is after the first start on any machine."""
    bare = [sys.executable, str(COLD / "bare.py"), "--help"]
    rivals: dict[str, Work] = {
        "bare click": started(bare, plan.starts),
        "duban": started([str(DUBAN), "--help"], plan.starts),
    }
    yield Figure("E.help", "duban --help", interleaved(rivals, plan.rounds), {"unit": "start"})
    url = f"sqlite:///{plan.places.file('cold')}"
    with closing(Duban(url, 10)):
        pass
    shown = [str(DUBAN), "show", ref_of(0), "--db", url, "--as", "office", "--json"]
    connecting = [sys.executable, str(COLD / "connecting.py"), "--db", url, ref_of(0)]
    rivals = {
        "click + SQLAlchemy": started(connecting, plan.starts),
        "duban": started(shown, plan.starts),
    }
    yield Figure("E.show", "duban show --json", interleaved(rivals, plan.rounds), {"unit": "start"})


def started(command: Sequence[str], times: int) -> Work:
    """Rounds of so many starts of a program; seconds of the fastest, for what slows a start is not part of it.

    Raises:
        CalledProcessError: it failed.
    """

    def once() -> float:
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - began

    return lambda: min(once() for _ in range(times))
