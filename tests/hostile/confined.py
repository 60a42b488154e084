"""Runs hostile cases in one child process with bounded memory and time, and brings back what became of each."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
MEMORY: Final = 1 << 30
"""Bytes of address space that a child may have."""


@dataclass(frozen=True)
class Outcome:
    """What became of one case. ``kind`` is ``accepted``, ``refused`` by an error of ours, or ``untyped``."""

    name: str
    kind: str
    error: str
    message: str
    seen: list[str]
    seconds: float
    """Time of the processor, so that a busy machine is no failure."""
    grown: int
    """Mebibytes that the process grew by."""
    data: dict[str, Any]


def confined(work: str, cases: Iterable[Mapping[str, Any]], *, seconds: int = 60) -> dict[str, Outcome]:
    """Do ``tests/hostile/work_<work>.py`` on every case; a case without an outcome ended the child.

    ``seconds`` is the time of the processor that all of them have together.
    """
    child = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", "tests.hostile.child", work, str(MEMORY), str(seconds)],
        input=json.dumps(list(cases)),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    outcomes = [Outcome(**json.loads(line)) for line in child.stdout.splitlines() if line.startswith("{")]
    assert child.returncode == 0, f"ended by {child.returncode} after {len(outcomes)} cases: {child.stderr[-2000:]}"
    return {outcome.name: outcome for outcome in outcomes}
