"""How large a machine may be: far beyond what an office declares, and small enough to be checked and run in no time.

A file is small, but what it says may multiply: ``from: any`` gives each event a transition from every state, a name
of a catalogue is replaced by all that the catalogue holds.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from duban.engine.definition.documents import WorkflowDoc
from duban.engine.definition.findings import Findings, Loc

MOST: Final[Mapping[str, int]] = {
    "states": 500, "events": 1_000, "fields": 500, "deadlines": 100, "counts": 100, "conditions": 500, "records": 100,
    "boards": 100,
}  # fmt: skip
"""The most entries of each part of a workflow."""
MOST_TRANSITIONS: Final = 20_000
MOST_EXPRESSIONS: Final = 500
"""The most conditions and other expressions in CEL of one file; each takes milliseconds to compile."""
MOST_EXPANDED: Final = 4_000_000
"""The most characters that the catalogues which a workflow names may come to, each as often as it is named."""


def check_limits(doc: WorkflowDoc, plain: Mapping[str, Any], findings: Findings) -> None:
    """Note what there is too much of."""
    for part, most in MOST.items():
        found = len(getattr(doc, part))
        if found > most:
            findings.add((part,), "too-many", at_key=True, name=part, found=found, limit=most)
    sources = [event.source if isinstance(event.source, list) else [event.source] for event in doc.events.values()]
    transitions = sum(len(doc.states) if source == ["any"] else len(source) for source in sources)
    if transitions > MOST_TRANSITIONS:
        findings.add(("events",), "too-many", at_key=True, name="from", found=transitions, limit=MOST_TRANSITIONS)
    check_expressions(plain, ("events",), findings)


def check_expressions(plain: Any, loc: Loc, findings: Findings) -> None:
    """Note too many expressions under the keys that hold such."""
    found = _expressions(plain)
    if found > MOST_EXPRESSIONS:
        findings.add(loc, "too-many", at_key=True, name="CEL", found=found, limit=MOST_EXPRESSIONS)


def check_expansion(plain: Mapping[str, Any], catalogues: Mapping[str, Any], findings: Findings) -> None:
    """Note catalogues that come to too much, before they are written in."""
    weights = {name: len(json.dumps(catalogue, ensure_ascii=False)) for name, catalogue in catalogues.items()}
    found = sum(weights.get(name.removeprefix("catalogue.").partition(".")[0], 0) for name in _named(plain))
    if found > MOST_EXPANDED:
        findings.add((), "expands", found=found, limit=MOST_EXPANDED)


def _named(plain: Any) -> list[str]:
    if isinstance(plain, str):
        return [plain] if plain.startswith("catalogue.") else []
    parts = plain.values() if isinstance(plain, dict) else plain if isinstance(plain, list) else ()
    return [name for part in parts for name in _named(part)]


_EXPRESSIONS: Final = ("check", "cel", "when", "counts", "holds", "where")


def _expressions(plain: Any) -> int:
    if isinstance(plain, list):
        return sum(map(_expressions, plain))
    if not isinstance(plain, dict):
        return 0
    own = sum(isinstance(plain.get(key), str) for key in _EXPRESSIONS)
    own += len(plain["per"]) if isinstance(plain.get("per"), dict) else 0
    return own + sum(map(_expressions, plain.values()))
