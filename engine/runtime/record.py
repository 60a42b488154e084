"""Works out the new case and its history row. Pure."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from duban.engine.model.case import Case, HistoryRow, RowKind, Stopwatch
from duban.engine.model.definition import Event, Workflow
from duban.engine.runtime.chain import digest_data, hash_row, new_salt
from duban.engine.runtime.situation import Situation


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
) -> tuple[Case, HistoryRow]:
    """The case after one more row, and the row. The time never runs backwards within a case."""
    at = max(situation.now, case.updated_at)
    request, salt = situation.request, new_salt()
    data = {**case.data, **changes}
    unit_field = workflow.fields.get("unit")
    final = workflow.states[target].final
    audience = case.audience if declared is None or declared.confidential is None else declared.confidential
    after = dataclasses.replace(
        case,
        version=case.version + 1,
        state=target,
        data=data,
        unit=data.get("unit") if unit_field is not None and unit_field.kind == "unit" else None,
        level=case.level if level is None else max(case.level, level),
        updated_at=at,
        closed_at=(case.closed_at or at) if final else None,
        audience=audience,
    )
    row = HistoryRow(
        ref=case.ref,
        seq=after.version,
        kind=kind,
        event=event,
        from_state=case.state or None,
        to_state=target,
        actor=request.actor.name,
        post=situation.post.name if situation.post else None,
        unit=situation.post.unit if situation.post else None,
        at=at,
        level=after.level,
        data=dict(changes),
        salt=salt,
        data_digest=digest_data(salt, changes),
        key=request.key,
        request=request.fingerprint if request.key is not None else None,
        definition=case.definition,
        hash="",
    )
    row = dataclasses.replace(row, hash=hash_row(row, case.head, after))
    return dataclasses.replace(after, head=row.hash), row


def with_due(case: Case, watches: Mapping[str, Stopwatch]) -> Case:
    """The case with the earliest due time of its running stopwatches."""
    running = [watch for watch in watches.values() if watch.since is not None and watch.due_at is not None]
    if not running or not case.is_open:
        return dataclasses.replace(case, due_at=None, due_provisional=False)
    first = min(running, key=lambda watch: watch.due_at or case.updated_at)
    return dataclasses.replace(case, due_at=first.due_at, due_provisional=first.provisional)


def as_of(case: Case, rows: list[HistoryRow], seq: int) -> Case:
    """The case as its row ``seq`` left it, told from history; due times of then are not kept."""
    if case.version == seq:
        return case
    data: dict[str, Any] = {}
    for row in rows[:seq]:
        data |= row.data
    row = rows[seq - 1]
    return dataclasses.replace(
        case, version=seq, state=row.to_state, data=data, level=row.level, updated_at=row.at, head=row.hash,
        closed_at=case.closed_at if case.closed_at is not None and case.closed_at <= row.at else None,
        due_at=None, due_provisional=False,
    )  # fmt: skip
