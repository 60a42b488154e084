"""Loads retention.yaml: how long which fields of finished cases are kept."""

from collections.abc import Mapping
from pathlib import Path

from duban.engine.definition.findings import Findings, Loc
from duban.engine.definition.names import IDENTIFIER
from duban.engine.definition.parts import label_of
from duban.engine.definition.periods import period_of
from duban.engine.definition.reader import read_document
from duban.engine.definition.retention_documents import RetentionDoc, RetentionRuleDoc
from duban.engine.definition.shape import shaped
from duban.engine.model.definition import Workflow
from duban.engine.model.retention import Retention


def load_retention(path: Path, workflows: Mapping[str, Workflow]) -> dict[str, Retention]:
    """Read and check the rules of a pack; none where there is no such file.

    Raises:
        DefinitionError: all that is wrong, each with its place.
    """
    if not path.is_file():
        return {}
    node = read_document(path)
    findings = Findings(str(path), node)
    doc = shaped(RetentionDoc, node, str(path))
    rules = {name: _rule(name, one, workflows, findings) for name, one in doc.rules.items()}
    findings.raise_if_any()
    return rules


def _rule(name: str, doc: RetentionRuleDoc, workflows: Mapping[str, Workflow], findings: Findings) -> Retention:
    loc: Loc = ("rules", name)
    if not IDENTIFIER.fullmatch(name):
        findings.add(loc, "name-form", at_key=True, name=name)
    findings.once((*loc, "erase"), doc.erase)
    workflow = workflows.get(doc.workflow)
    if workflow is None:
        findings.unknown((*loc, "workflow"), "workflow", doc.workflow, sorted(workflows))
    for index, field in enumerate(doc.erase if workflow is not None else ()):
        assert workflow is not None
        _check_field(field, workflow, (*loc, "erase", index), findings)
    period = period_of(doc.after, (*loc, "after"), findings)
    label = label_of(doc.label, name)
    return Retention(name, label, doc.workflow, tuple(doc.erase), period)


def _check_field(name: str, workflow: Workflow, loc: Loc, findings: Findings) -> None:
    field = workflow.fields.get(name)
    if field is None:
        findings.unknown(loc, "field", name, list(workflow.fields))
    elif name == "unit" and field.kind == "unit":
        findings.add(loc, "retention-unit", name=name)  # who sees the case would change
    for count in workflow.counts.values():
        if name in count.across:  # its values lie in the table of counts
            findings.add(loc, "erase-counted", name=name, count=count.name)
