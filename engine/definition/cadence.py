"""Loads cadences.yaml: what is done by the calendar, over the workflows of the pack in force.

There is no case that an occurrence belongs to, so all that a started case is given is known here, but for the day.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from duban.engine.definition.cadence_checks import check_during, check_fire, check_openings, check_sources
from duban.engine.definition.cadence_documents import CadenceDoc, CadencesDoc, FiringDoc
from duban.engine.definition.cadence_rules import days_of, time_of
from duban.engine.definition.cadence_starts import DATE, opened, starts_in
from duban.engine.definition.checks import Surroundings
from duban.engine.definition.expansion import expanded_cadences
from duban.engine.definition.findings import Findings, Loc
from duban.engine.definition.limits import check_expansion
from duban.engine.definition.names import IDENTIFIER
from duban.engine.definition.nodes import to_plain
from duban.engine.definition.parts import as_many, label_of
from duban.engine.definition.reader import read_document
from duban.engine.definition.shape import shaped
from duban.engine.definition.shared_documents import SourceDoc
from duban.engine.model.cadence import Cadence, During, FireEach
from duban.engine.model.definition import Workflow

Catalogues = Mapping[str, Mapping[str, Mapping[str, Any]]]


def load_cadences(
    path: Path, catalogues: Catalogues, workflows: Mapping[str, Workflow], around: Surroundings
) -> dict[str, Cadence]:
    """Read and check the cadences of a pack whose workflows are sound; none where there is no such file.

    Raises:
        DefinitionError: all that is wrong, each with its place.
    """
    if not path.is_file():
        return {}
    node = read_document(path)
    findings = Findings(str(path), node)
    shaped(CadencesDoc, node, str(path))
    check_expansion(to_plain(node), catalogues, findings)
    findings.raise_if_any()
    plain = expanded_cadences(to_plain(node), catalogues, findings)
    findings.raise_if_any()
    doc = shaped(CadencesDoc, node, str(path), plain)
    built = {name: _cadence(name, one, workflows, around, findings) for name, one in doc.cadences.items()}
    findings.raise_if_any()
    return {name: one for name, one in built.items() if one is not None}


def _cadence(
    name: str, doc: CadenceDoc, workflows: Mapping[str, Workflow], around: Surroundings, findings: Findings
) -> Cadence | None:
    loc: Loc = ("cadences", name)
    if not IDENTIFIER.fullmatch(name):
        findings.add(loc, "name-form", at_key=True, name=name)
    days, at = days_of(doc.on, (*loc, "on"), findings), time_of(doc.at, (*loc, "at"), findings)
    if days is not None and not days.may_be_closed and "closed" in doc.model_fields_set:
        findings.add((*loc, "closed"), "cadence-closed", at_key=True)
    during = During(doc.during.workflow, as_many(doc.during.states)) if doc.during else None
    if during is not None:
        check_during(during, (*loc, "while"), workflows, findings)
    starts = starts_in(doc, (*loc, "start"), findings)
    sound = check_openings(starts, (*loc, "start"), workflows, around.values, findings)
    fire = _fire(doc.fire, (*loc, "fire"), findings) if doc.fire else None
    if fire is not None:
        fire = check_fire(fire, (*loc, "fire"), workflows, around.values, findings)
    if not starts and fire is None and doc.fire is None:
        findings.add(loc, "cadence-idle", at_key=True, name=name)
    if days is None or not sound:
        return None
    openings = opened(starts, workflows)
    return Cadence(name, label_of(doc.label, name), days, at, doc.closed, doc.missed, during, openings, fire)


def _fire(doc: FiringDoc, loc: Loc, findings: Findings) -> FireEach:
    given = doc.data or {}
    check_sources({n: s for n, s in given.items() if isinstance(s, str)}, [DATE], (*loc, "with"), findings)
    return FireEach(
        workflow=doc.workflow,
        event=doc.event,
        states=as_many(doc.states),
        where=doc.where or {},
        data={name: source.value for name, source in given.items() if isinstance(source, SourceDoc)},
        dated=tuple(name for name, source in given.items() if isinstance(source, str)),
    )
