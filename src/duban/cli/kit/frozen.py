"""Cells of a snapshot, as a pipe gets them and as a person reads them."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from duban.cli.kit.answer import Cell
from duban.cli.kit.desk import Desk


def frozen_cell(desk: Desk, kind: str, value: Any) -> Cell:
    """A cell of this kind; nothing is empty, and a share of nothing a dash."""
    if value is None:
        return Cell("", "")
    match kind:
        case "label":
            return Cell(value["en"], value[desk.lang])
        case "share":
            above, below = value["numerator"], value["denominator"]
            shown = f"{_decimal(Fraction(above * 100, below))}% ({above}/{below})" if below else "–"
            return Cell(f"{above}/{below}", shown)
        case "points":
            points = Fraction(value["numerator"], value["denominator"])
            return Cell(f"{value['numerator']}/{value['denominator']}", _decimal(points))
        case "duration":
            return Cell(str(value["minutes"]), desk.teller.span(value["minutes"] * 60))
        case "instant":
            return desk.teller.moment(datetime.fromisoformat(value))
        case "boolean":
            return Cell(str(value).lower(), desk.say("yes" if value else "no"))
    return Cell(str(value), str(value))


def _decimal(number: Fraction) -> str:
    """To one digit after the point, halves to the even one."""
    tenths = round(number * 10)
    return f"{tenths // 10}.{tenths % 10}"
