"""M: the most memory that work on a large store takes, each in a process of its own."""

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Final

import duban
from bench.measuring import Figure
from bench.parts.g_import import imported, written
from bench.peers.engine import PACK
from bench.plan import Plan
from bench.seeding import LATE
from duban.backups import back_up
from duban.engine.ports.clock import SystemClock
from duban.importing.table import MAX_ROWS
from duban.testing import FrozenClock


def memories(plan: Plan) -> Iterator[Figure]:
    """A figure for each kind of work; its fact ``peak_mib`` is the most, in MiB."""
    size = plan.size if plan.size >= 1_000_000 else min(20_000, plan.size)
    large = plan.stores.of(size)
    weight = large.file.stat().st_size
    for work in plan.works:
        files = [large.file] if work != "import" else _tables(plan.places.folder, size)
        command = [sys.executable, "-m", "bench.parts.m_memory", work, *map(str, files)]
        began = time.perf_counter()
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=PACK.parents[1])
        taken, peak = time.perf_counter() - began, int(done.stdout)
        told = f"{work} of {size:,}"
        facts = {"unit": "work", "peak_mib": peak}
        if work == "verify":
            facts["bytes_per_case"] = round(weight / size)
        yield Figure(f"M.{work}.{size}", told, {"duban": [taken]}, facts)


def _tables(folder: Path, rows: int) -> list[Path]:
    """Tables of so many rows in all, none longer than may be imported at once."""
    parts = range(0, rows, MAX_ROWS)
    return [
        written(folder / f"memory-{first}.csv", min(MAX_ROWS, rows - first), first=first) for first in parts
    ]  # fmt: skip


def _sweep(file: Path) -> None:
    with closing(duban.Engine(f"sqlite:///{file}", pack=PACK, clock=FrozenClock(LATE + timedelta(days=14)))) as engine:
        engine.sweep()


def _verify(file: Path) -> None:
    with closing(duban.Engine(f"sqlite:///{file}", pack=PACK)) as engine:
        if broken := engine.verify():
            raise ValueError(f"{len(broken)} places do not hold, such as {broken[0]}")


def _checkpoint(file: Path) -> None:
    with closing(duban.Engine(f"sqlite:///{file}", pack=PACK)) as engine, file.with_suffix(".heads").open("w") as out:
        engine.write_checkpoint(out.write)


def _backup(file: Path) -> None:
    with closing(duban.Engine(f"sqlite:///{file}", pack=PACK)) as engine:
        target = file.with_suffix(".backup")
        back_up(vars(engine)["_store"], engine.world.evidence, target, SystemClock().now())
        target.unlink()


def _import(*files: Path) -> None:
    with closing(duban.Engine(f"sqlite:///{files[0].with_suffix('.db')}", pack=PACK)) as engine:
        engine.migrate()
        for file in files:
            imported(engine, file)


def _peak() -> int:
    """The most memory that this process had, in MiB.

    On Linux as the kernel tells it of the program: ``ru_maxrss`` begins with what the process had that started it.
    """
    status = Path("/proc/self/status")
    if status.exists():
        told = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(told.split()[1]) >> 10
    scale = 1 << 20 if sys.platform == "darwin" else 1 << 10  # bytes there, KiB elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // scale


_DOES: Final[dict[str, Callable[..., None]]] = {
    "sweep": _sweep, "verify": _verify, "checkpoint": _checkpoint, "backup": _backup, "import": _import,
}  # fmt: skip


if __name__ == "__main__":
    _DOES[sys.argv[1]](*map(Path, sys.argv[2:]))
    sys.stdout.write(str(_peak()))
