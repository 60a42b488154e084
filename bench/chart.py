"""The chart of the page: for each aim how far it is reached, on a scale on which 1 is what is wanted."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure as Canvas

from bench.aims import Judged

MET, MISSED = "#2f6f4f", "#b5482f"


def drawn(rows: Sequence[Judged], file: Path) -> None:
    """Draw the chart as SVG, the same bytes for the same results."""
    rows = list(reversed(rows))
    with rc_context({"svg.hashsalt": "duban", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9}):
        canvas = Canvas(figsize=(8, 0.9 + 0.3 * len(rows)), layout="constrained")
        axes = canvas.add_subplot()
        scores = [reached(row) for row in rows]
        colours = [MET if row.is_met else MISSED for row in rows]
        axes.barh([str(place) for place in range(len(rows))], scores, color=colours, height=0.6)
        axes.set_yticks(range(len(rows)), [row.aim.told for row in rows])
        axes.set_xscale("log", base=2)
        axes.axvline(1, color="black", linewidth=1)
        ticks = [0.125, 0.25, 0.5, 1, 2, 4]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.set_xlabel("reached, as a part of what is wanted: right of the line is enough")
        axes.spines[["top", "right"]].set_visible(False)
        canvas.savefig(file, format="svg", metadata={"Date": None, "Creator": None})


def reached(row: Judged) -> float:
    """1 where it is just what is wanted, more where it is better."""
    return row.found / row.aim.wanted if row.aim.kind == "share" else row.aim.wanted / row.found
