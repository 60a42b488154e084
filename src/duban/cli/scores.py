"""``duban scores``: what units, communities, grids or agencies come to in a period, and their rank."""

from fractions import Fraction
from typing import Any

from duban.cli.kit import complete
from duban.cli.kit.answer import Answer, Cell, Part, Table, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.figures import period_document, period_words, subject_cell, told, value_cell, value_document
from duban.cli.kit.options import Argument, Option
from duban.cli.kit.periods import PERIODS, as_of_in, period_in
from duban.cli.kit.telling import iso
from duban.engine.errors import UnknownScore, UnknownSubject
from duban.engine.figures.scores import weights
from duban.engine.figures.telling import decimal
from duban.engine.model.figure import Score, ScoreValue
from duban.engine.model.hint import hint

SCORE = Argument("score", says="argument.score", metavar="SCORE", shell_complete=complete.scores)
UNIT = Option(["--unit"], says="option.score-unit", metavar="UNIT", shell_complete=complete.units)


def scores(desk: Desk, score: str, unit: str | None, **options: str | None) -> Answer:
    """Tell the scores by rank; of one unit, every part."""
    declared = desk.engine.pack.figures
    name = score.replace("-", "_")
    if name not in declared.scores:
        raise UnknownScore(score=score, hint=hint(name, declared.scores))
    one = declared.scores[name]
    subjects = declared.dimensions[one.dimension].subjects
    if unit is not None and unit not in subjects:
        raise UnknownSubject(subject=unit, hint=hint(unit, subjects))
    as_of = as_of_in(desk, options["as_of"])
    period = period_in(desk, options, as_of)
    found = desk.engine.scores(name, by=desk.by, period=period, as_of=as_of)
    chosen = [value for value in found if unit in (None, value.subject)]
    document = {
        "score": name, "version": one.version, "label": one.label.text(desk.lang), "dimension": one.dimension,
        "weights": dict(one.parts), "default": one.default, "period": period_document(desk, period),
        "as_of": iso(as_of), "scores": [_document(desk, one, value) for value in chosen],
    }  # fmt: skip
    parts: list[Part] = [_ranking(desk, one, chosen, all_of_them=unit is not None)]
    lines = period_words(desk, period, as_of)
    if unit is None:
        lines += _weights(desk, one)
        idle = sum(value.points is None for value in found)
        lines += [desk.say("not-ranked", count=idle)] if idle else []
    else:
        parts.append(_parts(desk, one, chosen[0]))
        lines += (
            [desk.say("score-cases", unit=unit, period=f"--{period.kind} {period.name}")]
            if period.kind != "span"
            else []
        )
    return Answer(document, [*parts, told(desk, [*lines, desk.say("left-out")])])


def _ranking(desk: Desk, score: Score, found: list[ScoreValue], *, all_of_them: bool) -> Table:
    rows: list[list[Cell | str]] = [
        [
            cell(one.rank),
            subject_cell(desk, score.dimension, one.subject),
            _points(desk, one),
            cell(one.n),
            _weighed(one),
        ]
        for one in found
        if all_of_them or one.points is not None
    ]
    label = desk.engine.pack.figures.dimensions[score.dimension].label.text(desk.lang)
    heads = {"rank": desk.head("rank")["rank"], "subject": label, **desk.head("points", "n", "parts_with_cases")}
    title = desk.say("score-title", label=score.label.text(desk.lang), version=score.version)
    return Table(heads, rows, title=title, empty=desk.say("no-scores"))


def _points(desk: Desk, one: ScoreValue) -> Cell:
    if one.points is None:
        return Cell("", desk.say("no-value"))
    told = decimal(Fraction(*one.points))
    restated = any(part.before is not None for part in one.parts)
    return Cell(told, desk.say("restated-mark", value=told) if restated else told)


def _weighed(one: ScoreValue) -> str:
    return f"{sum(part.n > 0 for part in one.parts)}/{len(one.parts)}"


def _parts(desk: Desk, score: Score, one: ScoreValue) -> Table:
    known, weighing = desk.engine.pack.figures.figures, weights(score, one)
    rows: list[list[Cell | str]] = []
    for (name, weight), part in zip(score.parts, one.parts, strict=True):
        figure = known[name]
        weighed = f"{decimal(weighing[name] * 100)}" if name in weighing else "0"
        fraction = f"{part.numerator}/{part.denominator}"
        value = value_cell(desk, figure, part)
        rows.append(
            [Cell(name, figure.label.text(desk.lang)), fraction, value, cell(weight), weighed, cell(figure.version)]
        )
    return Table(desk.head("part", "share_of", "value", "weight", "weighed", "version"), rows)


def _weights(desk: Desk, score: Score) -> list[str]:
    known = desk.engine.pack.figures.figures
    told = [
        desk.say(f"weight-{known[name].better}", figure=known[name].label.text(desk.lang), weight=weight)
        for name, weight in score.parts
    ]
    joined = ("；" if desk.lang == "zh" else "; ").join(told)
    return [desk.say("weights-default" if score.default else "weights", weights=joined)]


def _document(desk: Desk, score: Score, one: ScoreValue) -> dict[str, Any]:
    known, weighing = desk.engine.pack.figures.figures, weights(score, one)
    parts = [
        {
            "figure": name, "version": part.version, "weight": weight,
            "weighed": [weighing[name].numerator, weighing[name].denominator] if name in weighing else None,
            **value_document(known[name], part, cases=True),
        }
        for (name, weight), part in zip(score.parts, one.parts, strict=True)
    ]  # fmt: skip
    points = list(one.points) if one.points is not None else None
    return {"subject": one.subject, "rank": one.rank, "points": points, "n": one.n, "parts": parts}


command = Command("scores", "command.scores", scores, [SCORE, UNIT, *PERIODS])
