"""Tells of the files of cases."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from duban.cli.kit.answer import Cell
from duban.engine.messages import text

if TYPE_CHECKING:
    from duban.cli.kit.desk import Desk


def taken_out(desk: "Desk", names: Sequence[str]) -> Cell:
    """What was taken out of a file, in words."""
    joined = ("、" if desk.lang == "zh" else ", ").join(text(f"taken-out.{name}", desk.lang) for name in names)
    return Cell(",".join(names), joined)
