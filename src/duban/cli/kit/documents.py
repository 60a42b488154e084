"""The JSON of cases, rows and what else is told. Times are ISO 8601 in UTC and end in Z."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from duban.cli.kit.telling import iso

if TYPE_CHECKING:
    from duban.engine.model.case import Case, Choice, HistoryRow, Message, Notice, Outcome, Reading
    from duban.engine.model.dispatch import Dispatch
    from duban.engine.model.suspension import Standing, Suspension
    from duban.engine.ports.records import Refusal
    from duban.engine.runtime.queries import Progress


def _time(at: Any) -> str | None:
    return iso(at) or None


def case_document(case: "Case", *, overdue: bool) -> dict[str, Any]:
    """A case."""
    return {
        "ref": case.ref,
        "workflow": case.workflow,
        "state": case.state,
        "version": case.version,
        "data": dict(case.data),
        "unit": case.unit,
        "level": case.level,
        "due_at": _time(case.due_at),
        "due_provisional": case.due_provisional,
        "original_due_at": _time(case.original_due_at),
        "overdue": overdue,
        "open": case.is_open,
        "opened_by": case.opened_by,
        "opened_at": _time(case.opened_at),
        "updated_at": _time(case.updated_at),
        "closed_at": _time(case.closed_at),
        "parent": case.parent,
        "follow": case.follow,
        "audience": list(case.audience),
        "definition": case.definition,
        "head": case.head,
    }


def outcome_document(outcome: "Outcome", *, overdue: bool, dry_run: bool) -> dict[str, Any]:
    """The case as an event left it, and what the event came to."""
    return case_document(outcome.case, overdue=overdue) | {
        "event": outcome.row.event,
        "from_state": outcome.row.from_state,
        "duplicate": outcome.duplicate,
        "started": list(outcome.started),
        "dry_run": dry_run,
    }


def row_document(row: "HistoryRow") -> dict[str, Any]:
    """A row of history, with everything that its hash covers."""
    return {
        "ref": row.ref,
        "seq": row.seq,
        "kind": row.kind,
        "event": row.event,
        "from_state": row.from_state,
        "to_state": row.to_state,
        "actor": row.actor,
        "post": row.post,
        "unit": row.unit,
        "at": iso(row.at),
        "level": row.level,
        "data": dict(row.data),
        "salt": row.salt,
        "data_digest": row.data_digest,
        "key": row.key,
        "request": row.request,
        "definition": row.definition,
        "hash": row.hash,
        "erased": None if row.erased is None else [dict(told) for told in row.erased],
    }


def choice_document(choice: "Choice", command: str | None, lang: str) -> dict[str, Any]:
    """What is told of one event: whether it is allowed, why not, and what to type."""
    return {
        "event": choice.event,
        "label": choice.label.text(lang),
        "allowed": choice.allowed,
        "code": choice.code,
        "reasons": [reason.text(lang) for reason in choice.reasons],
        "conditions": [condition.text(lang) for condition in choice.conditions],
        "wants": list(choice.wants),
        "target": choice.target,
        "needs": list(choice.needs),
        "takes": list(choice.takes),
        "command": command,
    }


def notice_document(notice: "Notice", lang: str) -> dict[str, Any]:
    """A notice of an inbox."""
    return {
        "post": notice.post,
        "ref": notice.ref,
        "text": notice.text.text(lang),
        "at": iso(notice.at),
        "read_at": _time(notice.read_at),
    }


def message_document(message: "Message") -> dict[str, Any]:
    """A message of the outbox."""
    return {
        "key": message.key,
        "ref": message.ref,
        "action": message.action,
        "state": message.state,
        "attempts": message.attempts,
        "created_at": iso(message.created_at),
        "next_at": _time(message.next_at),
        "last_error": message.last_error,
    }


def dispatch_document(one: "Dispatch") -> dict[str, Any]:
    """What goes out on a channel."""
    return {
        "key": one.key,
        "channel": one.channel,
        "recipient": one.recipient or None,
        "urgent": one.urgent,
        "state": one.state,
        "attempts": one.attempts,
        "created_at": iso(one.created_at),
        "next_at": _time(one.next_at),
        "last_error": one.last_error,
    }


def reading_document(reading: "Reading") -> dict[str, Any]:
    """Who was told of a confidential case."""
    return {"ref": reading.ref, "actor": reading.actor, "what": reading.what, "at": iso(reading.at)}


def refusal_document(refusal: "Refusal", lang: str) -> dict[str, Any]:
    """A refused attempt."""
    return {
        "at": iso(refusal.at),
        "actor": refusal.actor,
        "ref": refusal.ref,
        "workflow": refusal.workflow,
        "event": refusal.event,
        "code": refusal.code,
        "reasons": [label.text(lang) for label in refusal.labels],
    }


def suspension_document(one: "Suspension") -> dict[str, Any]:
    """A row of the log of suspensions, with everything that its hash covers; a reason that is not told is null."""
    return {
        "number": one.number,
        "kind": one.kind,
        "who": one.who,
        "role": one.role,
        "by": one.by,
        "at": iso(one.at),
        "reason": one.reason or None,
        "hash": one.hash,
    }


def standing_document(one: "Standing") -> dict[str, Any]:
    """An account or a post as it stands."""
    return {
        "name": one.name,
        "kind": one.kind,
        "posts": list(one.posts),
        "roles": list(one.roles),
        "withheld": [suspension_document(row) for row in one.withheld],
    }


def progress_document(progress: "Progress", shown: Iterable[tuple[str, str]], lang: str) -> dict[str, Any]:
    """What the holder of a follow code is told."""
    return {
        "ref": progress.ref,
        "workflow": progress.workflow.text(lang),
        "state": progress.state.text(lang),
        "open": progress.open,
        "opened_at": iso(progress.opened_at),
        "updated_at": iso(progress.updated_at),
        "shown": [{"label": label, "value": value} for label, value in shown],
        "steps": [{"at": iso(at), "state": label.text(lang)} for at, label in progress.steps],
    }
