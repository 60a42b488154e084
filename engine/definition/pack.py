"""Loads a pack: organization.yaml, workflow files, and whichever of the other files that it has."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from duban.engine.deadlines.durations import parse_duration
from duban.engine.deadlines.plan import CALENDARS, working_hours
from duban.engine.definition.archive import load_archive
from duban.engine.definition.builder import build
from duban.engine.definition.cadence import load_cadences
from duban.engine.definition.channels import load_channels
from duban.engine.definition.checks import Surroundings, check_names
from duban.engine.definition.checks_calls import check_calls, check_guards
from duban.engine.definition.checks_counts import check_counts
from duban.engine.definition.checks_fires import check_fires
from duban.engine.definition.checks_graph import check_graph, check_ladders
from duban.engine.definition.checks_hidden import check_hidden_waits
from duban.engine.definition.checks_pack import check_starts, check_waits
from duban.engine.definition.checks_views import check_views
from duban.engine.definition.compilation_checks import check_compiles
from duban.engine.definition.compilations import load_compilations
from duban.engine.definition.documents import WorkflowDoc
from duban.engine.definition.expansion import expanded
from duban.engine.definition.figures import load_figures
from duban.engine.definition.findings import Findings, Loc
from duban.engine.definition.limits import check_expansion, check_limits
from duban.engine.definition.nodes import Node, to_plain
from duban.engine.definition.organization import build_calendar, build_catalogues, build_organization
from duban.engine.definition.pack_documents import CalendarDoc, CatalogueDoc, OrganizationDoc
from duban.engine.definition.pack_files import (
    ARCHIVE,
    CADENCES,
    CALENDAR,
    CATALOGUE,
    CHANNELS,
    COMPILATIONS,
    DOCUMENTS,
    FIGURES,
    RETENTION,
    SURVEYS,
    workflow_files,
)
from duban.engine.definition.papers import load_papers
from duban.engine.definition.places import ORGANIZATION, built_in
from duban.engine.definition.reader import read_document
from duban.engine.definition.retention import load_retention
from duban.engine.definition.shape import shaped, shown
from duban.engine.definition.source import canonical, digest_of
from duban.engine.definition.surveys import load_surveys
from duban.engine.errors import DefinitionError, InvalidDuration
from duban.engine.messages import text
from duban.engine.model.definition import Workflow
from duban.engine.model.label import Label
from duban.engine.model.organization import Organization
from duban.engine.model.pack import CalendarPlan, Loaded, Pack
from duban.engine.model.problem import Problem
from duban.engine.ports.actions import ActionRegistry
from duban.engine.ports.documents import TemplateInspector
from duban.engine.ports.guards import GuardCompiler


def load_pack(
    folder: Path, compiler: GuardCompiler, registry: ActionRegistry, inspector: TemplateInspector | None = None
) -> Pack:
    """Load and check a pack; with an ``inspector``, also whether the templates of its papers work.

    Raises:
        DefinitionError: all that is wrong, each with its file, line and column; nothing is loaded then.
    """
    if not os.path.lexists(folder / ORGANIZATION):
        raise _no_organization(folder)
    paths = workflow_files(folder)
    organization = _organization(folder)
    plan, day_seconds = _calendar(folder, organization)
    catalogues = _catalogues(folder)
    files = [_Draft(path) for path in paths]
    problems = [problem for file in files for problem in file.read(catalogues)]
    _refuse(problems)
    workflows = {file.workflow.name: file.workflow for file in files}
    around = Surroundings(organization, frozenset(workflows))
    for file in files:
        file.check(around, workflows, compiler, registry, day_seconds)
    _twice(files)
    _refuse([problem for file in files for problem in file.findings.problems])
    cadences = load_cadences(folder / CADENCES, catalogues, workflows, around)
    figures = load_figures(folder / FIGURES, catalogues, workflows, around, compiler)
    compilations = load_compilations(folder / COMPILATIONS, workflows, figures, compiler)
    for file in files:
        check_compiles(file.workflow, compilations, file.findings)
    _refuse([problem for file in files for problem in file.findings.problems])
    loaded = {file.workflow.name: Loaded(file.workflow, file.source, str(file.path)) for file in files}
    papers = load_papers(folder / DOCUMENTS, workflows, inspector)
    channels = load_channels(folder / CHANNELS, organization)
    surveys = load_surveys(folder / SURVEYS, catalogues, workflows, around)
    return Pack(
        folder.resolve().name, folder.resolve(), organization, plan, catalogues, loaded, cadences, figures,
        compilations, papers, channels, surveys, load_retention(folder / RETENTION, workflows),
        load_archive(folder / ARCHIVE, workflows),
        {one.workflow.hash: one.workflow.name for one in files},
    )  # fmt: skip


class _Draft:
    """One workflow file on its way to a definition."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.findings = Findings(str(path), None)
        self.workflow: Workflow
        self.source = ""

    def read(self, catalogues: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> list[Problem]:
        """Read, shape, expand and build; what is wrong so far."""
        try:
            node = read_document(self.path)
            self.findings = Findings(str(self.path), node)
            if node.get("workflow") is None:
                self.findings.add((), "not-a-workflow")
                return self.findings.problems
            written = to_plain(node)
            check_limits(shaped(WorkflowDoc, node, str(self.path)), written, self.findings)
            check_expansion(written, catalogues, self.findings)
            if self.findings.problems:
                return self.findings.problems
            plain = expanded(written, catalogues, self.findings)
            if self.findings.problems:
                return self.findings.problems
            self.source = canonical(plain)
            doc = shaped(WorkflowDoc, node, str(self.path), plain)
        except DefinitionError as fault:
            return list(fault.problems)
        self.workflow = build(doc, digest_of(self.source), self.findings)
        return self.findings.problems

    def check(
        self,
        around: Surroundings,
        workflows: Mapping[str, Workflow],
        compiler: GuardCompiler,
        registry: ActionRegistry,
        day_seconds: int,
    ) -> None:
        """All static findings: names first, and only over sound names what follows from them."""
        check_names(self.workflow, around, self.findings)
        check_starts(self.workflow, workflows, around.values, self.findings)
        check_fires(self.workflow, workflows, self.findings)
        check_waits(self.workflow, workflows, self.findings)
        check_hidden_waits(self.workflow, workflows, self.findings)
        check_calls(self.workflow, registry, around.organization, self.findings)
        check_ladders(self.workflow, day_seconds, self.findings)
        check_counts(self.workflow, self.findings)
        check_views(self.workflow, workflows, around.values, self.findings)
        if not self.findings.problems:
            check_graph(self.workflow, self.findings)
            check_guards(self.workflow, workflows, compiler, self.findings)


def _organization(folder: Path) -> Organization:
    path = folder / ORGANIZATION
    if not path.is_file():
        raise _no_organization(folder)
    node = read_document(path)
    findings = Findings(str(path), node)
    organization = build_organization(shaped(OrganizationDoc, node, str(path)), findings)
    findings.raise_if_any()
    return organization


def _no_organization(folder: Path) -> DefinitionError:
    what = Label(f"{folder} has no {ORGANIZATION}", f"{folder} 中没有 {ORGANIZATION}")
    return DefinitionError([Problem(str(folder), 1, 1, "finding.no-pack", {"why": what, "known": built_in()})])


def _calendar(folder: Path, organization: Organization) -> tuple[CalendarPlan, int]:
    path = folder / CALENDAR
    node: Node | None = read_document(path) if path.is_file() else None
    findings = Findings(str(path), node)
    plan = build_calendar(shaped(CalendarDoc, node, str(path)), findings) if node is not None else CalendarPlan()
    day_seconds = parse_duration("1 working day").seconds(25_200)
    try:
        hours = working_hours(plan, organization.zone)
        day_seconds = hours.day_seconds
        if plan.calendar not in CALENDARS:
            _ = hours.calendar.known_until  # only now does a calendar of the package say whether it knows the country
    except InvalidDuration as fault:
        said = {**fault.data, "found": shown(fault.data["found"])}
        why = {lang: text("error.invalid-duration", lang, **said) for lang in ("en", "zh")}
        findings.add(_culprit(plan, fault.data["found"]), "duration", why=Label(why["en"], why["zh"]))
    except KeyError:
        findings.unknown(("calendar",), "calendar", plan.calendar, list(CALENDARS))
    findings.raise_if_any()
    return plan, day_seconds


def _culprit(plan: CalendarPlan, found: str | None) -> Loc:
    if found in plan.hours:
        return ("hours", plan.hours.index(found))
    if plan.holidays & plan.working_days:
        return ("working_days",)
    return ("calendar",) if found and plan.calendar.endswith(found) else ("hours",)


def _catalogues(folder: Path) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    path = folder / CATALOGUE
    if not path.is_file():
        return {}
    node = read_document(path)
    findings = Findings(str(path), node)
    catalogues = build_catalogues(shaped(CatalogueDoc, node, str(path)), findings)
    findings.raise_if_any()
    return catalogues


def _twice(files: list[_Draft]) -> None:
    by_name: dict[str, Path] = {}
    by_reference: dict[str, str] = {}
    boards: dict[str, str] = {}
    for file in files:
        workflow = file.workflow
        if workflow.name in by_name:
            other = by_name[workflow.name].name
            file.findings.add(("workflow",), "workflow-twice", name=workflow.name, other=other)
        elif workflow.reference in by_reference:
            holder = by_reference[workflow.reference]
            file.findings.add(("reference",), "reference-twice", name=workflow.reference, other=holder)
        by_name.setdefault(workflow.name, file.path)
        by_reference.setdefault(workflow.reference, workflow.name)
        for board in workflow.boards:
            if board in boards:
                file.findings.add(("boards", board), "board-twice", at_key=True, name=board, other=boards[board])
            boards.setdefault(board, workflow.name)


def _refuse(problems: list[Problem]) -> None:
    if problems:
        places = {(p.path, p.line, p.column, p.key, p.message()): p for p in problems}
        raise DefinitionError([places[place] for place in sorted(places)])
