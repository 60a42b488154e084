"""Checks that nobody learns of confidential cases from a case that they may see: what it waits for, counts, keeps."""

from collections.abc import Iterable, Mapping

from duban.engine.definition.findings import Findings, Loc
from duban.engine.model.definition import Workflow
from duban.engine.model.organization import BUILT_IN_ROLES


def check_hidden_waits(workflow: Workflow, others: Mapping[str, Workflow], findings: Findings) -> None:
    """Whoever may fire an event sees every case that it waits for."""
    for event in workflow.events.values():
        for index, name in enumerate(event.waits_for):
            _fired_by_those_who_see(event.by, name, others, ("events", event.name, "waits_for", index), findings)


def check_hidden_counts(
    names: Iterable[str], by: Iterable[str], others: Mapping[str, Workflow], loc: Loc, findings: Findings
) -> None:
    """Whoever may fire an event sees every case that one of its conditions counts; ``names`` are what that reads."""
    for name in _counted(names):
        _fired_by_those_who_see(by, name, others, loc, findings)


def check_hidden_values(
    names: Iterable[str], workflow: Workflow, others: Mapping[str, Workflow], loc: Loc, findings: Findings
) -> None:
    """Whoever sees a case sees every case that one of its fields counts."""
    for name in _counted(names):
        for audience in _audiences(name, others):
            if not workflow.confidential or not set(workflow.confidential) <= set(audience):
                findings.add(loc, "keeps-hidden", name=name, audience=list(audience))
                break


def _fired_by_those_who_see(
    by: Iterable[str], name: str, others: Mapping[str, Workflow], loc: Loc, findings: Findings
) -> None:
    for audience in _audiences(name, others):
        blind = [role for role in by if role not in audience and role not in BUILT_IN_ROLES]
        if blind:
            findings.add(loc, "waits-hidden", name=name, roles=blind, audience=list(audience))
            return


def _counted(names: Iterable[str]) -> list[str]:
    return sorted({name.split(".")[1] for name in names if name.startswith("children.")})


def _audiences(name: str, others: Mapping[str, Workflow]) -> list[tuple[str, ...]]:
    """The audiences that cases of a workflow may have, from their start or from an event on."""
    if name not in others:
        return []
    declared = [others[name].confidential, *(event.confidential or () for event in others[name].events.values())]
    return [audience for audience in declared if audience]
