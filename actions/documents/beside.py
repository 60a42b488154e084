"""Places the words beside the points of lines so that no two lie on each other, and none on a point."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from duban.engine.model.frozen import frozen

_ABOVE: Final = 5
_BELOW: Final = -6
"""Points of print between a mark and its words."""

_STEP: Final = 9
_FARTHEST: Final = 4
"""How many lines of words higher, or lower, a place is looked for."""

_MARK: Final = 3
_APART: Final = 0.5


@frozen
class Label:
    """The words of one point; ``x`` and ``y`` as the axes count."""

    x: float
    y: float
    words: str
    colour: str


def placed(axes: Any, labels: Sequence[Label], font: Any) -> None:
    """Write the labels: at each place the highest above its point, the lowest below, the others where there is room.

    The limits and margins of the axes have to stand. Words for which there is no room are left out: the point is there.
    """
    from matplotlib.patheffects import withStroke

    renderer = axes.figure.canvas.get_renderer()
    halo = [withStroke(linewidth=1.8, foreground="white")]  # a line behind the words does not strike them out
    dot = axes.figure.dpi / 72
    frame = axes.get_window_extent(renderer)
    marks = [_mark(axes, one, dot) for one in labels]
    taken: list[Any] = []
    for one in _by_need(labels):
        for offset in _offsets(one, labels):
            made = axes.annotate(
                one.words, (one.x, one.y), (0, offset), textcoords="offset points", fontproperties=font,
                parse_math=False, color=one.colour, ha="center", va="bottom" if offset > 0 else "top",
                path_effects=halo,
            )  # fmt: skip
            box = made.get_window_extent(renderer).padded(_APART * dot)
            if box.y0 >= frame.y0 and not any(box.overlaps(other) for other in (*taken, *marks)):
                taken.append(box)
                break
            made.remove()


def _by_need(labels: Sequence[Label]) -> list[Label]:
    """From left to right; at one place the highest first, then the lowest, then what lies between."""
    ordered: list[Label] = []
    for x in sorted({one.x for one in labels}):
        here = sorted((one for one in labels if one.x == x), key=lambda one: -one.y)
        ordered += [here[0], *here[:0:-1]]
    return ordered


def _offsets(label: Label, labels: Sequence[Label]) -> Iterator[int]:
    """Where the words may stand, the best place first."""
    here = sorted((one for one in labels if one.x == label.x), key=lambda one: -one.y)
    below_first = here[0] is not label
    for line in range(_FARTHEST):
        above, below = _ABOVE + line * _STEP, _BELOW - line * _STEP
        yield from (below, above) if below_first else (above, below)


def _mark(axes: Any, label: Label, dot: float) -> Any:
    from matplotlib.transforms import Bbox

    x, y = axes.transData.transform((label.x, label.y))
    return Bbox.from_extents(x - _MARK * dot, y - _MARK * dot, x + _MARK * dot, y + _MARK * dot)
