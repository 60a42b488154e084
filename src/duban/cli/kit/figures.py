"""Tells figures: their values, their period, their formula."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from duban.cli.kit.answer import Cell, Words, cell
from duban.cli.kit.desk import Desk
from duban.cli.kit.help import wrapped
from duban.cli.kit.telling import iso
from duban.engine.figures.telling import percent
from duban.engine.model.figure import Figure, FigureValue, Period


def value_cell(desk: Desk, figure: Figure, value: FigureValue) -> Cell:
    """The value as it reads: a percentage, a number of cases, or working time; a dash where nothing counted."""
    if figure.measure == "count":
        return cell(value.n)
    if figure.measure == "share":
        told = percent(value.numerator or 0, value.denominator or 0)
        return Cell(told or "", told or desk.say("no-value"))
    if value.value is None:
        return Cell("", desk.say("no-value"))
    return Cell(str(value.value), desk.teller.span(value.value * 60))


def subject_cell(desk: Desk, dimension: str, subject: str | None) -> Cell:
    """The subject by its label; what belongs to none of them in words."""
    if subject is None:
        return Cell("", desk.say("no-subject"))
    return Cell(subject, desk.engine.pack.figures.dimensions[dimension].subjects[subject].text(desk.lang))


def period_words(desk: Desk, period: Period, as_of: datetime) -> list[str]:
    """Which days the period covers, and as of when it is told."""
    zone = desk.engine.world.hours.zone
    first = period.start.astimezone(zone).date()
    last = period.end.astimezone(zone).date() - timedelta(days=1)
    lines = [desk.say("period-days", name=period.name, first=first.isoformat(), last=last.isoformat())]
    lines.append(desk.say("as-of", at=desk.teller.moment(as_of).shown))
    return lines


def told(desk: Desk, lines: Sequence[str]) -> Words:
    """Sentences broken at words, to the width of the terminal."""
    return Words([part for line in lines for part in wrapped(line, desk.width)])


def period_document(desk: Desk, period: Period) -> dict[str, Any]:
    """The period as programs read it."""
    zone = desk.engine.world.hours.zone.key
    return {
        "kind": period.kind, "name": period.name, "start": iso(period.start), "end": iso(period.end), "zone": zone,
    }  # fmt: skip


def value_document(figure: Figure, value: FigureValue, *, cases: bool) -> dict[str, Any]:
    """A value as programs read it, with the cases behind it where they are asked for."""
    told: dict[str, Any] = {
        "subject": value.subject, "n": value.n, "numerator": value.numerator, "denominator": value.denominator,
        "value": value.value,
        "percent": percent(value.numerator or 0, value.denominator or 0) if figure.measure == "share" else None,
    }  # fmt: skip
    if cases:
        told |= {"cases": list(value.cases), "holding": list(value.holding)}
    before = value_document(figure, value.before, cases=cases) if value.before is not None else None
    return {**told, "appeals": list(value.appeals), "before": before}
