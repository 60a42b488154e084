"""The plan that a survey is pinned to: made at the draw, kept as JSON, named by its digest in the survey's history."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from duban.engine.model.label import Label
from duban.engine.model.survey import Allocation, Question, Questionnaire, Rate, SurveyPlan, Surveys
from duban.engine.surveys import allocation

FORMAT: Final = "duban-survey/1"


def planned(
    rules: Surveys, survey: str, questionnaire: str, households: int, kind: Allocation, seed: str, salt: str
) -> SurveyPlan:
    """The plan of a survey: ``households`` in all (``total``), or in ``each`` community.

    Raises:
        ValueError: the communities do not have as many households.
        KeyError: there is no such questionnaire.
    """
    allocated = (allocation.proportional if kind == "total" else allocation.each)(rules.frame, households)
    asked = rules.questionnaires[questionnaire]
    fed = {question.rate for question in asked.questions}
    return SurveyPlan(
        survey=survey, seed=seed, salt=salt, questionnaire=asked,
        rates={name: rate for name, rate in rules.rates.items() if name in fed},
        frame=rules.frame, labels=rules.labels, allocation=kind, households=households, allocated=allocated,
        reserve=rules.reserve, minimum=rules.minimum,
    )  # fmt: skip


def document_of(plan: SurveyPlan) -> dict[str, Any]:
    """The plan as JSON."""
    asked = plan.questionnaire
    return {
        "format": FORMAT, "survey": plan.survey, "seed": plan.seed, "salt": plan.salt,
        "questionnaire": {
            "name": asked.name, "version": asked.version, "label": _told(asked.label),
            "questions": [question_document(question) for question in asked.questions],
        },
        "rates": [
            {"name": rate.name, "label": _told(rate.label), "counts": rate.counts} for rate in plan.rates.values()
        ],
        "frame": [[name, size, _told(plan.labels[name])] for name, size in plan.frame.items()],
        "allocation": plan.allocation, "households": plan.households, "allocated": dict(plan.allocated),
        "reserve": plan.reserve, "minimum": plan.minimum,
    }  # fmt: skip


def question_document(question: Question) -> dict[str, Any]:
    """A question as JSON."""
    return {
        "name": question.name, "label": _told(question.label), "kind": question.kind,
        "answers": [[name, _told(label)] for name, label in question.answers.items()],
        "rate": question.rate, "positive": list(question.positive), "optional": question.optional,
    }  # fmt: skip


def plan_of(document: Mapping[str, Any]) -> SurveyPlan:
    """The plan from its JSON."""
    asked = document["questionnaire"]
    questions = tuple(_question(item) for item in asked["questions"])
    return SurveyPlan(
        survey=document["survey"], seed=document["seed"], salt=document["salt"],
        questionnaire=Questionnaire(asked["name"], asked["version"], _label(asked["label"]), questions),
        rates={item["name"]: Rate(item["name"], _label(item["label"]), item["counts"]) for item in document["rates"]},
        frame={name: size for name, size, _ in document["frame"]},
        labels={name: _label(label) for name, _, label in document["frame"]},
        allocation=document["allocation"], households=document["households"],
        allocated={name: document["allocated"][name] for name, _, _ in document["frame"]},
        reserve=document["reserve"], minimum=document["minimum"],
    )  # fmt: skip


def digest_of(plan: SurveyPlan) -> str:
    """The SHA-256 of the plan's canonical JSON, 64 hex digits."""
    canonical = json.dumps(document_of(plan), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _question(item: Mapping[str, Any]) -> Question:
    answers = {name: _label(label) for name, label in item["answers"]}
    return Question(
        item["name"], _label(item["label"]), item["kind"], answers, item["rate"], tuple(item["positive"]),
        item["optional"],
    )  # fmt: skip


def _told(label: Label) -> dict[str, str]:
    return {"en": label.en, "zh": label.zh}


def _label(told: Mapping[str, str]) -> Label:
    return Label(told["en"], told["zh"])
