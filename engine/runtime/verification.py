"""Checks the whole store: chains, states, definitions, evidence, and heads that were published before."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from duban.engine.definition.source import digest_of
from duban.engine.errors import ArchiveBroken, StoreError
from duban.engine.model.case import Broken, Case, HistoryRow, Stopwatch
from duban.engine.model.definition import Workflow
from duban.engine.model.scope import Scope
from duban.engine.model.suspension import SUSPENSIONS
from duban.engine.ports.evidence import EvidenceStore
from duban.engine.ports.store import Reader
from duban.engine.runtime.away import Away
from duban.engine.runtime.chain import broken_links
from duban.engine.runtime.definitions import Definitions
from duban.engine.runtime.published import Heads, Published, parted
from duban.engine.runtime.record import replayed, with_due
from duban.engine.runtime.rerunning import Rerun
from duban.engine.runtime.world import World

_GONE: Final = ("",)
"""The audience of what belongs to no workflow of the pack: a role that nobody carries."""

_UNREADABLE: Final = (LookupError, TypeError, ValueError, OverflowError)

_REPLAYED: Final = ("unit", "opened_by", "opened_at", "updated_at", "closed_at", "audience")


def each_head(reader: Reader, scope: Scope) -> Iterator[tuple[str, tuple[int, str]]]:
    """The heads of all cases that ``scope`` admits, oldest first, to be published outside the database.

    After them that of the log of suspensions, where anybody ever was suspended: it is hidden from nobody.
    """
    for case in reader.all_cases():
        if scope.admits(case.audience):
            yield case.ref, (case.version, case.head)
    number, head = reader.suspensions_head()
    if number:
        yield SUSPENSIONS, (number, head)


def verify(
    reader: Reader,
    world: World,
    progress: Callable[[int], None],
    published: Heads | None,
    scope: Scope,
) -> Iterator[Broken]:
    """Every place that does not hold, case by case in bounded memory; ``progress`` hears after each case.

    Against ``published`` heads it is also found where cases were cut or written anew since. Cases that ``scope`` does
    not admit are passed over, and so are definitions and numbers that only they have. An archive that cannot be read is
    told once, at the end, with how many cases were not checked for it, which ``progress`` does not count.
    """
    definitions, rerun = world.definitions, Rerun(reader, world)
    sound: set[str] = set()
    changed: dict[str, str] = {}
    for digest, workflow, version in reader.definitions():
        if _holds(digest, workflow, version, reader, definitions):
            sound.add(digest)
        elif scope.admits(_audience(definitions, workflow)):
            yield Broken(workflow, None, "definition-changed")
        else:
            changed[digest] = workflow
    last: dict[str, int] = {}
    heads = Published(published, scope)
    for loaded in definitions.loaded.values():
        heads.learn(loaded.workflow)
    for digest in sound:
        heads.learn(definitions.pinned(digest, reader).workflow)
    number = 0
    away = Away()
    for case in _cases(reader, scope):
        if isinstance(case, Broken):
            yield case
            continue
        if scope.admits(_audience(definitions, case.workflow)):
            yield from _gap(case.ref, last)
        if not scope.admits(case.audience) and not scope.admits(_recorded(case, sound, reader, definitions, away)):
            heads.hidden(case.ref)
            continue
        head = heads.seen(case.ref)
        if case.definition in changed:
            yield Broken(changed.pop(case.definition), None, "definition-changed")
        try:
            rows = away.history(case, reader)
            if isinstance(rows, str):
                away.unchecked[rows] += 1
                continue
            yield from _case(case, rows, sound, reader, world, rerun, head)
        except ArchiveBroken:
            yield Broken(case.ref, None, "archive-broken")
        except _UNREADABLE:
            yield Broken(case.ref, None, "unreadable")
        number += 1
        progress(number)
    yield from heads.missing()
    yield from (Broken(name, None, away.why[name], count) for name, count in sorted(away.unchecked.items()))


def _audience(definitions: Definitions, workflow: str) -> tuple[str, ...]:
    """Who sees the cases of a workflow by its definition in the pack; of one that is gone, its cases tell."""
    loaded = definitions.loaded.get(workflow)
    return loaded.workflow.confidential if loaded is not None else _GONE


def _recorded(
    case: Case, sound: set[str], reader: Reader, definitions: Definitions, away: Away
) -> tuple[str, ...]:  # fmt: skip
    """Who sees a case by its history: nobody hides a case from this check by writing an audience onto it."""
    try:
        rows = away.history(case, reader)
        if case.definition not in sound or not rows or isinstance(rows, str):
            return case.audience
        return replayed(case, definitions.pinned(case.definition, reader).workflow, rows).audience
    except (ArchiveBroken, *_UNREADABLE):
        return case.audience


def _cases(reader: Reader, scope: Scope) -> Iterator[Case | Broken]:
    """All cases; one that cannot be read any more ends the walk, and the one before it tells where that was."""
    before, told = 0, ""
    for batch in (500, 1):
        try:
            for case in reader.all_cases(batch):
                if case.id > before:
                    before = case.id
                    told = case.ref if scope.admits(case.audience) else told
                    yield case
        except _UNREADABLE:
            continue
        return
    yield Broken(told, None, "next-case-unreadable")


def _gap(ref: str, last: dict[str, int]) -> Iterator[Broken]:
    """Numbers have no gaps, so a missing one is a case that was taken away."""
    prefix, number = parted(ref)
    for gone in range(last.get(prefix, 0) + 1, min(number, last.get(prefix, 0) + 1_000)):
        yield Broken(f"{prefix}-{gone:06}", None, "case-missing")
    last[prefix] = max(number, last.get(prefix, 0))


def _holds(digest: str, workflow: str, version: int, reader: Reader, definitions: Definitions) -> bool:
    source = reader.definition(digest)
    if source is None or digest_of(source) != digest:
        return False
    try:
        found = definitions.pinned(digest, reader).workflow
    except StoreError:
        return False
    return (found.name, found.version) == (workflow, version)


def _case(
    case: Case,
    rows: list[HistoryRow],
    sound: set[str],
    reader: Reader,
    world: World,
    rerun: Rerun,
    published: tuple[int, str] | None,
) -> Iterator[Broken]:
    yield from broken_links(case, rows)
    yield from _archive(case, reader)
    if published is not None and not any((row.seq, row.hash) == tuple(published) for row in rows):
        yield Broken(case.ref, published[0], "published-head-differs")
    if case.definition not in sound:
        yield Broken(case.ref, None, "definition-missing")
        return
    workflow = world.definitions.pinned(case.definition, reader).workflow
    listed = cache(lambda: reader.evidence_digests(case.id))
    for row in rows:
        if row.definition != case.definition:
            yield Broken(case.ref, row.seq, "definition-differs")
        yield from _files(row, workflow, world.evidence, listed)
    if rows:
        told, watches = replayed(case, workflow, rows), reader.stopwatches(case.id)
        yield from _columns(case, told, watches, reader)
        if not rerun.holds(told, workflow, rows, watches):
            yield Broken(case.ref, None, "stopwatch-differs")


def _archive(case: Case, reader: Reader) -> Iterator[Broken]:
    """An archive is noted on finished cases alone, and on none whose history lies in the store."""
    if case.archive is None or not (case.is_open or reader.history_lies_here(case.id)):
        return
    now = reader.case_by_id(case.id)  # it may have come back this moment
    if now is not None and now.archive is not None:
        yield Broken(case.ref, None, "archive-differs")


def _columns(case: Case, told: Case, watches: Mapping[str, Stopwatch], reader: Reader) -> Iterator[Broken]:
    """The columns of a case that its history tells, or that others of its rows do."""
    for name in _REPLAYED:
        if getattr(case, name) != getattr(told, name):
            yield Broken(case.ref, None, f"{name.replace('_', '-')}-differs")
    due = with_due(case, watches)
    if _due(case) != _due(due):
        yield Broken(case.ref, None, "due-at-differs")
    parent = reader.case_by_id(case.parent_id) if case.parent_id is not None else None
    if (case.parent_id is None) != (case.parent is None) or (parent.ref if parent else None) != case.parent:
        yield Broken(case.ref, None, "parent-differs")


def _due(case: Case) -> tuple[object, ...]:
    return case.due_at, case.due_provisional, case.original_due_at


def _files(
    row: HistoryRow, workflow: Workflow, evidence: EvidenceStore, listed: Callable[[], set[str]]
) -> Iterator[Broken]:
    """Files that are not as they were, and those that nothing keeps any more, because the store does not list them."""
    for name, value in row.data.items():
        field = workflow.fields.get(name)
        if field is None or field.kind != "evidence" or value is None:
            continue
        items: list[Any] = value if isinstance(value, list) else []
        if not items or not all(isinstance(item, dict) and evidence.matches(str(item.get("hash"))) for item in items):
            yield Broken(row.ref, row.seq, "evidence-differs")
        elif any(str(item.get("hash")) not in listed() for item in items):
            yield Broken(row.ref, row.seq, "evidence-unlisted")
