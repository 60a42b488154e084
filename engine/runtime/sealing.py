"""What the engine itself fills in when a survey is drawn and when its sheets are counted."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from duban.engine.errors import SealBroken
from duban.engine.model.case import Broken, Case
from duban.engine.model.scope import Scope
from duban.engine.ports.records import CaseQuery
from duban.engine.surveys.plan import digest_of, plan_of
from duban.engine.surveys.sheets import seal_of

if TYPE_CHECKING:
    from duban.engine.model.survey import Pile, SurveyPlan, Surveys
    from duban.engine.ports.store import Reader
    from duban.engine.runtime.request import Request

SEALED = ("sheets", "seal")
DRAWN = ("sampled", "plan")


def filled_in(rules: "Surveys | None", workflow: str, event: str) -> tuple[str, ...]:
    """The fields of an event that the engine itself fills in."""
    if rules is None or workflow != rules.survey.workflow:
        return ()
    return {rules.survey.run: DRAWN, rules.survey.close: SEALED}.get(event, ())


def computed(rules: "Surveys | None", reader: "Reader", request: "Request", case: Case) -> Mapping[str, Any]:
    """The fields that nobody gives by hand: at the draw only the draw itself does, at closing they are counted here."""
    if rules is None or case.workflow != rules.survey.workflow:
        return request.computed
    if request.event == rules.survey.run:
        return {**dict.fromkeys(DRAWN), **request.computed}
    if request.event == rules.survey.close:
        plan = pinned(reader, case)
        count, seal = seal_of(plan, reader.piles(case.id)) if plan is not None else (None, None)
        return dict(zip(SEALED, (count, seal), strict=True))
    return request.computed


def pinned(reader: "Reader", case: Case) -> "SurveyPlan | None":
    """The plan that a survey is pinned to; None before its draw."""
    document = reader.survey_plan(case.id)
    return None if document is None else plan_of(document)


def holds(reader: "Reader", case: Case) -> bool:
    """Whether plan and sheets of a survey are those that its history names; what it does not name yet holds."""
    plan = pinned(reader, case)
    if plan is None:
        return case.data.get("plan") is None
    if case.data.get("plan") != digest_of(plan):
        return False
    return case.data.get("seal") is None or _sealed(case) == seal_of(plan, reader.piles(case.id))


def broken_seals(reader: "Reader", rules: "Surveys | None", scope: Scope) -> Iterator[Broken]:
    """The surveys whose plan or sheets are not those that their history names."""
    query = CaseQuery(workflow=rules.survey.workflow, limit=500) if rules is not None else None
    while query is not None and (page := reader.cases(query, scope)):
        for case in page:
            try:
                sound = holds(reader, case)
            except (LookupError, TypeError, ValueError):
                sound = False
            if not sound:
                yield Broken(case.ref, None, "sheets-differ")
        query = replace(query, after=page[-1].id)


def opened(reader: "Reader", case: Case) -> "tuple[SurveyPlan, list[Pile]]":
    """The plan and the sheets of a closed survey, whose seal holds.

    Raises:
        SealBroken: they are not those that the history names, or cannot be read.
    """
    found = None
    try:
        plan, piles = pinned(reader, case), reader.piles(case.id)
        found = sum(pile.count for pile in piles)
        if plan is not None and holds(reader, case):
            return plan, piles
    except (LookupError, TypeError, ValueError):
        pass
    raise SealBroken(ref=case.ref, sealed=case.data.get("sheets"), found=found)


def _sealed(case: Case) -> tuple[Any, Any]:
    return case.data.get("sheets"), case.data.get("seal")
