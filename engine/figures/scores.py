"""Several figures as one score for each subject, and the ranks. Pure and exact."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from duban.engine.model.figure import Figure, FigureValue, Score, ScoreValue


def scored(
    score: Score, figures: Mapping[str, Figure], values: Mapping[str, Sequence[FigureValue]], subjects: Sequence[str]
) -> list[ScoreValue]:
    """The scores of ``subjects``: those with points by rank and name, then those without.

    ``values`` are those of every part, by figure. A part without a case does not weigh: the weights of the others make
    the whole. Equal points share a rank, and the next one is passed over.
    """
    of = {name: {value.subject: value for value in found} for name, found in values.items()}
    found = [_one(score, figures, subject, [of[name][subject] for name, _ in score.parts]) for subject in subjects]
    points = [Fraction(*one.points) for one in found if one.points is not None]
    ranked = [
        one if one.points is None else replace(one, rank=1 + sum(other > Fraction(*one.points) for other in points))
        for one in found
    ]
    order = {subject: index for index, subject in enumerate(subjects)}
    return sorted(ranked, key=lambda one: (one.rank is None, one.rank or 0, order[one.subject]))


def weights(score: Score, value: ScoreValue) -> dict[str, Fraction]:
    """How much each part weighs for this subject, of 1 in all; parts without a case are left out."""
    heavy = {name: weight for (name, weight), part in zip(score.parts, value.parts, strict=True) if part.n}
    whole = sum(heavy.values())
    return {name: Fraction(weight, whole) for name, weight in heavy.items()}


def _one(score: Score, figures: Mapping[str, Figure], subject: str, parts: list[FigureValue]) -> ScoreValue:
    weighed = [
        (weight, share if figures[name].better == "higher" else 1 - share)
        for (name, weight), part in zip(score.parts, parts, strict=True)
        for share in [part.share]
        if share is not None
    ]
    whole = sum(weight for weight, _ in weighed)
    points = sum((weight * share for weight, share in weighed), Fraction(0)) * 100 / whole if whole else None
    told = (points.numerator, points.denominator) if points is not None else None
    n = len({ref for part in parts for ref in part.cases})
    return ScoreValue(score.name, score.version, score.dimension, subject, told, None, n, tuple(parts))
