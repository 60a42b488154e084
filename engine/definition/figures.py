"""Loads figures.yaml: what is counted over the cases of the pack's workflows, per what, and how it makes a score."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from duban.engine.definition.checks import Surroundings
from duban.engine.definition.figure_checks import FigureChecks
from duban.engine.definition.figure_documents import DimensionDoc, FigureDoc, FiguresDoc, RestatementDoc, ScoreDoc
from duban.engine.definition.findings import Findings, Loc
from duban.engine.definition.limits import check_expressions
from duban.engine.definition.names import IDENTIFIER
from duban.engine.definition.nodes import to_plain
from duban.engine.definition.parts import label_of
from duban.engine.definition.reader import read_document
from duban.engine.definition.shape import shaped
from duban.engine.model.definition import Workflow
from duban.engine.model.figure import Dimension, Figure, Figures, Restatement, Score, Strike
from duban.engine.model.label import Label
from duban.engine.model.organization import Organization
from duban.engine.ports.guards import GuardCompiler

Catalogues = Mapping[str, Mapping[str, Mapping[str, Any]]]


def load_figures(
    path: Path, catalogues: Catalogues, workflows: Mapping[str, Workflow], around: Surroundings, compiler: GuardCompiler
) -> Figures:
    """Read and check the figures of a pack whose workflows are sound; none where there is no such file.

    Raises:
        DefinitionError: all that is wrong, each with its place.
    """
    if not path.is_file():
        return Figures()
    node = read_document(path)
    findings = Findings(str(path), node)
    doc = shaped(FiguresDoc, node, str(path))
    check_expressions(to_plain(node), ("figures",), findings)
    findings.raise_if_any()
    for group in ("dimensions", "figures", "scores"):
        for name in getattr(doc, group):
            if not IDENTIFIER.fullmatch(name):
                findings.add((group, name), "name-form", at_key=True, name=name)
    checks = FigureChecks(workflows, compiler, findings)
    dimensions = {
        name: _dimension(name, one, catalogues, workflows, around.organization, findings)
        for name, one in doc.dimensions.items()
    }
    figures = {name: _figure(name, one) for name, one in doc.figures.items()}
    for figure in figures.values():
        checks.figure(figure, dimensions)
    scores = {name: _score(name, one) for name, one in doc.scores.items()}
    for score in scores.values():
        checks.score(score, figures, dimensions)
    restatements = tuple(_restatement(one) for one in doc.restatements)
    for index, restatement in enumerate(restatements):
        checks.restatement(restatement, ("restatements", index))
    findings.raise_if_any()
    return Figures(figures, dimensions, scores, restatements)


def _dimension(
    name: str, doc: DimensionDoc, catalogues: Catalogues, workflows: Mapping[str, Workflow],
    organization: Organization, findings: Findings,
) -> Dimension:  # fmt: skip
    loc: Loc = ("dimensions", name)
    subjects: dict[str, Label] = {}
    parents: dict[str, str] = {}
    if (doc.kinds is None) == (doc.catalogue is None) or (doc.where is not None and doc.catalogue is None):
        findings.add(loc, "figure-subjects", at_key=True, name=name)
    elif doc.kinds is not None:
        known = sorted({unit.kind for unit in organization.units.values()})
        for kind in doc.kinds:
            if kind not in known:
                findings.unknown(findings.entry((*loc, "kinds"), kind), "kind", kind, known)
        findings.once((*loc, "kinds"), doc.kinds)
        subjects = {unit.name: unit.label for unit in organization.units.values() if unit.kind in doc.kinds}
        parents = _parents(organization, subjects)
    elif doc.catalogue is not None and doc.catalogue not in catalogues:
        findings.unknown((*loc, "catalogue"), "catalogue", doc.catalogue, sorted(catalogues))
    elif doc.catalogue is not None:
        subjects = _entries(catalogues[doc.catalogue], doc, loc, findings)
    return Dimension(name, label_of(doc.label, name), subjects, _fields(doc, loc, workflows, findings), parents)


def _entries(
    catalogue: Mapping[str, Mapping[str, Any]], doc: DimensionDoc, loc: Loc, findings: Findings
) -> dict[str, Label]:
    attributes = {attribute for entry in catalogue.values() for attribute in entry}
    for attribute in doc.where or {}:
        if attribute not in attributes:
            findings.unknown((*loc, "where", attribute), "attribute", attribute, sorted(attributes), at_key=True)
    found = {
        key: _labelled(entry.get("label"), key)
        for key, entry in catalogue.items()
        if all(entry.get(attribute) == value for attribute, value in (doc.where or {}).items())
    }
    if not found:
        findings.add((*loc, "where"), "figure-no-subject", at_key=True)
    return found


def _labelled(words: Any, key: str) -> Label:
    """The label of an entry, which is plain data in a catalogue."""
    return Label(words["en"], words["zh"]) if isinstance(words, dict) else label_of(words, key)


def _parents(organization: Organization, subjects: Mapping[str, Label]) -> dict[str, str]:
    """Every unit that is no subject and lies below one, with the nearest above it."""
    found = {}
    for unit in organization.units.values():
        above = unit.parent
        while above is not None and above not in subjects:
            above = organization.units[above].parent
        if above is not None and unit.name not in subjects:
            found[unit.name] = above
    return found


def _fields(doc: DimensionDoc, loc: Loc, workflows: Mapping[str, Workflow], findings: Findings) -> dict[str, str]:
    """The field of every workflow that has it."""
    declared = {"else": doc.field} if isinstance(doc.field, str) else dict(doc.field)
    general = declared.pop("else", None)
    for workflow, name in declared.items():
        place: Loc = (*loc, "field", workflow)
        if workflow not in workflows:
            findings.unknown(place, "workflow", workflow, sorted(workflows), at_key=True)
        elif name not in workflows[workflow].fields:
            findings.unknown(place, "field", name, list(workflows[workflow].fields))
    if general is not None:
        holders = [workflow.name for workflow in workflows.values() if general in workflow.fields]
        if not holders:
            place = (*loc, "field") if isinstance(doc.field, str) else (*loc, "field", "else")
            every = sorted({field for workflow in workflows.values() for field in workflow.fields})
            findings.unknown(place, "field", general, every)
        declared = {**dict.fromkeys(holders, general), **declared}
    return declared


def _figure(name: str, doc: FigureDoc) -> Figure:
    unit = {"share": "share", "count": "cases"}.get(doc.measure, "working minutes")
    return Figure(
        name, doc.version, label_of(doc.label, name), Label(doc.formula.en, doc.formula.zh), doc.of, doc.measure,
        unit, doc.counts, doc.holds, doc.value, doc.quantile, doc.better, doc.per or {},  # type: ignore[arg-type]
    )  # fmt: skip


def _score(name: str, doc: ScoreDoc) -> Score:
    return Score(name, doc.version, label_of(doc.label, name), doc.per, tuple(doc.parts.items()), doc.default)


def _restatement(doc: RestatementDoc) -> Restatement:
    strikes = {
        fact: Strike(one.of, frozenset(one.events or ()), frozenset(one.overdue or ()))
        for fact, one in doc.facts.items()
    }
    return Restatement(doc.workflow, doc.when, doc.case, doc.fact, strikes)
