"""Draws charts as PNG, legible in print: bars by subject with n, lines over periods. The same chart, the same bytes."""

import io
from typing import Any, Final

from duban.actions.documents.beside import Label, placed
from duban.actions.documents.fonts import Fonts
from duban.actions.documents.inert import printable
from duban.actions.documents.needs import printing
from duban.actions.documents.paper import ems, told_cell
from duban.actions.documents.snapshot import Cell, Chart, Series
from duban.actions.documents.telling import Teller

WIDTH: Final = 6.14
"""Inches: the 156 mm between the margins."""

DOTS: Final = 220
_COLOURS: Final = ("#b3261e", "#1f4e79", "#6b6b6b", "#b8860b", "#2e6b3a")
_HATCHES: Final = ("", "///", "...", "xxx", "\\\\\\")
_FLOOR: Final = 0.12
"""Of the height: the room under zero for words below a point that stands there."""

_MARKERS: Final = ("o", "s", "^", "D", "v")
_LONGEST: Final = 11
"""How many Chinese characters of a name stand beside a bar."""


def drawn(chart: Chart, teller: Teller, fonts: Fonts) -> bytes:
    """The chart as a PNG of 156 mm width. It tells by shape and pattern too, so that a copy in black and white does."""
    page = io.BytesIO()
    figure_of(chart, teller, fonts).savefig(page, format="png", dpi=DOTS, metadata={"Software": None})
    return page.getvalue()


def figure_of(chart: Chart, teller: Teller, fonts: Fonts) -> Any:
    """The same as matplotlib holds it. A chart without any value says so, and has neither axes nor legend."""
    with printing():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from matplotlib.font_manager import FontProperties

    empty = all(point is None or _empty(point) for series in chart.series for point in series.points)
    across = chart.kind == "bar" and len(chart.x) > 6
    height = 0.8 if empty else 2.8
    if across and not empty:
        height = max(2.6, 0.9 + 0.24 * len(chart.x) * max(len(chart.series), 1) ** 0.5)
    figure = Figure(figsize=(WIDTH, min(height, 8.6)), dpi=DOTS, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    brush = _Brush(axes, teller, fonts, FontProperties(fname=fonts.chart.path, size=9))
    # As much room as the longest name takes, and the width of a tick.
    room = max((ems(brush.label(one)) for one in chart.x), default=0.0) * 9 / 72 + 0.15
    figure.subplots_adjust(
        left=room / WIDTH if across else 0.1, right=0.96, top=0.93 if len(chart.series) < 2 else 0.88
    )
    figure.subplots_adjust(bottom=0.06 if across else 0.14)
    if empty:
        brush.nothing()
        return figure
    if chart.kind == "line":
        brush.lines(chart)
    elif across:
        brush.bars_across(chart)
    else:
        brush.bars(chart)
    brush.finish(chart)
    return figure


class _Brush:
    """Draws on one pair of axes. No text of a chart is ever read as mathematics."""

    def __init__(self, axes: Any, teller: Teller, fonts: Fonts, font: Any) -> None:
        self._axes = axes
        self._teller = teller
        self._fonts = fonts
        self._font = font

    def nothing(self) -> None:
        """The word for nothing, in the place of the picture."""
        self._axes.set_axis_off()
        words = printable(self._teller.say("no-values"), self._fonts.chart_glyphs)
        self._axes.text(
            0.5, 0.5, words, transform=self._axes.transAxes, fontproperties=self._font, parse_math=False, ha="center",
            va="center",
        )  # fmt: skip

    def bars(self, chart: Chart) -> None:
        """Upright bars: few subjects with short names."""
        width = 0.8 / max(len(chart.series), 1)
        for index, series in enumerate(chart.series):
            places = [place - 0.4 + width * (index + 0.5) for place in range(len(chart.x))]
            heights = [_height(point) for point in series.points]
            self._axes.bar(places, heights, width * 0.9, label=self._name(series), **_fill(index))
            for place, height, point in zip(places, heights, series.points, strict=True):
                self._word(place, height, self._said(point), ha="center", va="bottom")
        self._axes.set_xticks(range(len(chart.x)), [self.label(one) for one in chart.x])
        self._limits(chart, self._axes.set_ylim)

    def bars_across(self, chart: Chart) -> None:
        """Lying bars, the first subject on top: many subjects, whose names need room."""
        width = 0.8 / max(len(chart.series), 1)
        for index, series in enumerate(chart.series):
            places = [place - 0.4 + width * (index + 0.5) for place in range(len(chart.x))]
            heights = [_height(point) for point in series.points]
            self._axes.barh(places, heights, width * 0.9, label=self._name(series), **_fill(index))
            for place, height, point in zip(places, heights, series.points, strict=True):
                self._word(height, place, f" {self._said(point)}", ha="left", va="center")
        self._axes.set_yticks(range(len(chart.x)), [self.label(one) for one in chart.x])
        self._axes.set_ylim(len(chart.x) - 0.4, -0.6)
        self._limits(chart, self._axes.set_xlim)

    def lines(self, chart: Chart) -> None:
        """Lines over periods; a period without a value is a gap, not a zero."""
        labels: list[Label] = []
        for index, series in enumerate(chart.series):
            heights = [float("nan") if point is None or _empty(point) else _height(point) for point in series.points]
            self._axes.plot(
                range(len(chart.x)), heights, marker=_MARKERS[index % 5], color=_COLOURS[index % 5], linewidth=1.6,
                markersize=5, label=self._name(series),
            )  # fmt: skip
            for place, point in enumerate(series.points):
                if point is not None and not _empty(point):
                    words = self._said(point, n=len(chart.series) == 1 and len(chart.x) <= 8)
                    labels.append(Label(place, heights[place], words, _COLOURS[index % 5]))
        self._axes.set_xticks(range(len(chart.x)), [self.label(one) for one in chart.x])
        self._axes.set_xlim(-0.5, max(len(chart.x), 1) - 0.5)
        self._limits(chart, self._axes.set_ylim)
        most = self._axes.get_ylim()[1]
        if len(chart.series) > 1 and any(one.y < most * _FLOOR for one in labels):
            self._axes.set_ylim(-most * _FLOOR, most)
            self._axes.axhline(0, color="#b0b0b0", linewidth=0.6, zorder=0)
        small = self._font.copy()
        small.set_size(7.5)
        placed(self._axes, labels, small)

    def finish(self, chart: Chart) -> None:
        """Fonts, and as few lines as possible; a legend where there is more than one thing to tell apart."""
        for side in ("top", "right"):
            self._axes.spines[side].set_visible(False)
        for label in (*self._axes.get_xticklabels(), *self._axes.get_yticklabels()):
            label.set_fontproperties(self._font)
            label.set_parse_math(False)
        if len(chart.series) > 1:
            legend = self._axes.legend(
                prop=self._font, loc="lower right", bbox_to_anchor=(1, 1), ncols=3, frameon=False, borderaxespad=0
            )
            for label in legend.get_texts():
                label.set_parse_math(False)

    def _limits(self, chart: Chart, set_limits: Any) -> None:
        shares = all(isinstance(point, dict) for series in chart.series for point in series.points if point is not None)
        most = max((_height(point) for series in chart.series for point in series.points), default=0.0)
        set_limits(0, 118 if shares else max(most, 1) * 1.18)
        axis = self._axes.xaxis if set_limits == self._axes.set_xlim else self._axes.yaxis
        if shares:
            axis.set_ticks(range(0, 101, 20), [f"{share}%" for share in range(0, 101, 20)])

    def _word(self, x: float, y: float, words: str, **place: str) -> None:
        small = self._font.copy()
        small.set_size(7.5)
        self._axes.text(x, y, words, fontproperties=small, parse_math=False, **place)

    def _said(self, point: Cell, *, n: bool = True) -> str:
        words = told_cell("share" if isinstance(point, dict) else "count", point, self._teller)
        if isinstance(point, dict) and n and not _empty(point):
            words += self._teller.say("n", n=point.get("n", point["denominator"]))
        return printable(words, self._fonts.chart_glyphs)

    def label(self, words: Any) -> str:
        """A name as it stands beside its bar or below its point."""
        told = printable(self._teller.label(words).replace("\n", " "), self._fonts.chart_glyphs)
        longest = _LONGEST if any(ord(one) > 0x2E7F for one in told) else 2 * _LONGEST
        return told if len(told) <= longest else told[: longest - 1] + "…"

    def _name(self, series: Series) -> str:
        # A name that begins with an underscore would be left out of the legend.
        return (
            "\u2009" + self.label(series.label)
            if self.label(series.label).startswith("_")
            else self.label(series.label)
        )


def _height(point: Cell) -> float:
    if isinstance(point, dict):
        return 0.0 if _empty(point) else 100 * (point["numerator"] or 0) / point["denominator"]
    return float(point or 0)


def _empty(point: Cell) -> bool:
    return isinstance(point, dict) and not point["denominator"]


def _fill(index: int) -> dict[str, str]:
    return {"color": _COLOURS[index % 5], "hatch": _HATCHES[index % 5], "edgecolor": "white"}
