"""An import that is killed in the middle is run again, and the end is the same as if it had never been killed."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.importing.conftest import MAP, ROWS, Bench, table

from duban.app import Engine

KILLED = """
import os, signal, sys
from pathlib import Path
from duban.app import Engine
from duban.engine.definition.mapping import load_map
from duban.importing import replay, run
from duban.importing.rejects import Rejects
from duban.importing.table import Table
from duban.testing import FrozenClock

folder, pack, how, after = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
replay.BATCH = run.BATCH = 7
left = [after]

def count():
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)

class Clock(FrozenClock):
    def move_to(self, at):
        count()
        super().move_to(at)

class Importer(run.Importer):
    def start(self, operations, row):
        if how == "import":
            count()
        return super().start(operations, row)

clock = Clock("2020-11-24T09:00:00+08:00")
with Engine(f"sqlite:///{folder}/s.db", pack=pack, clock=clock) as engine:
    mapping = load_map("map.yaml", engine.pack, (folder / "map.yaml").read_bytes())
    table = Table(folder / "r.csv")
    with Rejects(table, None, "en", "utf-8") as rejects:
        importer = Importer(engine, mapping, table, rejects, replay=how == "replay")
        if how == "replay":
            replay.claim_store(importer)
            replay.Replay(importer, clock).run()
        else:
            importer.run()
        importer.finish()
"""


def many() -> str:
    rows = [row.replace("A-", f"{number}-A-") for number in range(12) for row in ROWS]
    return table(*rows)


def state(bench: Bench) -> list[Any]:
    """Everything that the histories tell, without the salts and hashes, which are new each time."""
    return [
        (case.state, case.level, case.data, case.due_at, [
            (row.seq, row.kind, row.event, row.to_state, row.actor, row.at, row.level, row.data, row.key)
            for row in bench.engine.history(case.ref, by="office")
        ])
        for case in bench.cases()
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("how", "after"), [("import", 1), ("import", 17), ("replay", 2), ("replay", 40), ("replay", 99)]
)
def test_running_again_after_a_sudden_death_ends_the_same(bench: Bench, tmp_path: Path, how: str, after: int) -> None:
    path = bench.file(many())
    (tmp_path / "map.yaml").write_text(MAP, encoding="utf-8")
    script = [sys.executable, "-c", KILLED, str(tmp_path), str(bench.engine.pack.folder), how]

    killed = subprocess.run([*script, str(after)], capture_output=True, check=False)
    assert killed.returncode == -9, killed.stderr.decode()
    assert sum(case.version for case in bench.cases()) < (36 if how == "import" else 36 * 5)
    first = subprocess.run([*script, "0"], capture_output=True, check=False)
    assert first.returncode == 0, first.stderr.decode()
    after_death = state(bench)

    assert len(after_death) == 36
    assert after_death == undisturbed(bench, path, how)
    assert bench.engine.verify() == []


def undisturbed(bench: Bench, path: Path, how: str) -> list[Any]:
    """The end of the same import in a store of its own."""
    folder = bench.folder / "peace"
    folder.mkdir()
    with Engine(f"sqlite:///{folder}/s.db", pack=bench.engine.pack.folder, clock=bench.clock) as engine:
        engine.migrate()
        bench.clock.move_to("2020-11-24T09:00:00+08:00")
        other = Bench(engine, bench.clock, folder)
        if how == "replay":
            other.replay(path)
        else:
            other.run(path)
        return state(other)
