"""The materials of an indicator: evidence of issues, tasks, reports and rounds, attached by reference and listed."""

from collections.abc import Sequence
from typing import Any

from duban.app import Engine
from duban.assessment.vocabulary import INDICATOR
from duban.engine.errors import UnknownCase, UsageError
from duban.engine.model.case import Case, Outcome
from duban.engine.model.frozen import frozen
from duban.engine.runtime.citing import Cited, evidence_in

MATERIAL = "material"
SOURCES = "sources"


@frozen
class Material:
    """One file of an indicator. ``source`` and ``field`` tell which other case holds it too, and as what."""

    digest: str
    name: str
    size: int
    source: str | None
    field: str | None


def gathered(
    engine: Engine, ref: str, sources: Sequence[str], *, by: str, fields: Sequence[str] = (),
    statement: str | None = None, key: str | None = None,
) -> Outcome:  # fmt: skip
    """Attach the evidence that other cases hold now to an indicator, beside what it has; nothing is copied.

    ``fields`` bounds to these evidence fields of the other cases.

    Raises:
        UnknownActor, UnknownCase, NotPermitted, TransitionNotAllowed, GuardRefused.
        UsageError: ``ref`` is not an indicator, or a case holds no evidence that is asked for.
        InvalidEvidence: a case is visible to fewer roles than the indicator.
    """
    indicator = _indicator(engine, ref, by)
    found: list[Cited] = [Cited(ref, item["hash"]) for _, item in _files(indicator)]
    for source in sources:
        files = [
            (name, item) for name, item in evidence_in(engine.get(source, by=by).data) if not fields or name in fields
        ]
        if not files:
            raise UsageError("nothing-to-gather", ref=source, fields=list(fields))
        found += [Cited(source, item["hash"]) for _, item in files]
    data: dict[str, Any] = {SOURCES: list(dict.fromkeys([*(indicator.data.get(SOURCES) or ()), *sources]))}
    if statement is not None:
        data["statement"] = statement
    return engine.fire(ref, "gather", by=by, data=data, evidence={MATERIAL: found}, key=key)


def materials_of(engine: Engine, ref: str, *, by: str) -> list[Material]:
    """The materials of an indicator, and from which visible case each was gathered.

    Raises:
        UnknownActor, UnknownCase. UsageError: ``ref`` is not an indicator.
    """
    indicator = _indicator(engine, ref, by)
    held: dict[str, tuple[str, str]] = {}
    for source in indicator.data.get(SOURCES) or ():
        try:
            case = engine.get(source, by=by)
        except UnknownCase:
            continue  # it may not be seen any more; the file still may
        for name, item in evidence_in(case.data):
            held.setdefault(item["hash"], (source, name))
    return [
        Material(item["hash"], item["name"], item["size"], *held.get(item["hash"], (None, None)))
        for _, item in _files(indicator)
    ]


def _indicator(engine: Engine, ref: str, by: str) -> Case:
    case = engine.get(ref, by=by)
    if case.workflow != INDICATOR:
        raise UsageError("not-an-indicator", ref=ref, found=case.workflow)
    return case


def _files(indicator: Case) -> list[tuple[str, dict[str, Any]]]:
    return evidence_in({MATERIAL: indicator.data.get(MATERIAL)})
