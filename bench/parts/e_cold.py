"""E: how long ``duban --help`` and ``duban show --json`` take from the start of the process to its end."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
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
    environment = with_bytecode(plan.places.folder)
    bare = [sys.executable, str(COLD / "bare.py"), "--help"]
    rivals: dict[str, Work] = {
        "bare click": started(bare, plan.starts, environment),
        "duban": started([str(DUBAN), "--help"], plan.starts, environment),
    }
    yield Figure("E.help", "duban --help", interleaved(rivals, plan.rounds), {"unit": "start"})
    url = f"sqlite:///{plan.places.file('cold')}"
    with closing(Duban(url, 10)):
        pass
    shown = [str(DUBAN), "show", ref_of(0), "--db", url, "--as", "office", "--json"]
    connecting = [sys.executable, str(COLD / "connecting.py"), "--db", url, ref_of(0)]
    rivals = {
        "click + SQLAlchemy": started(connecting, plan.starts, environment),
        "duban": started(shown, plan.starts, environment),
    }
    yield Figure("E.show", "duban show --json", interleaved(rivals, plan.rounds), {"unit": "start"})


def with_bytecode(folder: Path) -> dict[str, str]:
    """The environment of the starts. Where Python may not write bytecode beside the code, it writes it to ``folder``:
    packages bring theirs along, so duban alone would be compiled anew at each start."""
    environment = dict(os.environ)
    if environment.pop("PYTHONDONTWRITEBYTECODE", ""):
        environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    return environment


def started(command: Sequence[str], times: int, environment: Mapping[str, str]) -> Work:
    """Rounds of so many starts of a program; seconds of the fastest, for what slows a start is not part of it.

    It is started once before, uncounted: what a first start keeps for the next ones is there then.

    Raises:
        CalledProcessError: it failed.
    """

    def once() -> float:
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
        return time.perf_counter() - began

    once()
    return lambda: min(once() for _ in range(times))
