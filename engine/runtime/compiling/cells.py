"""Values as the cells of a snapshot, each with the cases that it was counted from."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from duban.engine.model.compilation import CellKind
from duban.engine.model.figure import Figure, FigureValue, Quantity, ScoreValue
from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label

CELL_OF: Final[Mapping[Quantity, CellKind]] = {"share": "share", "cases": "count", "working minutes": "duration"}


@frozen
class Told:
    """A cell, the cases that it counts, and of these the ones that hold (of a share; else none)."""

    cell: Any
    cases: tuple[str, ...] = ()
    holding: tuple[str, ...] = ()


def words(label: Label) -> dict[str, str]:
    """A label in both languages."""
    return {"en": label.en, "zh": label.zh}


def instant(at: datetime | None) -> str | None:
    """A moment, ISO 8601 in UTC."""
    return None if at is None else at.astimezone(UTC).isoformat()


def figure_cell(value: FigureValue, figure: Figure) -> Told:
    """The cell of a figure: a share with its n, a count, or whole minutes."""
    if figure.measure == "share":
        share = {"numerator": value.numerator or 0, "denominator": value.denominator or 0, "n": value.n}
        return Told(share, value.cases, value.holding)
    if figure.measure == "count":
        return Told(value.numerator, value.cases)
    return Told(None if value.value is None else {"minutes": value.value}, value.cases)


def score_cells(value: ScoreValue) -> tuple[Told, Told, Told]:
    """Rank, points and n of a score; n counts each case once, in however many parts it counts."""
    cases = tuple(sorted({ref for part in value.parts for ref in part.cases}))
    points = None if value.points is None else {"numerator": value.points[0], "denominator": value.points[1]}
    return Told(value.rank), Told(points, cases), Told(value.n, cases)


def column(name: str, label: Label, kind: CellKind) -> dict[str, Any]:
    """A column of a table."""
    return {"name": name, "label": words(label), "kind": kind}


def row(key: str, cells: list[Told]) -> dict[str, Any]:
    """A row of a table; ``key`` names it: a subject, or a reference."""
    return {
        "key": key,
        "cells": [one.cell for one in cells],
        "cases": [list(one.cases) for one in cells],
        "holding": [list(one.holding) for one in cells],
    }
