"""Processes of their own whose lines are waited for, never slept for."""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from tests.engine.runtime.street import ROOT
from tests.faults.errands import FULL

WORKER = Path(__file__).with_name("worker.py")
PATIENCE = 600.0 if FULL else 120.0
"""Seconds after which a line that does not come fails a test."""


class Running:
    """A process of ``tests/faults/worker.py``; ends with the block, whatever happens in it."""

    def __init__(self, *words: str) -> None:
        self._began(
            subprocess.Popen(
                [sys.executable, str(WORKER), *words], env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        )

    def _began(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        out = process.stdout or process.stderr
        assert process.stdin is not None
        assert out is not None
        self._in, self._out = process.stdin, out
        self._rest = b""
        self.told: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)
        self._in.close()
        self._out.close()

    def says(self, words: str) -> None:
        """Say a line to it."""
        self._in.write(words.encode() + b"\n")
        self._in.flush()

    def line(self) -> dict[str, Any]:
        """The next line that it tells."""
        until = time.monotonic() + PATIENCE
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self._out], [], [], until - time.monotonic())
            assert ready, f"no line for {PATIENCE:g} seconds; it told {self.told[-5:]}"
            read = os.read(self._out.fileno(), 65_536)
            assert read, f"it ended; it told {self.told[-5:]}"
            self._rest += read
        line, _, self._rest = self._rest.partition(b"\n")
        told: dict[str, Any] = json.loads(line)
        self.told.append(told)
        return told

    def until(self, wanted: Callable[[dict[str, Any]], bool] | str) -> dict[str, Any]:
        """The next line that is wanted, or whose event has this name."""
        while True:
            line = self.line()
            if line.get("event") == wanted if isinstance(wanted, str) else wanted(line):
                return line

    def glance(self, seconds: float) -> None:
        """Wait so long for it to tell something, and read that."""
        if select.select([self._out], [], [], seconds)[0]:
            self.line()

    def drained(self) -> None:
        """Read all that it has told so far."""
        while b"\n" in self._rest or select.select([self._out], [], [], 0)[0]:
            self.line()

    def ended(self) -> int:
        """Its exit code, once it has ended by itself."""
        return self.process.wait(PATIENCE)


class Command(Running):
    """``duban scheduler`` itself, on the clock of the machine; its lines are those of its log."""

    def __init__(self, url: str, *more: str) -> None:
        words = [sys.executable, "-m", "duban", "--db", url, "scheduler", "--every", "1", *more]
        self._began(
            subprocess.Popen(
                words, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )
        )


def document(*words: str) -> tuple[int, dict[str, Any]]:
    """The exit code of a process that does its work at once, and the JSON document that it tells."""
    done = subprocess.run(
        [sys.executable, str(WORKER), *words], env=_environment(), capture_output=True, timeout=PATIENCE, check=False
    )
    assert done.stdout, done.stderr.decode()
    told: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, told


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}
