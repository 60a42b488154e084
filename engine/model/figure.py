"""Figures and scores: what is declared, and what comes of it. Whole numbers only, never a float."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from fractions import Fraction
from typing import Literal

from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label

PeriodKind = Literal["day", "week", "month", "quarter", "year", "span"]
Measure = Literal["share", "count", "quantile", "mean"]
Quantity = Literal["share", "cases", "working minutes"]
Better = Literal["higher", "lower"]


@frozen
class Period:
    """A stretch of time, half-open: from ``start`` up to, not including, ``end`` (both UTC).

    It begins and ends at midnight of the organisation's zone. ``name`` is ``2020-12-09``, the ISO week ``2020-W50``,
    ``2020-12``, ``2020-Q4``, ``2020``, or first and last day of a span, ``2020-12-01..2020-12-05``.
    """

    kind: PeriodKind
    name: str
    start: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        """Whether this instant lies in it."""
        return self.start <= at < self.end


@frozen
class Figure:
    """A declared figure over the cases of workflow ``of``.

    ``counts`` is the condition under which a case counts (the denominator), ``holds`` that under which it holds (the
    numerator of a share), ``value`` what is measured of each case that counts, a whole number. ``quantile`` is in
    percent, by nearest rank. ``formula`` tells the same in words. ``subjects`` are expressions that name the subject
    of a case, by dimension, where it is not the one that the dimension's field holds.
    """

    name: str
    version: int
    label: Label
    formula: Label
    of: str
    measure: Measure
    unit: Quantity
    counts: str
    holds: str | None = None
    value: str | None = None
    quantile: int | None = None
    better: Better = "higher"
    subjects: Mapping[str, str] = field(default_factory=dict)


@frozen
class FigureValue:
    """A figure for one subject of a dimension in one period; of the whole office where both are None.

    A dimension without a subject: the cases that belong to none of its subjects.

    ``n`` is how many cases counted. A share is ``numerator`` of ``denominator``; with n = 0 there is none. A count is
    its ``numerator``, and ``denominator`` is None. ``value`` is whole minutes, of quantiles and means (rounded half to
    even). ``cases`` are the references of the counted cases, ``holding`` of those that hold, both by reference. They
    are empty where the reader asked for numbers only.
    """

    figure: str
    version: int
    dimension: str | None
    subject: str | None
    n: int
    numerator: int | None
    denominator: int | None
    value: int | None
    cases: tuple[str, ...] = ()
    holding: tuple[str, ...] = ()
    before: "FigureValue | None" = None
    appeals: tuple[str, ...] = ()

    @property
    def share(self) -> Fraction | None:
        """The share, exactly; None for another measure, and where nothing counted."""
        if self.numerator is None or not self.denominator:
            return None
        return Fraction(self.numerator, self.denominator)


@frozen
class Dimension:
    """What figures are told per, such as unit or grid.

    ``fields`` name, by workflow, the field of a case that holds its subject; the field under ``*`` is that of all
    others. ``subjects`` are told in this order, those without a case too. ``parents`` leads a unit that is no subject
    to the subject that it belongs to, such as a grid to its community.
    """

    name: str
    label: Label
    subjects: Mapping[str, Label]
    fields: Mapping[str, str] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)


@frozen
class Score:
    """Several figures as one, out of 100 points, for each subject of a dimension.

    ``parts`` are figures with whole, positive weights. Of a figure that is better when lower, what is missing to 1
    counts. ``default`` tells that the weights are duban's own, not the notice's.
    """

    name: str
    version: int
    label: Label
    dimension: str
    parts: tuple[tuple[str, int], ...]
    default: bool = True


@frozen
class ScoreValue:
    """A subject's score in a period.

    ``points`` out of 100 as (numerator, denominator), None where no part has a case. ``rank`` counts from 1, equal
    points share it and the next one is passed over (1, 1, 3); None without points. ``n`` is how many different
    cases counted. ``parts`` are in the order of the declared parts; those with n = 0 did not weigh.
    """

    score: str
    version: int
    dimension: str
    subject: str
    points: tuple[int, int] | None
    rank: int | None
    n: int
    parts: tuple[FigureValue, ...]


@frozen
class Strike:
    """What an appeal takes out of the figures of a case of workflow ``of``: events as if they had not happened, and
    the lateness of deadlines."""

    of: str
    events: frozenset[str] = frozenset()
    overdue: frozenset[str] = frozenset()


@frozen
class Restatement:
    """Which cases of ``workflow`` restate figures: those for which the condition ``when`` holds.

    The field ``case`` refers to the case whose fact is taken out, the choice in ``fact`` tells which. Only what
    happened before the appeal was lodged is.
    """

    workflow: str
    when: str
    case: str
    fact: str
    strikes: Mapping[str, Strike]


@frozen
class Figures:
    """What figures.yaml declares: figures, dimensions and scores by name, in the order of the file."""

    figures: Mapping[str, Figure] = field(default_factory=dict)
    dimensions: Mapping[str, Dimension] = field(default_factory=dict)
    scores: Mapping[str, Score] = field(default_factory=dict)
    restatements: tuple[Restatement, ...] = ()
