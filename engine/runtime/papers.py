"""Gathers what a paper is printed from, for an actor: the case's own words and, where it asks for one, a snapshot.

A snapshot is taken as the bytes that were kept; nothing that it tells is read again.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from duban.engine.errors import DocumentError, UnknownDocument
from duban.engine.messages import text
from duban.engine.model.case import Case, HistoryRow
from duban.engine.model.definition import Workflow
from duban.engine.model.document import Document, Happening, Material
from duban.engine.model.hint import hint
from duban.engine.model.label import Label
from duban.engine.runtime.queries import seen
from duban.engine.runtime.record import as_of
from duban.engine.runtime.telling import Telling
from duban.engine.runtime.world import World

MAX_SNAPSHOT: Final = 50 * 1024 * 1024


def gathered(telling: Telling, world: World, ref: str, name: str | None) -> Material:
    """What the paper ``name`` of the case is printed from; without a name, the only paper of its workflow.

    Raises:
        UnknownCase: before anything is told of papers. UnknownDocument. DocumentError: the case lacks what the paper
        needs, has several papers, or its snapshot is not the one that was kept.
    """
    case = telling.case(seen(telling, ref))
    kept = telling.reader.case(ref, telling.scope)
    assert kept is not None
    document = _chosen(world.pack.documents, case, name)
    workflow = world.definitions.pinned(case.definition, telling.reader).workflow
    _complete(document, case, workflow)
    rows = telling.reader.history(kept)
    watches = telling.reader.stopwatches(kept.id)
    return Material(
        document=document,
        folder=world.pack.folder,
        case=_as_dated(document, case, workflow, rows),
        workflow=workflow,
        organization=world.pack.organization,
        happened=_happened(rows),
        dues={one.deadline: one.due_at for one in watches.values() if one.due_at is not None},
        snapshot=_snapshot(document, case, world) if document.source is not None else None,
    )


def _chosen(documents: Mapping[str, Document], case: Case, name: str | None) -> Document:
    known = {one.name: one for one in documents.values() if one.workflow == case.workflow}
    if name is None and len(known) > 1:
        raise DocumentError("which", ref=case.ref, known=list(known))
    if name is None and known:
        return next(iter(known.values()))
    if name not in known:
        which = f" {name}" if name is not None else ""
        raise UnknownDocument(
            which=which, workflow=case.workflow, known=list(known) or None, hint=hint(name or "", known)
        )  # fmt: skip
    return known[name]


def _complete(document: Document, case: Case, workflow: Workflow) -> None:
    """Whether the case has what the paper needs; the snapshot is needed without saying."""
    needed = [*document.needs, *([document.source] if document.source is not None else [])]
    missing = [name for name in dict.fromkeys(needed) if not case.data.get(name)]
    if missing:
        labels = [workflow.fields[name].label if name in workflow.fields else Label(name, name) for name in missing]
        raise DocumentError("lacks", name=document.name, ref=case.ref, fields=labels)


def _as_dated(document: Document, case: Case, workflow: Workflow, rows: Sequence[HistoryRow]) -> Case:
    """The case as it stood when the paper was dated: what is said later does not change a paper that went out."""
    dated = [row.seq for row in rows if row.kind != "step" and row.event in document.dated]
    return as_of(case, workflow, list(rows), dated[-1]) if dated else case


def _happened(rows: Sequence[HistoryRow]) -> dict[str, Happening]:
    return {row.event: Happening(row.at, row.actor, row.post) for row in rows if row.kind != "step"}


def _snapshot(document: Document, case: Case, world: World) -> bytes:
    """The content of the last file in the field, which has the digest under which the case's history names it."""
    item = case.data[document.source or ""][-1]
    digest = item["hash"]
    try:
        with world.evidence.open(digest) as file:
            content = file.read(MAX_SNAPSHOT + 1)
    except (KeyError, OSError):
        content = b""
    if hashlib.sha256(content).hexdigest() != digest:
        why = {lang: text("document.snapshot-changed", lang, digest=digest[:12]) for lang in ("en", "zh")}
        raise DocumentError("snapshot", ref=case.ref, why=Label(why["en"], why["zh"]))
    return content
