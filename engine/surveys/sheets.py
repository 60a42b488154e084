"""Answer sheets: checked against the questionnaire, put on the pile of their community, and sealed at closing.

A pile tells only how often each set of answers was given. It has no order, no times and no names, and nothing in it
tells one sheet from another with the same answers.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from duban.engine.model.canonical import canonical
from duban.engine.model.hint import nearest
from duban.engine.model.label import Label
from duban.engine.model.survey import Pile, Questionnaire, Sheet, SurveyPlan

Problems = dict[str, tuple[str, Mapping[str, Any]]]
Answers = tuple[tuple[str, str], ...]

COMMUNITY = "community"
"""The column of a table, and the name of a problem, that is the community."""


def problems_of(plan: SurveyPlan, sheet: Sheet) -> Problems:
    """What is wrong with a sheet, by question: keys and data of texts under ``field.``; nothing where all is right."""
    found: Problems = {}
    if plan.allocated.get(sheet.community, 0) < 1:
        known = [name for name, count in plan.allocated.items() if count]
        found[COMMUNITY] = ("choice", {"found": sheet.community, "known": known, "hint": _hint(sheet.community, known)})
    questions = {question.name: question for question in plan.questionnaire.questions}
    for name, answer in sheet.answers.items():
        if name not in questions:
            found[name] = ("sheet-question", {"known": list(questions), "hint": _hint(name, list(questions))})
        elif answer not in questions[name].answers:
            known = list(questions[name].answers)
            found[name] = ("choice", {"found": answer, "known": known, "hint": _hint(answer, known)})
    for name, question in questions.items():
        if name not in sheet.answers and not question.optional:
            found[name] = ("sheet-open", {"known": list(question.answers)})
    return found


def put_on(piles: Iterable[Pile], sheets: Iterable[Sheet]) -> dict[str, Pile]:
    """The piles with more sheets on them, by community."""
    counted = {pile.community: dict(pile.sheets) for pile in piles}
    for sheet in sheets:
        pile = counted.setdefault(sheet.community, {})
        answers = tuple(sorted(sheet.answers.items()))
        pile[answers] = pile.get(answers, 0) + 1
    return {community: Pile(community, pile) for community, pile in counted.items()}


def document_of(pile: Pile) -> list[list[Any]]:
    """A pile as JSON can hold it: ``[[answers, count], …]``, sorted, so that the order of entry is not in it."""
    return sorted(([dict(answers), count] for answers, count in pile.sheets.items()), key=canonical)


def pile_of(community: str, document: Iterable[tuple[Mapping[str, str], int]]) -> Pile:
    """A pile from its document."""
    return Pile(community, {tuple(sorted(answers.items())): count for answers, count in document})


def seal_of(plan: SurveyPlan, piles: Iterable[Pile]) -> tuple[int, str]:
    """How many sheets there are, and the salted SHA-256 of all of them, 64 hex digits."""
    held = {pile.community: pile for pile in piles if pile.count}
    document = {
        "survey": plan.survey, "salt": plan.salt, "piles": {name: document_of(pile) for name, pile in held.items()},
    }  # fmt: skip
    return sum(pile.count for pile in held.values()), hashlib.sha256(canonical(document).encode()).hexdigest()


def questions_of(questionnaire: Questionnaire, rate: str) -> list[str]:
    """The questions that feed a rate."""
    return [question.name for question in questionnaire.questions if question.rate == rate]


def _hint(name: str, known: list[str]) -> Label:
    close = nearest(name, known)
    return Label(f"; the nearest is {close}", f"；最接近的是 {close}") if close else Label("", "")
