"""``python -m bench``: measures, shows a table, writes what it found as JSON."""

import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from bench.machine import described
from bench.measuring import Figure
from bench.places import places
from bench.plan import Plan
from bench.stores import Stores
from bench.table import aims_table, figures_table

RESULTS: Final = Path(__file__).with_name("results.json")
PARTS: Final = {
    "P": "bench.parts.p_profile:profiles",
    "A": "bench.parts.a_step:steps",
    "D": "bench.parts.d_deciding:decisions",
    "E": "bench.parts.e_cold:starts",
    "B": "bench.parts.b_sweep:sweeps",
    "C": "bench.parts.c_queries:queries",
    "F": "bench.parts.f_bulk:bulks",
    "G": "bench.parts.g_import:imports",
    "H": "bench.parts.h_bulletin:bulletins",
    "M": "bench.parts.m_memory:memories",
    "W": "bench.parts.w_ways:ways",
}
BY_DEFAULT: Final = [name for name in PARTS if name != "W"]


@click.command()
@click.option("--only", default=",".join(BY_DEFAULT), show_default=True, help="Which parts, with commas between.")
@click.option("--size", default=100_000, show_default=True, help="Cases of the large stores.")
@click.option("--rounds", default=7, show_default=True, help="How often each rival does its work.")
@click.option("--steps", default=100, show_default=True, help="Durable steps in a round of part A.")
@click.option("--folder", type=click.Path(path_type=Path, exists=True), help="Where the files lie while it runs.")
@click.option("--out", type=click.Path(path_type=Path), default=RESULTS, help="Where the results are written.")
def main(only: str, size: int, rounds: int, steps: int, folder: Path | None, out: Path) -> None:
    """Measure duban against floors and peers.

    What was measured before and is not measured now stays in the file of results.
    """
    # Whoever is told to stop takes away the server and the files that it made.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    console = Console(width=80)
    found: list[Figure] = []
    failed: list[str] = []
    with places(folder) as where, closing(Stores(where)) as stores:
        plan = Plan(where, stores, size=size, rounds=rounds, steps=steps)
        chosen = [(name, part(name)) for name in only.upper().split(",")]
        for name, work in chosen:
            began = time.monotonic()
            try:
                for figure in work(plan):
                    console.print(figures_table([figure]))
                    found.append(figure)
                    keep(out, figure)
            except Exception:  # what one part lacks, such as a server, is no reason to lose the others
                failed.append(name)
                console.print_exception()
            console.print(f"{name}: {time.monotonic() - began:.0f} s", style="dim")
    console.print(aims_table({figure.key: figure for figure in found}))
    if failed:
        raise click.ClickException(f"These parts failed: {', '.join(failed)}. What they measured before is kept.")


def part(name: str) -> Callable[[Plan], Iterator[Figure]]:
    """The function of a part; imported only now, with what it alone needs."""
    if name not in PARTS:
        raise click.BadParameter(f"{name!r} is no part. There are: {', '.join(PARTS)}.", param_hint="--only")
    module, _, function = PARTS[name].partition(":")
    found: Callable[[Plan], Iterator[Figure]] = getattr(import_module(module), function)
    return found


def keep(out: Path, figure: Figure) -> None:
    """Put a figure into the file of results, in place of an earlier one of its key, with the machine it comes from."""
    kept = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {"figures": {}}
    kept["machine"] = described(out.parent)
    kept["figures"][figure.key] = {**figure.as_json(), "taken_at": time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime())}
    out.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
