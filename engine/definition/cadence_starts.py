"""The cases that a cadence starts, worked out when it is read: one for each entry that is chosen."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from duban.engine.definition.cadence_documents import CadenceDoc, OpeningDoc
from duban.engine.definition.checks_pack import opening_of
from duban.engine.definition.findings import Findings, Loc
from duban.engine.definition.parts import starts_of
from duban.engine.definition.shared_documents import StartDoc
from duban.engine.model.cadence import Opening
from duban.engine.model.definition import Entry, Source, Start, Workflow
from duban.engine.model.organization import BUILT_IN_ROLES, SCHEDULER

DATE: Final = "date"
"""The one source that is not known when the file is read: the day of the occurrence."""


def starts_in(doc: CadenceDoc, loc: Loc, findings: Findings) -> list[Start]:
    """The declared starts, each with those entries only that ``where`` chooses."""
    items = [doc.start] if isinstance(doc.start, str) else doc.start or []
    built = starts_of([item if isinstance(item, str) else _as_start(item) for item in items], loc, findings)
    starts = []
    for index, start in enumerate(built):
        place: Loc = (*loc, index)
        entries = start.each_entry
        if start.each_field is not None:
            findings.add((*place, "each"), "cadence-each", found=start.each_field)
        if entries is not None and start.where:
            wanted = start.where
            entries = tuple(entry for entry in entries if _fits(entry, wanted))
            if start.each_entry and not entries:
                findings.add((*place, "where"), "cadence-none", at_key=True)
        starts.append(replace(start, each_field=None, each_entry=entries, where=None))
    return starts


def _as_start(doc: OpeningDoc) -> StartDoc:
    # What `where` compares with are values here and fields there; both are looked up by the same attributes.
    return StartDoc.model_construct(
        workflow=doc.workflow, event=doc.event, each=doc.each, where=doc.where, data=doc.data
    )


def _fits(entry: Entry, where: Mapping[str, Any]) -> bool:
    return all(_same(entry.attributes.get(attribute), value) for attribute, value in where.items())


def _same(found: Any, wanted: Any) -> bool:
    """Equal, and of one kind: true is not 1."""
    return found == wanted and isinstance(found, bool) == isinstance(wanted, bool)


def entries_of(start: Start) -> tuple[Entry | None, ...]:
    """What one case each is started for; a single None where no catalogue is gone through."""
    return (None,) if start.each_entry is None else start.each_entry


def opened(starts: list[Start], workflows: Mapping[str, Workflow]) -> tuple[Opening, ...]:
    """Every case that sound ``starts`` start, in order."""
    return tuple(_openings(starts, workflows))


def _openings(starts: list[Start], workflows: Mapping[str, Workflow]) -> Iterator[Opening]:
    for number, start in enumerate(starts, 1):
        event = opening_of(start, workflows[start.workflow], BUILT_IN_ROLES)
        assert event is not None
        sources = start.data or {}
        for entry in entries_of(start):
            drawn = {name: drawn_from(source, entry) for name, source in sources.items() if source.kind != "field"}
            yield Opening(
                item=f"{number}.{entry.key}" if entry else str(number),
                workflow=start.workflow,
                event=event.name,
                actor="scheduler" if SCHEDULER in event.by else "system",
                data={name: value for name, value in drawn.items() if value is not None},
                dated=tuple(name for name, source in sources.items() if source.kind == "field"),
            )


def drawn_from(source: Source, entry: Entry | None) -> Any:
    """The value of a source other than the day."""
    if source.kind == "value" or entry is None:
        return source.value
    if source.kind == "item":
        return entry.key
    return entry.label.text(source.name) if source.kind == "label" else entry.attributes.get(source.name)
