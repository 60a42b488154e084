"""Works out the new case and its history row. Pure."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final

from duban.engine.model.case import Case, HistoryRow, RowKind, Stopwatch
from duban.engine.model.changing import changed, completed
from duban.engine.model.definition import Event, Workflow
from duban.engine.model.frozen import closed, opened
from duban.engine.runtime.chain import asked, digest_data, hash_row, new_salt
from duban.engine.runtime.erasing import Erasure
from duban.engine.runtime.situation import Situation

_UNCHANGED: Final[Mapping[str, Any]] = {}


def new_case(workflow: Workflow, ref: str, situation: Situation, parent: Case | None, follow: str | None) -> Case:
    """A case that has no row yet: version 0, to be advanced by its first row."""
    return Case(
        id=0,
        ref=ref,
        workflow=workflow.name,
        definition=workflow.hash,
        version=0,
        state="",
        data={},
        unit=None,
        level=0,
        opened_by=situation.request.actor.name,
        opened_at=situation.now,
        updated_at=situation.now,
        audience=workflow.confidential,
        parent=parent.ref if parent else None,
        parent_id=parent.id if parent else None,
        follow=follow,
    )


def advanced(
    case: Case,
    workflow: Workflow,
    *,
    kind: RowKind,
    event: str,
    target: str,
    changes: Mapping[str, Any],
    situation: Situation,
    level: int | None = None,
    declared: Event | None = None,
    erased: Sequence[Erasure] | None = None,
) -> tuple[Case, HistoryRow]:
    """The case after one more row, and the row. The time never runs backwards within a case."""
    at = max(situation.now, case.updated_at)
    request, salt = situation.request, new_salt()
    data = {**case.data, **changes} if changes else case.data
    final = workflow.states[target].final
    version, level = case.version + 1, case.level if level is None else max(case.level, level)
    audience = case.audience if declared is None or declared.confidential is None else declared.confidential
    row: Any = opened(HistoryRow)(
        ref=case.ref,
        seq=version,
        kind=kind,
        event=event,
        from_state=case.state or None,
        to_state=target,
        actor=request.actor.name,
        post=situation.post.name if situation.post else None,
        unit=situation.post.unit if situation.post else None,
        at=at,
        level=level,
        data=dict(changes) if changes else _UNCHANGED,
        salt=salt,
        data_digest=digest_data(salt, changes),
        key=request.key,
        request=asked(salt, request.fingerprint) if request.key is not None else None,
        definition=case.definition,
        hash="",
        erased=None if erased is None else tuple(one.told for one in erased),
    )
    row.hash = hash_row(row, case.head, case)
    after = changed(
        case, version=version, state=target, data=data, unit=unit_of(workflow, data), level=level, updated_at=at,
        closed_at=(case.closed_at or at) if final else None, audience=audience, head=row.hash,
    )  # fmt: skip
    return after, closed(row)


def with_due(case: Case, watches: Mapping[str, Stopwatch]) -> Case:
    """The case with the earliest due time of its running stopwatches."""
    return put_due(changed(case), watches)


def put_due(case: Case, watches: Mapping[str, Stopwatch]) -> Case:
    """The same for a case that was just made: into it, and not into a copy."""
    running = [watch for watch in watches.values() if watch.since is not None and watch.due_at is not None]
    if not running or not case.is_open:
        return completed(case, due_at=None, due_provisional=False, original_due_at=None)
    first = running[0]
    if len(running) > 1:
        first = min(running, key=lambda watch: (watch.due_at or case.updated_at, watch.deadline))
    return completed(
        case, due_at=first.due_at, due_provisional=first.provisional, original_due_at=first.original_due_at
    )


def as_of(case: Case, workflow: Workflow, rows: list[HistoryRow], seq: int) -> Case:
    """The case as its row ``seq`` left it, told from history; due times of then are not kept."""
    if case.version == seq:
        return case
    return dataclasses.replace(
        replayed(case, workflow, rows[:seq]), due_at=None, due_provisional=False, original_due_at=None
    )


def replayed(case: Case, workflow: Workflow, rows: Sequence[HistoryRow]) -> Case:
    """The case as its history says; due times are not in the history and stay as they are."""
    data: dict[str, Any] = {}
    audience, closed_at = workflow.confidential, None
    for row in rows:
        data |= row.data
        declared = workflow.events.get(row.event)
        audience = audience if declared is None or declared.confidential is None else declared.confidential
        final = row.to_state in workflow.states and workflow.states[row.to_state].final
        closed_at = (closed_at or row.at) if final else None
    first, last = rows[0], rows[-1]
    return dataclasses.replace(
        case, version=last.seq, state=last.to_state, data=data, unit=unit_of(workflow, data), level=last.level,
        opened_by=first.actor, opened_at=first.at, updated_at=last.at, closed_at=closed_at, audience=audience,
        head=last.hash,
    )  # fmt: skip


def unit_of(workflow: Workflow, data: Mapping[str, Any]) -> str | None:
    """The unit of a case with these data: what its field ``unit`` of type unit holds."""
    field = workflow.fields.get("unit")
    return data.get("unit") if field is not None and field.kind == "unit" else None
