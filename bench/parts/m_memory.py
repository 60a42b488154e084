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
from duban.testing import FrozenClock


def memories(plan: Plan) -> Iterator[Figure]:
    """A figure for each kind of work; its fact ``peak_mib`` is the most, in MiB."""
    size = plan.size if plan.size >= 1_000_000 else min(20_000, plan.size)
    large = plan.stores.of(size)
    weight = large.file.stat().st_size
    for work in plan.works:
        file = large.file if work != "import" else written(plan.places.folder / f"memory-{size}.csv", size)
        command = [sys.executable, "-m", "bench.parts.m_memory", work, str(file)]
        began = time.perf_counter()
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=PACK.parents[1])
        taken, peak = time.perf_counter() - began, int(done.stdout)
        told = f"{work} of {size:,}"
        facts = {"unit": "work", "peak_mib": peak}
        if work == "verify":
            facts["bytes_per_case"] = round(weight / size)
        yield Figure(f"M.{work}.{size}", told, {"duban": [taken]}, facts)


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


def _import(file: Path) -> None:
    with closing(duban.Engine(f"sqlite:///{file.with_suffix('.db')}", pack=PACK)) as engine:
        engine.migrate()
        imported(engine, file)


_DOES: Final[dict[str, Callable[[Path], None]]] = {
    "sweep": _sweep, "verify": _verify, "checkpoint": _checkpoint, "backup": _backup, "import": _import,
}  # fmt: skip


if __name__ == "__main__":
    _DOES[sys.argv[1]](Path(sys.argv[2]))
    # KiB on Linux, bytes on macOS.
    scale = 1 << 20 if sys.platform == "darwin" else 1 << 10
    sys.stdout.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // scale))
