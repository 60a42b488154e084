"""Which files a pack is: plain files that lie in its folder, wherever the folder itself lies."""

import os
from pathlib import Path
from typing import Final

from duban.engine.definition.places import ORGANIZATION, built_in
from duban.engine.errors import DefinitionError
from duban.engine.model.label import Label
from duban.engine.model.problem import Problem

CALENDAR: Final = "calendar.yaml"
CATALOGUE: Final = "catalogue.yaml"
CADENCES: Final = "cadences.yaml"
DOCUMENTS: Final = "documents.yaml"
FIGURES: Final = "figures.yaml"
COMPILATIONS: Final = "compilations.yaml"
CHANNELS: Final = "channels.yaml"
SURVEYS: Final = "surveys.yaml"
RETENTION: Final = "retention.yaml"
ARCHIVE: Final = "archive.yaml"
OTHERS: Final = (
    ORGANIZATION, CALENDAR, CATALOGUE, CADENCES, FIGURES, COMPILATIONS, DOCUMENTS, CHANNELS, SURVEYS, RETENTION,
    ARCHIVE,
)  # fmt: skip
"""Files of a pack that are no workflows."""
MOST_FILES: Final = 300
"""The most declared files of one pack."""


def workflow_files(folder: Path) -> list[Path]:
    """The workflow files of a pack, by name.

    Raises:
        DefinitionError: there are none or too many, one ends in ``.yml``, or a declared file is none or leads out of
            the folder.
    """
    misnamed = sorted(folder.glob("*.yml"))
    if misnamed:
        raise DefinitionError([Problem(str(path), 1, 1, "finding.suffix", {"name": path.stem}) for path in misnamed])
    declared = sorted(folder.glob("*.yaml"))
    if len(declared) > MOST_FILES:
        data = {"name": "*.yaml", "found": len(declared), "limit": MOST_FILES}
        raise DefinitionError([Problem(str(folder), 1, 1, "finding.too-many", data)])
    strange = [problem for path in declared if (problem := _strange(path, folder)) is not None]
    if strange:
        raise DefinitionError(strange)
    files = [path for path in declared if path.name not in OTHERS]
    if not files:
        why = Label("no workflow file lies beside organization.yaml", "organization.yaml 旁没有流程文件")
        raise DefinitionError([Problem(str(folder), 1, 1, "finding.no-pack", {"why": why, "known": built_in()})])
    return files


def _strange(path: Path, folder: Path) -> Problem | None:
    """A link may lead to another file of the folder, as where a cluster mounts it, but to none outside."""
    try:
        inside = Path(os.path.realpath(path, strict=True)).is_relative_to(os.path.realpath(folder))
    except OSError:  # leads nowhere, or round in a circle
        inside = False
    if not inside:
        return Problem(str(path), 1, 1, "finding.file-outside", {"name": path.name})
    return None if path.is_file() else Problem(str(path), 1, 1, "finding.file-strange", {"name": path.name})
