"""Surveys of households: what a pack declares, the plan that one survey is pinned to, and what its sheets come to."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label

Kind = Literal["choice", "scale", "yes-no"]
Counts = Literal["all", "any"]
Allocation = Literal["total", "each"]
Untold = Literal["few", "protecting", "incomplete"]


@frozen
class Question:
    """One question with its answers in order. ``rate`` is what it feeds, ``positive`` which answers count for it.

    An ``optional`` question may be left open on a sheet.
    """

    name: str
    label: Label
    kind: Kind
    answers: Mapping[str, Label]
    rate: str | None = None
    positive: tuple[str, ...] = ()
    optional: bool = False


@frozen
class Rate:
    """A rate: the share of sheets on which ``all`` (or ``any``) of its questions were answered positively."""

    name: str
    label: Label
    counts: Counts = "all"


@frozen
class Questionnaire:
    """Questions, in the order in which they are asked."""

    name: str
    version: int
    label: Label
    questions: tuple[Question, ...]


@frozen
class SurveyMachine:
    """Which workflow a survey is: the events that draw its sample and count its sheets, the states that take sheets."""

    workflow: str
    run: str
    close: str
    takes_sheets: tuple[str, ...]


@frozen
class HouseholdMachine:
    """Which workflow a household is: the events that draw and replace one, the states in which it was interviewed."""

    workflow: str
    draw: str
    replace: str
    interviewed: tuple[str, ...]


@frozen
class Surveys:
    """What surveys.yaml declares. ``frame`` tells how many households each community has, ``labels`` its name.

    ``reserve`` is in per cent of a community's sample; ``minimum`` the fewest sheets of which a rate is told;
    ``entered_by`` are the roles that may enter sheets.
    """

    survey: SurveyMachine
    household: HouseholdMachine
    frame: Mapping[str, int]
    labels: Mapping[str, Label]
    reserve: int
    minimum: int
    entered_by: tuple[str, ...]
    rates: Mapping[str, Rate]
    questionnaires: Mapping[str, Questionnaire]


@frozen
class SurveyPlan:
    """What one survey is pinned to from the draw on, whatever becomes of surveys.yaml.

    ``allocated`` tells how many households are drawn in each community. ``salt`` enters the seal of the sheets, so that
    nobody finds out a few sheets by trying what fits the seal.
    """

    survey: str
    seed: str
    salt: str
    questionnaire: Questionnaire
    rates: Mapping[str, Rate]
    frame: Mapping[str, int]
    labels: Mapping[str, Label]
    allocation: Allocation
    households: int
    allocated: Mapping[str, int]
    reserve: int
    minimum: int


@frozen
class Sheet:
    """One answer sheet: the community, and an answer by question. Nothing else is kept of it."""

    community: str
    answers: Mapping[str, str]


@frozen
class Pile:
    """The sheets of a survey in one community: how often each set of answers was given. It has no order."""

    community: str
    sheets: Mapping[tuple[tuple[str, str], ...], int]

    @property
    def count(self) -> int:
        """How many sheets there are."""
        return sum(self.sheets.values())


@frozen
class RateValue:
    """A rate in one community, or in the whole area (``community`` None), with its 95 % interval.

    ``share`` is exact; ``low`` and ``high`` are in ten-thousandths. ``weighted`` tells that communities count by their
    size. Where ``untold`` says why nothing is told (``few`` sheets, to be ``protecting`` another cell, ``incomplete``
    for a weighted rate that lacks a community), all numbers are None.
    """

    rate: str
    community: str | None
    weighted: bool = False
    n: int | None = None
    positive: int | None = None
    share: Fraction | None = None
    low: int | None = None
    high: int | None = None
    untold: Untold | None = None


@frozen
class Change:
    """A rate in a survey against the one before. ``difference`` is exact, None where one of the two is not told.

    ``overlap`` tells whether the intervals overlap; ``comparable`` whether both asked the same for this rate.
    """

    rate: str
    community: str | None
    before: str
    difference: Fraction | None
    overlap: bool | None
    comparable: bool


@frozen
class SurveyResults:
    """The rates of one closed survey; ``sheets`` were counted at closing, of ``interviews`` among ``households``."""

    ref: str
    plan: SurveyPlan
    sheets: int
    interviews: int
    households: int
    values: tuple[RateValue, ...]
    changes: tuple[Change, ...] = ()


@frozen
class Draw:
    """What drawing came to: households drawn, those that replaced another, and where the reserve was not enough."""

    ref: str
    seed: str
    drawn: tuple[str, ...]
    replaced: Mapping[str, str]
    short: Mapping[str, int]


@frozen
class Standing:
    """How far a survey is, by community: households that are out, interviews, and sheets."""

    ref: str
    households: Mapping[str, int]
    interviews: Mapping[str, int]
    sheets: Mapping[str, int]
