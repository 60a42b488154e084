"""What the sheets of a closed survey come to: its rates in each community and in the whole area.

Nothing is told of a few sheets. A cell of fewer than the plan's minimum is left out (``few``); and where the cells left
out could be worked out from the total and the others, because there is only one of them or they hold fewer than the
minimum together, the smallest told cell is left out as well (``protecting``).

The plain rate of the whole area counts every sheet alike. The weighted one counts each community by its declared
number of households, p = Σ W p_c with W = N_c / N, over communities that have a sample; its interval is that of the
effective number of sheets 1 / Σ (W² / n_c) (L. Kish: Survey Sampling, 1965). It is told only where every such
community is told.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from duban.engine.model.frozen import frozen
from duban.engine.model.survey import Pile, RateValue, SurveyPlan, Untold
from duban.engine.surveys.sheets import questions_of
from duban.engine.surveys.wilson import interval


@frozen
class _Cell:
    n: int
    positive: int


def values_of(plan: SurveyPlan, piles: Iterable[Pile]) -> tuple[RateValue, ...]:
    """Every rate: of each community in the order of the frame, of the whole area, and of the whole area weighted."""
    held = {pile.community: pile for pile in piles}
    found: list[RateValue] = []
    for rate in plan.rates:
        cells = {name: _counted(plan, rate, held.get(name)) for name, size in plan.allocated.items() if size}
        untold = _untold(cells, plan.minimum)
        found += [_value(rate, name, cell, untold.get(name)) for name, cell in cells.items()]
        found.append(_whole(rate, cells, plan.minimum))
        found.append(_weighted(rate, cells, plan, untold))
    return tuple(found)


def _counted(plan: SurveyPlan, rate: str, pile: Pile | None) -> _Cell:
    """Sheets on which all questions of the rate were answered, and those among them that count."""
    names = questions_of(plan.questionnaire, rate)
    positive = {question.name: set(question.positive) for question in plan.questionnaire.questions}
    counts = all if plan.rates[rate].counts == "all" else any
    n = good = 0
    for answers, count in pile.sheets.items() if pile is not None else ():
        given = dict(answers)
        if all(name in given for name in names):
            n += count
            good += count if counts(given[name] in positive[name] for name in names) else 0
    return _Cell(n, good)


def _untold(cells: Mapping[str, _Cell], minimum: int) -> dict[str, Untold]:
    """The communities of which nothing is told, and why."""
    left_out: dict[str, Untold] = {name: "few" for name, cell in cells.items() if cell.n < minimum}
    while True:
        some = [cells[name].n for name in left_out if cells[name].n]
        told = [name for name in cells if name not in left_out]
        if not some or (len(some) > 1 and sum(some) >= minimum) or not told:
            return left_out
        left_out[min(told, key=lambda name: (cells[name].n, name))] = "protecting"


def _value(rate: str, community: str | None, cell: _Cell, untold: Untold | None) -> RateValue:
    if untold is not None:
        return RateValue(rate, community, untold=untold)
    share = Fraction(cell.positive, cell.n)
    low, high = interval(share, Fraction(cell.n))
    return RateValue(rate, community, False, cell.n, cell.positive, share, low, high)


def _whole(rate: str, cells: Mapping[str, _Cell], minimum: int) -> RateValue:
    every = _Cell(sum(cell.n for cell in cells.values()), sum(cell.positive for cell in cells.values()))
    return _value(rate, None, every, "few" if every.n < minimum else None)


def _weighted(rate: str, cells: Mapping[str, _Cell], plan: SurveyPlan, untold: Mapping[str, Untold]) -> RateValue:
    if untold or not cells:
        return RateValue(rate, None, True, untold="incomplete")
    every = sum(plan.frame[name] for name in cells)
    weights = {name: Fraction(plan.frame[name], every) for name in cells}
    share = sum((weights[name] * Fraction(cell.positive, cell.n) for name, cell in cells.items()), Fraction(0))
    effective = 1 / sum((weights[name] ** 2 / cell.n for name, cell in cells.items()), Fraction(0))
    low, high = interval(share, effective)
    n = sum(cell.n for cell in cells.values())
    return RateValue(rate, None, True, n, None, share, low, high)
