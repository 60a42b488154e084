"""The canonical source of a definition: the text that the store keeps and whose hash names it."""

import hashlib
import json
from typing import Any

from duban.engine.definition.builder import build
from duban.engine.definition.documents import WorkflowDoc
from duban.engine.definition.findings import Findings
from duban.engine.model.definition import Workflow


def canonical(plain: dict[str, Any]) -> str:
    """JSON without spaces, in the order of the file: order matters to people who read states and events."""
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest_of(source: str) -> str:
    """SHA-256 of a canonical source, 64 hex digits."""
    return hashlib.sha256(source.encode()).hexdigest()


def restore(source: str) -> Workflow:
    """Build the definition that a stored canonical source holds.

    It was checked when it was stored; the organisation may have changed since, so it is not checked against it.

    Raises:
        DefinitionError: the source is none that was stored here.
    """
    findings = Findings("stored definition", None)
    try:
        doc = WorkflowDoc.model_validate(json.loads(source))
    except ValueError:  # pydantic's and json's faults alike
        findings.add((), "stored")
        findings.raise_if_any()
        raise
    workflow = build(doc, digest_of(source), findings)
    findings.raise_if_any()
    return workflow
