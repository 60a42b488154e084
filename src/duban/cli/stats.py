"""``duban stats``: how many cases there are, and every declared figure with the cases behind it."""

from typing import Any

from duban.cli.kit import complete
from duban.cli.kit.answer import Answer, Cell, Part, Table, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.figures import (
    period_document,
    period_words,
    subject_cell,
    told,
    value_cell,
    value_document,
)
from duban.cli.kit.options import Argument, Option
from duban.cli.kit.periods import PERIODS, as_of_in, given, period_in
from duban.cli.kit.telling import iso
from duban.engine.errors import UnknownFigure, UsageError
from duban.engine.model.case import Tally
from duban.engine.model.figure import Figure, Figures, FigureValue
from duban.engine.model.hint import hint

FIGURE = Argument(
    "figure", says="argument.figure", metavar="[FIGURE]", required=False, shell_complete=complete.figures
)  # fmt: skip
PER = Option(["--per"], says="option.per", metavar="DIMENSION", shell_complete=complete.dimensions)
UNIT = Option(["--unit"], says="option.subject", metavar="UNIT", shell_complete=complete.units)
CASES = Option(["--cases"], says="option.cases", is_flag=True)
LIST = Option(["--list", "listed"], says="option.list-figures", is_flag=True)


def stats(
    desk: Desk, figure: str | None, listed: bool, per: str | None, unit: str | None, cases: bool,
    **options: str | None,
) -> Answer:  # fmt: skip
    """Count the cases that the actor can see; of a figure, tell its value."""
    if listed:
        return _declared(desk, desk.engine.pack.figures)
    if figure is None:
        if per is not None or unit is not None or cases or given(options):
            raise UsageError("no-figure")
        return _tallies(desk)
    name = figure.replace("-", "_")
    known = desk.engine.pack.figures.figures
    if name not in known:
        raise UnknownFigure(figure=figure, hint=hint(name, known))
    as_of = as_of_in(desk, options["as_of"])
    period = period_in(desk, options, as_of)
    per = per.replace("-", "_") if per is not None else None
    found = desk.engine.figure(name, by=desk.by, period=period, per=per, unit=unit, as_of=as_of)
    declared, lang = known[name], desk.lang
    document = {
        "figure": name, "version": declared.version, "label": declared.label.text(lang),
        "formula": declared.formula.text(lang), "measure": declared.measure, "unit": declared.unit,
        "better": declared.better, "period": period_document(desk, period), "as_of": iso(as_of),
        "dimension": found[0].dimension, "values": [value_document(declared, one, cases=cases) for one in found],
    }  # fmt: skip
    parts: list[Part] = [_values(desk, declared, found)]
    lines = [desk.say("formula", formula=declared.formula.text(lang), version=declared.version)]
    lines += period_words(desk, period, as_of)
    lines += [
        desk.say("restated", appeals=one.appeals, before=_before(desk, declared, one)) for one in found if one.before
    ]
    parts.append(told(desk, lines))
    if cases:
        parts.append(_behind(desk, declared, found))
    return Answer(document, parts)


def _values(desk: Desk, figure: Figure, found: list[FigureValue]) -> Table:
    columns = ["n", "value"]
    if figure.measure == "share":
        columns = ["numerator", "denominator", *columns]
    dimension = found[0].dimension
    heads = desk.head(*columns)
    rows = [_row(desk, figure, one, columns) for one in found]
    if dimension is not None:
        label = desk.engine.pack.figures.dimensions[dimension].label.text(desk.lang)
        heads = {"subject": label, **heads}
        rows = [[subject_cell(desk, dimension, one.subject), *row] for one, row in zip(found, rows, strict=True)]
    # For pipes, which get no sentences: what it was before appeals, and which they are.
    heads |= desk.head("before", "appeals")
    rows = [
        [*row, _before(desk, figure, one) if one.before else "", ",".join(one.appeals)]
        for one, row in zip(found, rows, strict=True)
    ]
    return Table(heads, rows, title=figure.label.text(desk.lang), hidden=frozenset({"before", "appeals"}))


def _row(desk: Desk, figure: Figure, one: FigureValue, columns: list[str]) -> list[Cell | str]:
    value = value_cell(desk, figure, one)
    if one.before is not None:
        value = Cell(value.plain, desk.say("restated-mark", value=value.shown))
    told = {"numerator": cell(one.numerator), "denominator": cell(one.denominator), "n": cell(one.n), "value": value}
    return [told[column] for column in columns]


def _before(desk: Desk, figure: Figure, one: FigureValue) -> str:
    before = one.before
    assert before is not None
    value = value_cell(desk, figure, before).shown
    return f"{value} ({before.numerator}/{before.denominator})" if figure.measure == "share" else value


def _behind(desk: Desk, figure: Figure, found: list[FigureValue]) -> Table:
    """The cases that counted, and which of them hold."""
    heads = desk.head("ref", "holds", "title", "unit")
    rows: list[list[Cell | str]] = []
    for one in found:
        holding = frozenset(one.holding)
        for ref in one.cases:
            case = desk.engine.get(ref, by=desk.by)
            title = desk.teller.heading(desk.teller.definition(case), case.data)
            held = "yes" if ref in holding else "no"
            rows.append([ref, Cell(held, desk.say(held)), title, desk.teller.unit(case.unit)])
    hidden = frozenset() if figure.holds is not None else frozenset({"holds"})
    return Table(heads, rows, empty=desk.say("no-cases-counted"), hidden=hidden)


def _declared(desk: Desk, declared: Figures) -> Answer:
    lang = desk.lang
    heads = {"figure": desk.head("figure")["figure"], **desk.head("label", "counted_workflow", "version")}
    figures: list[list[Cell | str]] = [
        [name, one.label.text(lang), desk.teller.workflow(one.of), cell(one.version)]
        for name, one in declared.figures.items()
    ]
    dimensions: list[list[Cell | str]] = [
        [name, one.label.text(lang), cell(len(one.subjects))] for name, one in declared.dimensions.items()
    ]
    scores: list[list[Cell | str]] = [
        [name, one.label.text(lang), one.dimension, cell(one.version)] for name, one in declared.scores.items()
    ]
    document: dict[str, Any] = {
        "figures": [
            {
                "figure": name, "label": one.label.text(lang), "formula": one.formula.text(lang), "of": one.of,
                "measure": one.measure, "version": one.version, "better": one.better,
            }
            for name, one in declared.figures.items()
        ],
        "dimensions": [
            {"dimension": name, "label": one.label.text(lang), "subjects": list(one.subjects)}
            for name, one in declared.dimensions.items()
        ],
        "scores": [
            {"score": name, "label": one.label.text(lang), "per": one.dimension, "version": one.version,
             "weights": dict(one.parts), "default": one.default}
            for name, one in declared.scores.items()
        ],
    }  # fmt: skip
    parts: list[Part] = [
        Table(heads, figures, empty=desk.say("no-figures")),
        Table(desk.head("dimension", "label", "subjects"), dimensions, title=desk.say("dimensions")),
        Table(desk.head("score", "label", "dimension", "version"), scores, title=desk.say("scores")),
    ]
    return Answer(document, parts if declared.figures else parts[:1])


def _tallies(desk: Desk) -> Answer:
    tallies = desk.engine.stats(by=desk.by)
    document = [
        {
            "workflow": one.workflow, "state": one.state, "unit": one.unit, "count": one.count,
            "overdue": one.overdue, "open": one.open,
        }
        for one in tallies
    ]  # fmt: skip
    heads = desk.head("workflow", "state", "unit", "count", "overdue")
    return Answer(document, [Table(heads, [_tally(desk, one) for one in tallies], empty=desk.say("no-cases"))])


def _tally(desk: Desk, one: Tally) -> list[Cell | str]:
    teller = desk.teller
    loaded = desk.engine.pack.workflows.get(one.workflow)
    state = teller.state(loaded.workflow, one.state) if loaded else cell(one.state)
    overdue = cell(one.overdue, one.overdue or "")
    return [teller.workflow(one.workflow), state, teller.unit(one.unit), cell(one.count), overdue]


command = Command("stats", "command.stats", stats, [FIGURE, LIST, PER, UNIT, *PERIODS, CASES])
