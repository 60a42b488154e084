"""What counts count: which subject something happened to, how often, and in which case it happened last. Reads only."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from duban.engine.deadlines.durations import parse_duration
from duban.engine.messages import text
from duban.engine.model.canonical import canonical
from duban.engine.model.label import Label

if TYPE_CHECKING:
    from duban.engine.deadlines.hours import WorkingHours
    from duban.engine.model.case import Case
    from duban.engine.model.definition import Count, Workflow
    from duban.engine.ports.store import Reader
    from duban.engine.runtime.situation import Situation


def times(count: int) -> Label:
    """How often, in words: ``once``, ``3 times``."""
    key = "explain.once" if count == 1 else "explain.times"
    return Label(text(key, "en", count=count), text(key, "zh", count=count))


def rule_of(workflow: "Workflow", count: "Count") -> str:
    """Under which name the occurrences of a count are kept; those of its steps have ``@N`` behind it."""
    return f"{workflow.name}.{count.name}"


def subject_of(count: "Count", ref: str | None, data: Mapping[str, Any]) -> str | None:
    """What something happened to: the case, or all that agree with it in some fields, as a digest of their values.

    None where the case has no reference yet, or a field has no value: then nothing is counted.
    """
    if not count.across:
        return ref
    values = {name: data.get(name) for name in count.across}
    if None in values.values():
        return None
    return hashlib.sha256(canonical(values).encode()).hexdigest()


def since_of(count: "Count", now: datetime, hours: "WorkingHours") -> datetime | None:
    """From when on occurrences count at ``now``; None where all do."""
    return hours.back(now, parse_duration(count.within).seconds(hours.day_seconds)) if count.within else None


def counted(
    reader: "Reader", workflow: "Workflow", count: "Count", situation: "Situation", data: Mapping[str, Any]
) -> int:
    """How often it has happened to what ``data`` describe, as far as that still counts."""
    subject = subject_of(count, situation.case.ref if situation.case else None, data)
    if subject is None:
        return 0
    since = since_of(count, situation.now, situation.hours)
    return reader.count_occurrences(rule_of(workflow, count), subject, since)


def latest(
    reader: "Reader", workflow: "Workflow", count: "Count", situation: "Situation", data: Mapping[str, Any],
    audience: tuple[str, ...],
) -> "Case | None":  # fmt: skip
    """The other case that it happened in last, of those that the actor can see and in which it still counts.

    Everybody who sees this case, whose ``audience`` that is, is told of the other one: so it is public, or
    confidential to the same roles.
    """
    subject = subject_of(count, situation.case.ref if situation.case else None, data)
    if subject is None:
        return None
    since = since_of(count, situation.now, situation.hours)
    own = situation.case.id if situation.case else None
    return reader.latest_occurrence(rule_of(workflow, count), subject, since, situation.scope, audience, own)
