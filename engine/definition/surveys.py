"""Loads surveys.yaml: questionnaires and rates, over the workflows and the catalogue of the pack in force."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from duban.engine.definition.checks import Surroundings
from duban.engine.definition.findings import Findings, Loc
from duban.engine.definition.names import IDENTIFIER
from duban.engine.definition.parts import as_many, label_of
from duban.engine.definition.reader import read_document
from duban.engine.definition.shape import shaped
from duban.engine.definition.survey_checks import check_machines
from duban.engine.definition.survey_documents import (
    HouseholdMachineDoc,
    QuestionDoc,
    QuestionnaireDoc,
    RateDoc,
    SurveyMachineDoc,
    SurveysDoc,
)
from duban.engine.model.definition import Workflow
from duban.engine.model.label import Label
from duban.engine.model.survey import HouseholdMachine, Question, Questionnaire, Rate, SurveyMachine, Surveys

Catalogues = Mapping[str, Mapping[str, Mapping[str, Any]]]

LARGEST: Final = 100_000
"""The most households of a community: an order of all of them is worked out at the draw."""

_YES_NO: Final = {"yes": Label("Yes", "是"), "no": Label("No", "否")}


def load_surveys(
    path: Path, catalogues: Catalogues, workflows: Mapping[str, Workflow], around: Surroundings
) -> Surveys | None:
    """Read and check the surveys of a pack whose workflows are sound; None where there is no such file.

    Raises:
        DefinitionError: all that is wrong, each with its place.
    """
    if not path.is_file():
        return None
    node = read_document(path)
    findings = Findings(str(path), node)
    doc = shaped(SurveysDoc, node, str(path))
    frame, labels = _frame(doc.frame, catalogues, findings)
    rates = {name: _rate(name, rate, findings) for name, rate in doc.rates.items()}
    questionnaires = {name: _questionnaire(name, one, rates, findings) for name, one in doc.questionnaires.items()}
    fed = {question.rate for one in questionnaires.values() for question in one.questions}
    for name in rates:
        if name not in fed:
            findings.add(("rates", name), "survey-rate-idle", at_key=True, name=name)
    for role in as_many(doc.entered_by):
        if role not in around.carried:
            findings.unknown(findings.one(("entered_by",), role), "role", role, sorted(around.carried))
    of, at = doc.survey or SurveyMachineDoc(), doc.household or HouseholdMachineDoc()
    rules = Surveys(
        survey=SurveyMachine(of.workflow, of.run, of.close, as_many(of.takes_sheets)),
        household=HouseholdMachine(at.workflow, at.draw, at.replace, as_many(at.interviewed)),
        frame=frame, labels=labels, reserve=doc.reserve, minimum=doc.minimum, entered_by=as_many(doc.entered_by),
        rates=rates, questionnaires=questionnaires,
    )  # fmt: skip
    check_machines(rules, workflows, findings)
    findings.raise_if_any()
    return rules


def _frame(words: str, catalogues: Catalogues, findings: Findings) -> tuple[dict[str, int], dict[str, Label]]:
    parts = words.split(".")
    if len(parts) != 3 or parts[0] != "catalogue":
        findings.add(("frame",), "survey-frame", found=words)
        return {}, {}
    name, attribute = parts[1:]
    if name not in catalogues:
        findings.unknown(("frame",), "catalogue", name, sorted(catalogues))
        return {}, {}
    frame, labels = {}, {}
    for key, entry in catalogues[name].items():
        size = entry.get(attribute)
        if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= LARGEST:
            findings.add(("frame",), "survey-frame-size", entry=key, name=attribute, found=size, most=LARGEST)
        else:
            frame[key], labels[key] = size, _label(entry.get("label"), key)
    return frame, labels


def _rate(name: str, doc: RateDoc | None, findings: Findings) -> Rate:
    _named(("rates", name), name, findings)
    return Rate(name, label_of(doc.label if doc else None, name), doc.counts if doc else "all")


def _questionnaire(
    name: str, doc: QuestionnaireDoc, rates: Mapping[str, Rate], findings: Findings
) -> Questionnaire:  # fmt: skip
    loc: Loc = ("questionnaires", name)
    _named(loc, name, findings)
    questions = tuple(
        _question(key, one, (*loc, "questions", key), rates, findings) for key, one in doc.questions.items()
    )
    return Questionnaire(name, doc.version, label_of(doc.label, name), questions)


def _question(name: str, doc: QuestionDoc, loc: Loc, rates: Mapping[str, Rate], findings: Findings) -> Question:
    _named(loc, name, findings)
    answers = _answers(doc, loc, findings)
    if doc.rate is not None and doc.rate not in rates:
        findings.unknown((*loc, "rate"), "rate", doc.rate, list(rates))
    if (doc.rate is None) != (doc.positive is None):
        key = "survey-no-positive" if doc.positive is None else "survey-no-rate"
        findings.add(loc if doc.positive is None else (*loc, "positive"), key, at_key=True, name=name)
    positive = tuple(str(answer) for answer in doc.positive or ())
    for index, answer in enumerate(positive):
        if answers and answer not in answers:
            findings.unknown((*loc, "positive", index), "answer", answer, list(answers))
    findings.once((*loc, "positive"), positive)
    if answers and set(answers) == set(positive):
        findings.add((*loc, "positive"), "survey-all-positive", at_key=True, name=name)
    return Question(name, label_of(doc.label, name), doc.kind, answers, doc.rate, positive, doc.optional)


def _answers(doc: QuestionDoc, loc: Loc, findings: Findings) -> dict[str, Label]:
    if (doc.answers is not None) != (doc.kind == "choice"):
        findings.add(loc, "survey-answers", at_key=True, kind=doc.kind)
        return {}
    if (doc.lowest is not None or doc.highest is not None) != (doc.kind == "scale"):
        findings.add(loc, "survey-scale", at_key=True, kind=doc.kind)
        return {}
    if doc.kind == "scale":
        if doc.lowest is None or doc.highest is None or doc.lowest >= doc.highest:
            findings.add(loc, "survey-scale", at_key=True, kind=doc.kind)
            return {}
        return {str(number): Label(str(number), str(number)) for number in range(doc.lowest, doc.highest + 1)}
    if doc.answers is None:
        return dict(_YES_NO)
    if len(doc.answers) < 2:
        findings.add((*loc, "answers"), "survey-one-answer", at_key=True)
    return {key: label_of(label, key) for key, label in doc.answers.items()}


def _named(loc: Loc, name: str, findings: Findings) -> None:
    if not IDENTIFIER.fullmatch(name):
        findings.add(loc, "name-form", at_key=True, name=name)


def _label(value: Any, key: str) -> Label:
    if isinstance(value, dict):
        return Label(str(value["en"]), str(value["zh"]))
    return Label(str(value), str(value)) if value else Label(key, key)
