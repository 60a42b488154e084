"""A pack as loaded: workflows with the organisation and the calendar that they run in."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duban.engine.model.frozen import frozen

if TYPE_CHECKING:
    from duban.engine.model.archive import ArchiveRule
    from duban.engine.model.cadence import Cadence
    from duban.engine.model.channel import Channel
    from duban.engine.model.compilation import Compilation
    from duban.engine.model.definition import Workflow
    from duban.engine.model.document import Document
    from duban.engine.model.figure import Figures
    from duban.engine.model.organization import Organization
    from duban.engine.model.retention import Retention
    from duban.engine.model.survey import Surveys


def _no_figures() -> "Figures":
    from duban.engine.model.figure import Figures

    return Figures()


@frozen
class CalendarPlan:
    """The declared calendar: which official one, the hours of work, and the pack's own changes."""

    calendar: str = "china"
    hours: tuple[str, ...] = ("09:00-12:00", "14:00-18:00")
    holidays: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()


@frozen
class Loaded:
    """A workflow with its canonical source, which the store keeps by hash, and the file that it came from."""

    workflow: "Workflow"
    source: str
    path: str


@frozen
class Pack:
    """A folder of workflows with organisation, calendar, catalogues, and whatever else of its files it has."""

    name: str
    folder: Path
    organization: "Organization"
    calendar: CalendarPlan
    catalogues: Mapping[str, Mapping[str, Mapping[str, Any]]]
    workflows: Mapping[str, Loaded]
    cadences: "Mapping[str, Cadence]" = field(default_factory=dict)
    figures: "Figures" = field(default_factory=_no_figures)
    compilations: "Mapping[str, Compilation]" = field(default_factory=dict)
    documents: "Mapping[str, Document]" = field(default_factory=dict)
    channels: "Mapping[str, Channel]" = field(default_factory=dict)
    surveys: "Surveys | None" = None
    retention: "Mapping[str, Retention]" = field(default_factory=dict)
    archive: "Mapping[str, ArchiveRule]" = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    """The workflow of each definition's hash."""
