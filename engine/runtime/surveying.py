"""What the verbs of surveys work with: the sheets that fit, how far a survey is, its plan and its results."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

from duban.engine.errors import DubanError, InvalidSheet, MoreSheetsThanInterviews, UsageError
from duban.engine.model.case import Case
from duban.engine.model.survey import Pile, Sheet, Standing, SurveyPlan, SurveyResults, Surveys
from duban.engine.ports.store import Reader
from duban.engine.runtime.drawing import of_survey
from duban.engine.runtime.queries import seen
from duban.engine.runtime.sealing import opened, pinned
from duban.engine.runtime.telling import Telling
from duban.engine.surveys.results import values_of
from duban.engine.surveys.sheets import problems_of


def fitting(
    rules: Surveys, plan: SurveyPlan, reader: Reader, case: Case, sheets: Sequence[Sheet],
    rejected: list[tuple[int, DubanError]],
) -> list[Sheet]:  # fmt: skip
    """The sheets that can be taken; why the others cannot is added to ``rejected``, by their place (from 0)."""
    standing = standing_of(reader, case, rules)
    held: Counter[str] = Counter(standing.sheets)
    taken = []
    for place, sheet in enumerate(sheets):
        problems = problems_of(plan, sheet)
        interviews = standing.interviews.get(sheet.community, 0)
        if problems:
            rejected.append((place, InvalidSheet(problems=problems, ref=case.ref)))
        elif held[sheet.community] >= interviews:
            told: dict[str, Any] = {"community": plan.labels[sheet.community], "interviews": interviews}
            rejected.append((place, MoreSheetsThanInterviews(**told, sheets=held[sheet.community], ref=case.ref)))
        else:
            held[sheet.community] += 1
            taken.append(sheet)
    return taken


def standing_of(reader: Reader, case: Case, rules: Surveys) -> Standing:
    """How far a survey is."""
    machine = rules.household
    children = [child for child in reader.children(case.id) if child.workflow == machine.workflow]
    visited = [child for child in children if child.state in machine.interviewed]
    piles: list[Pile] = reader.piles(case.id)
    return Standing(
        case.ref, _by_community(children), _by_community(visited), {pile.community: pile.count for pile in piles}
    )


def _by_community(households: Sequence[Case]) -> dict[str, int]:
    return dict(Counter(str(one.data.get("community")) for one in households))


def survey_seen(telling: Telling, ref: str, rules: Surveys) -> Case:
    """The survey, if the actor can see it; noted as told.

    Raises:
        UnknownCase, UsageError: it is no survey.
    """
    case = of_survey(rules, seen(telling, ref))
    telling.note(case.ref, case.audience)
    return case


def planned(reader: Reader, case: Case) -> SurveyPlan:
    """The plan that a survey is pinned to.

    Raises:
        UsageError: it was not drawn yet.
    """
    plan = pinned(reader, case)
    if plan is None:
        raise UsageError("not-drawn", ref=case.ref, workflow=case.workflow)
    return plan


def digest_of(ref: str, key: str) -> str:
    """How a used key is kept with its survey."""
    return hashlib.sha256(f"{ref}\n{key}".encode()).hexdigest()


def results_of(reader: Reader, case: Case, rules: Surveys) -> SurveyResults:
    """What the sealed sheets of a survey come to.

    Raises:
        SealBroken: they are not those that were counted.
    """
    plan, piles = opened(reader, case)
    standing = standing_of(reader, case, rules)
    return SurveyResults(
        ref=case.ref, plan=plan, sheets=sum(pile.count for pile in piles),
        interviews=sum(standing.interviews.values()), households=sum(standing.households.values()),
        values=values_of(plan, piles),
    )  # fmt: skip
