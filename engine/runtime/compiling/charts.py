"""The charts of a snapshot: their points, so that they can be drawn from the snapshot alone."""

from collections.abc import Sequence
from typing import Any

from duban.engine.figures.periods import before
from duban.engine.model.compilation import Chart
from duban.engine.model.figure import FigureValue, Period
from duban.engine.runtime.compiling.cells import CELL_OF, figure_cell, words
from duban.engine.runtime.compiling.tables import Bench
from duban.engine.runtime.figures import Wish


def periods_of(chart: Chart, last: Period, bench: Bench) -> list[Period]:
    """The periods of a chart of lines, oldest first."""
    found = [last]
    while len(found) < chart.periods:
        found.append(before(found[-1], bench.world.hours.zone))
    return found[::-1]


def wishes_of(chart: Chart, bench: Bench, per: str | None) -> list[Wish]:
    """The figures of a chart of lines, for each of its figures every period."""
    periods = periods_of(chart, bench.frame.period, bench)
    return [Wish(figure, period, per) for figure in chart.figures for period in periods]


def bars(chart: Chart, table: dict[str, Any]) -> dict[str, Any]:
    """Bars over the rows of a table, of those with something to show."""
    names = [one["name"] for one in table["columns"]]
    subject = names.index("subject")
    places = [names.index(name) for name in chart.columns]
    rows = [row for row in table["rows"] if any(_shows(row["cells"][place]) for place in places)]
    series = []
    for name, place in zip(chart.columns, places, strict=True):
        label, kind = table["columns"][place]["label"], table["columns"][place]["kind"]
        series.append(
            {
                "name": name,
                "label": label,
                "unit": _unit(kind),
                **{part: [row[part][place] for row in rows] for part in ("cases", "holding")},
                "points": [row["cells"][place] for row in rows],
            }
        )
    return _told(chart, [row["cells"][subject] for row in rows], series)


def _shows(cell: Any) -> bool:
    """Whether there is a bar to draw: a share of some cases, or a number."""
    return cell["n"] > 0 if isinstance(cell, dict) and "n" in cell else cell is not None


def lines(chart: Chart, values: Sequence[FigureValue], bench: Bench) -> dict[str, Any]:
    """Lines over periods; ``values`` are those of ``wishes_of``, of one subject each."""
    periods = periods_of(chart, bench.frame.period, bench)
    figures = bench.world.pack.figures.figures
    series = []
    for number, name in enumerate(chart.figures):
        own = values[number * len(periods) : (number + 1) * len(periods)]
        cells = [figure_cell(value, figures[name]) for value in own]
        series.append(
            {
                "name": name,
                "label": words(figures[name].label),
                "unit": _unit(CELL_OF[figures[name].unit]),
                "points": [one.cell for one in cells],
                "cases": [list(one.cases) for one in cells],
                "holding": [list(one.holding) for one in cells],
            }
        )
    return _told(chart, [{"en": one.name, "zh": one.name} for one in periods], series)


def _told(chart: Chart, x: list[dict[str, str]], series: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": chart.name, "label": words(chart.label), "kind": chart.kind, "x": x, "series": series}


def _unit(kind: str) -> str:
    return {"share": "share", "count": "cases", "duration": "working minutes"}.get(kind, kind)
