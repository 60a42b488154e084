"""Charts are legible: no two numbers lie on each other, and what has no values says so."""

from itertools import combinations
from typing import Any

import pytest
from tests.actions.documents.samples import civility, label, share

from duban.actions.documents.chart import drawn, figure_of
from duban.actions.documents.fonts import fonts
from duban.actions.documents.snapshot import Chart, Series
from duban.actions.documents.telling import Teller

FLOOR = [(1, 18), (1, 28), (0, 20), (2, 36), (3, 36), (20, 20), (19, 20), None]
UNDER = [(0, 18), (0, 28), (0, 20), (2, 36), (2, 36), (20, 20), (20, 20), (1, 2)]


@pytest.fixture(scope="module")
def teller() -> Teller:
    return Teller(civility().organization, "zh")


def chart(kind: str, *series: list[Any], x: int | None = None) -> Chart:
    points = [tuple(share(*one) if isinstance(one, tuple) else one for one in each) for each in series]
    weeks = tuple(label(f"第{week}周") for week in range(43, 43 + (len(points[0]) if x is None else x)))
    names = ("销号率", "按期销号率", "退回率", "逾期率")
    made = tuple(Series(label(name), "share", each) for name, each in zip(names, points, strict=False))
    return Chart("trend", label("近八周销号率"), kind, weeks, made)


def told(figure: Any) -> list[Any]:
    """What stands in the picture: the words at the points, and those of the axis below."""
    (axes,) = figure.axes
    return [one for one in (*axes.texts, *axes.get_xticklabels()) if one.get_text()]


@pytest.mark.parametrize(
    "series",
    [
        (FLOOR, UNDER),
        (UNDER, FLOOR),
        (FLOOR, UNDER, FLOOR[::-1]),
        (FLOOR, FLOOR, FLOOR, FLOOR),
        ([3, 0, 1, 0, 9], [0, 0, 1, 1, 9]),
        ([(1, 18)] * 8,),
    ],
)
def test_no_two_numbers_of_lines_lie_on_each_other(teller: Teller, series: tuple[list[Any], ...]) -> None:
    figure = figure_of(chart("line", *series), teller, fonts())
    figure.canvas.draw()
    boxes = [(one.get_text(), one.get_window_extent()) for one in told(figure)]

    assert [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if a.overlaps(b)] == []
    values = sum(point is not None for each in series for point in each)
    assert len(boxes) == values + len(series[0])


def test_at_each_place_the_higher_number_stands_above_the_lower(teller: Teller) -> None:
    for series in ((FLOOR, UNDER), (UNDER, FLOOR)):
        figure = figure_of(chart("line", *series), teller, fonts())
        figure.canvas.draw()
        heights = {one.get_text(): one.get_window_extent().y0 for one in figure.axes[0].texts if one.xy[0] == 0}
        assert heights["5.6%"] > heights["0.0%"]


@pytest.mark.parametrize("kind", ["bar", "line"])
@pytest.mark.parametrize("points", [[], [None] * 3, [(0, 0)] * 9])
def test_a_chart_without_values_says_so_without_axes_or_legend(teller: Teller, kind: str, points: list[Any]) -> None:
    figure = figure_of(chart(kind, points, points), teller, fonts())
    (axes,) = figure.axes

    assert [one.get_text() for one in axes.texts] == ["无数据。"]
    assert (axes.axison, axes.get_legend()) == (False, None)
    assert drawn(chart(kind, points, points), teller, fonts()).startswith(b"\x89PNG")
