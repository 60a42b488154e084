"""Clients that retry with keys while servers come and go, and what has to hold in the end."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.faults.running import Running, _environment

import duban

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


def whole(engine: duban.Engine, acknowledged: list[tuple[str, str, int]]) -> None:
    """Nothing that was acknowledged is lost, nothing is there twice, and messages are those of the histories."""
    keys: dict[str, tuple[str, int]] = {}
    steps: list[str] = []
    after = None
    while True:
        page = engine.find("errand", by="system", limit=1_000, after=after)
        for case in page:
            rows = engine.history(case.ref, by="system")
            assert [row.seq for row in rows] == list(range(1, case.version + 1))
            assert (case.state, case.head) == (rows[-1].to_state, rows[-1].hash)
            climbed = [row.event for row in rows if "@" in row.event]
            assert len(climbed) == len(set(climbed)), f"{case.ref} climbed a step twice"
            steps += [f"{row.ref}:{row.seq}:0" for row in rows if "@" in row.event]
            for row in rows:
                if row.key is not None and "@" not in row.event:
                    assert row.key not in keys, f"{row.key} was done twice"
                    keys[row.key] = (row.ref, row.seq)
        after = page.cursor
        if after is None:
            break
    assert len(acknowledged) == len({key for key, _ref, _seq in acknowledged})
    assert {key: (ref, seq) for key, ref, seq in acknowledged} == keys
    assert Counter(one.key for one in engine.messages(by="system", limit=1_000_000)) == Counter(steps)
    assert engine.verify() == []
