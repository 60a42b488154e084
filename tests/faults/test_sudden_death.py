"""Processes that are killed at any moment: what was acknowledged is there, nothing is there twice or in part."""

import json
import random
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.street import process, reported
from tests.faults.errands import FULL
from tests.faults.soundness import every_case, sound

KILLS = {"sqlite": 120, "postgresql": 120} if FULL else {"sqlite": 12, "postgresql": 4}


class Doomed:
    """A process whose lines are read until it dies: it is killed a little after it has told ``after`` lines."""

    def __init__(self, running: "subprocess.Popen[str]", after: int, later: float) -> None:
        self.running = running
        self.told: list[str] = []
        self.was_killed = False
        self._after, self._later = after, later
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.running.stdout is not None
        for line in self.running.stdout:
            # A line that was cut off acknowledges nothing.
            if line.endswith("\n"):
                self.told.append(line)
            if len(self.told) == self._after:
                # The delay lets the kill fall anywhere within the work that follows.
                threading.Timer(self._later, self.running.send_signal, [signal.SIGKILL]).start()

    def buried(self) -> list[str]:
        """All that it told before it was killed, or had ended because the kill came too late."""
        self._reader.join(timeout=120)
        error = self.running.stderr.read() if self.running.stderr else ""
        code = self.running.wait(timeout=120)
        for pipe in (self.running.stdout, self.running.stderr):
            if pipe is not None:
                pipe.close()
        assert code in (-signal.SIGKILL, 0), error
        self.was_killed = code != 0
        return self.told


def doomed(running: "subprocess.Popen[str]", chance: random.Random, most: int = 12) -> Doomed:
    return Doomed(running, chance.randint(1, most), chance.uniform(0, 0.02))


@pytest.mark.parametrize("kind", KILLS)
def test_what_was_acknowledged_before_a_kill_is_there_and_nothing_is_there_twice(
    make: Make, url: str, kind: str, record_property: Callable[[str, object], None]
) -> None:
    engine, chance, kills = make(), random.Random(20_201_123), KILLS[kind]
    acknowledged: list[tuple[str, str, int]] = []
    for pair in range(kills // 2):
        # Two at a time, so that one is killed while the other waits for it.
        victims = [doomed(process(url, "toil", f"worker-{pair}-{number}"), chance) for number in range(2)]
        acknowledged += [tuple(json.loads(line)) for victim in victims for line in victim.buried()]
        sound(engine, acknowledged)
        assert all(victim.was_killed for victim in victims)
    assert len(acknowledged) >= kills
    record_property("acknowledged", len(acknowledged))
    rows = [row for case in every_case(engine) for row in engine.history(case.ref, by="system")]
    by_key = {row.key: (row.ref, row.seq) for row in rows}
    # Who was killed between a commit and its acknowledgement asks again, and is told what it came to.
    key = next(iter(by_key))
    assert key is not None
    if key.endswith("-assign"):
        ref, _seq = by_key[key]
        given = {"unit": "city-management"}
        assert engine.fire(ref, "assign", by="office", data=given, key=key).duplicate
    assert reported(engine).version == 1


@pytest.mark.parametrize("seed", range(3))
def test_a_start_that_is_killed_is_repeated_with_its_key_and_happens_once(
    make: Make, url: str, tmp_path: Path, seed: int
) -> None:
    engine, chance = make(), random.Random(seed)
    running = process(url, "start", "req-1")
    killer = threading.Timer(chance.uniform(0.2, 0.9), running.send_signal, [signal.SIGKILL])
    killer.start()
    out, _err = running.communicate(timeout=120)
    killer.cancel()
    case = engine.start("issue", by="grid-worker", data={"title": "litter", "category": "litter"}, key="req-1")
    assert (case.ref, len(engine.find(by="office"))) == ("ISS-000001", 1)
    if out:
        assert json.loads(out) == {"ref": case.ref, "version": 1}
    assert engine.verify() == []
