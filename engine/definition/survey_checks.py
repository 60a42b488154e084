"""Checks that the workflows which surveys.yaml names have the fields, events and states that surveys need."""

from collections.abc import Iterable, Mapping
from typing import Final

from duban.engine.definition.findings import Findings, Loc
from duban.engine.model.definition import Event, Workflow
from duban.engine.model.organization import SYSTEM
from duban.engine.model.survey import Surveys

SURVEY_FIELDS: Final[Mapping[str, str]] = {
    "questionnaire": "choice", "households": "number", "allocation": "choice", "seed": "text", "sampled": "number",
    "plan": "text", "sheets": "number", "seal": "text",
}  # fmt: skip
"""The fields of a survey, with their types."""

HOUSEHOLD_FIELDS: Final[Mapping[str, str]] = {
    "survey": "case", "community": "choice", "number": "number", "replaces": "case",
}  # fmt: skip
"""The fields of a household."""

ALLOCATIONS: Final = ("total", "each")
RUN_TAKES: Final = ("seed", "sampled", "plan")
CLOSE_TAKES: Final = ("sheets", "seal")
WORDS: Final = ("sample", "answer", "results", "questions", "list")
"""Commands that stand beside the events of a survey."""


def check_machines(rules: Surveys, workflows: Mapping[str, Workflow], findings: Findings) -> None:
    """The two machines fit each other, the frame and the questionnaires."""
    survey = _workflow(rules.survey.workflow, ("survey",), workflows, findings)
    household = _workflow(rules.household.workflow, ("household",), workflows, findings)
    if survey is not None:
        _fields(survey, SURVEY_FIELDS, ("survey",), findings)
        _choices(survey, "questionnaire", rules.questionnaires, ("questionnaires",), findings)
        _choices(survey, "allocation", ALLOCATIONS, ("survey",), findings)
        _event(survey, rules.survey.run, ("survey", "run"), RUN_TAKES, findings)
        _event(survey, rules.survey.close, ("survey", "close"), CLOSE_TAKES, findings)
        _states(survey, rules.survey.takes_sheets, ("survey", "takes_sheets"), findings)
        for name in survey.events:
            if name in WORDS:
                findings.add(("survey",), "survey-word", at_key=True, name=name)
    if household is not None:
        _fields(household, HOUSEHOLD_FIELDS, ("household",), findings)
        _choices(household, "community", rules.frame, ("frame",), findings)
        draw = _event(household, rules.household.draw, ("household", "draw"), HOUSEHOLD_FIELDS, findings)
        if draw is not None and (not draw.opens or SYSTEM not in draw.by):
            findings.add(_place(("household", "draw"), findings), "survey-draw", at_key=True, name=draw.name)
        _event(household, rules.household.replace, ("household", "replace"), (), findings)
        _states(household, rules.household.interviewed, ("household", "interviewed"), findings)


def _workflow(name: str, loc: Loc, workflows: Mapping[str, Workflow], findings: Findings) -> Workflow | None:
    if name not in workflows:
        findings.unknown(_place((*loc, "workflow"), findings), "workflow", name, sorted(workflows))
    return workflows.get(name)


def _fields(workflow: Workflow, wanted: Mapping[str, str], loc: Loc, findings: Findings) -> None:
    for name, kind in wanted.items():
        found = workflow.fields.get(name)
        if found is None or found.kind != kind:
            has = found.kind if found is not None else None
            place = _place((*loc, "workflow"), findings)
            findings.add(place, "survey-field", workflow=workflow.name, name=name, kind=kind, found=has)


def _choices(workflow: Workflow, name: str, wanted: Iterable[str], loc: Loc, findings: Findings) -> None:
    """A field of type choice offers exactly what is wanted, or for communities at least that."""
    field = workflow.fields.get(name)
    if field is None or field.kind != "choice":
        return
    offered, declared = set(field.choices or ()), set(wanted)
    lacking = sorted(declared - offered)
    more = sorted(offered - declared) if name != "community" else []
    if lacking or more:
        findings.add(
            _place(loc, findings), "survey-choices", at_key=True, workflow=workflow.name, name=name,
            found=sorted(offered), expected=sorted(declared),
        )  # fmt: skip


def _event(workflow: Workflow, name: str, loc: Loc, takes: Iterable[str], findings: Findings) -> Event | None:
    event = workflow.events.get(name)
    if event is None:
        findings.unknown(_place(loc, findings), "event", name, list(workflow.events))
        return None
    missing = [one for one in takes if one not in (*event.needs, *event.takes)]
    if missing:
        findings.add(_place(loc, findings), "survey-takes", workflow=workflow.name, name=name, missing=missing)
    return event


def _states(workflow: Workflow, states: Iterable[str], loc: Loc, findings: Findings) -> None:
    for state in states:
        if state not in workflow.states:
            findings.unknown(findings.one(_place(loc, findings), state), "state", state, list(workflow.states))


def _place(loc: Loc, findings: Findings) -> Loc:
    """The nearest place that stands in the file: what has a default may not."""
    while loc and not findings.has(loc):
        loc = loc[:-1]
    return loc
