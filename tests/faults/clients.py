"""Clients that retry with keys while servers come and go."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.faults.running import Running, _environment

PROGRAM = Path(__file__).with_name("client.py")
NAMES = ("first", "second", "third", "fourth")


class Clients(Running):
    """Four clients of ``tests/faults/client.py``, whose clocks stand at ``moment``."""

    def __init__(self, url: str, pack: Path, moment: str) -> None:
        words = [sys.executable, str(PROGRAM), url, str(pack), moment, *NAMES]
        self._began(subprocess.Popen(words, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE))

    def acknowledge(self, count: int) -> None:
        """Return when so many more operations were acknowledged."""
        for _ in range(count):
            self.until("acknowledged")

    def repeated(self) -> Counter[str]:
        """How often they did something again, by the code of the error."""
        return Counter(line["code"] for line in self.told if line["event"] == "again")

    def finished(self) -> list[tuple[str, str, int]]:
        """All that was acknowledged, as (key, reference, number of the row), once each has finished its errand."""
        self.says("enough")
        assert self.until("ended")["codes"] == [0] * len(NAMES)
        return [(one["key"], one["ref"], one["seq"]) for one in self.told if one["event"] == "acknowledged"]
