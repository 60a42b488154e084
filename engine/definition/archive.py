"""Loads archive.yaml: when finished cases leave the working store."""

from collections.abc import Mapping
from pathlib import Path

from duban.engine.definition.archive_documents import ArchiveDoc
from duban.engine.definition.findings import Findings, Loc
from duban.engine.definition.names import IDENTIFIER
from duban.engine.definition.parts import label_of
from duban.engine.definition.periods import period_of
from duban.engine.definition.reader import read_document
from duban.engine.definition.shape import shaped
from duban.engine.model.archive import ArchiveRule
from duban.engine.model.definition import Workflow


def load_archive(path: Path, workflows: Mapping[str, Workflow]) -> dict[str, ArchiveRule]:
    """Read and check the rules of a pack; none where there is no such file.

    Raises:
        DefinitionError: all that is wrong, each with its place.
    """
    if not path.is_file():
        return {}
    node = read_document(path)
    findings = Findings(str(path), node)
    doc = shaped(ArchiveDoc, node, str(path))
    rules: dict[str, ArchiveRule] = {}
    ruled: dict[str, str] = {}
    for name, one in doc.rules.items():
        loc: Loc = ("rules", name)
        if not IDENTIFIER.fullmatch(name):
            findings.add(loc, "name-form", at_key=True, name=name)
        if one.workflow not in workflows:
            findings.unknown((*loc, "workflow"), "workflow", one.workflow, sorted(workflows))
        elif one.workflow in ruled:
            findings.add((*loc, "workflow"), "archive-twice", name=one.workflow, other=ruled[one.workflow])
        ruled.setdefault(one.workflow, name)
        period = period_of(one.after, (*loc, "after"), findings)
        rules[name] = ArchiveRule(name, label_of(one.label, name), one.workflow, period)
    findings.raise_if_any()
    return rules
