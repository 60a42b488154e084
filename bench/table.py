"""Figures and aims as tables of 80 columns."""

from collections.abc import Iterable, Mapping

from rich import box
from rich.table import Table

from bench.aims import Judged, judged
from bench.measuring import Figure


def figures_table(figures: Iterable[Figure]) -> Table:
    """What each rival took, and how that stands to the first."""
    table = Table(width=80, box=box.SIMPLE, pad_edge=False)
    table.add_column("work", ratio=5)
    table.add_column("rival", ratio=4)
    table.add_column("took", justify="right", no_wrap=True)
    table.add_column("× first", justify="right", no_wrap=True)
    for figure in figures:
        first = next(iter(figure.rounds))
        for rival in figure.rounds:
            told = f"{figure.key}: {figure.told}" if rival == first else ""
            table.add_row(told, rival, spoken(figure.seconds(rival)), f"{figure.ratio(rival, first):.2f}")
    return table


def aims_table(figures: Mapping[str, Figure]) -> Table:
    """What is wanted, what was found, and whether that is enough."""
    table = Table(width=80, box=box.SIMPLE, pad_edge=False)
    table.add_column("work", ratio=5)
    table.add_column("wanted", justify="right", no_wrap=True)
    table.add_column("found", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for one in judged(figures):
        table.add_row(one.aim.told, wanted(one), found(one), "met" if one.is_met else "[bold]missed[/]")
    return table


def spoken(seconds: float) -> str:
    """A span with three digits that count, in the unit that fits."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}" if seconds < 1000 else f"{seconds:.0f} s"
    return f"{seconds * 1e9:.0f} ns"


def wanted(one: Judged) -> str:
    """What is wanted, with what is hoped for."""
    aim = one.aim
    sign = "≥" if aim.kind == "share" else "≤"
    return f"{sign} {in_words(one, aim.wanted)}" + (f" ({aim.beyond:g})" if aim.beyond is not None else "")


def found(one: Judged) -> str:
    """What was found."""
    return f"{one.found:.2f}" if one.aim.kind in ("share", "most") else in_words(one, one.found)


def extremes(one: Judged) -> str:
    """The extremes over the rounds."""
    if one.aim.kind in ("share", "most"):
        return f"{one.low:.2f} – {one.high:.2f}"
    return "" if one.low == one.high else f"{in_words(one, one.low)} – {in_words(one, one.high)}"


def in_words(one: Judged, value: float) -> str:
    """A value of an aim in its unit."""
    return {"under": spoken(value), "memory": f"{value:.0f} MiB"}.get(one.aim.kind, f"{value:g}")
