"""What the conditions of figures read of a case: its history up to an instant, folded. Pure.

The case is told as it stood at ``until``, the end of the period or the moment as of which the figure is told, whichever
is earlier. Due times are rebuilt from the rows by the code that runs stopwatches, under the definition that the case
began with and the calendar in force; so extensions, suspensions and rework count as they did then.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from duban.engine.deadlines.hours import WorkingHours
from duban.engine.deadlines.stopwatch import after_event
from duban.engine.model.case import HistoryRow, Stopwatch
from duban.engine.model.definition import Field, Workflow
from duban.engine.model.figure import Period, Strike
from duban.engine.model.frozen import frozen

_DEADLINE_PARTS: Final = frozenset({"begun", "due", "overdue", "climbed", "used"})
_MINUTE: Final = 60


@frozen
class Frame:
    """From where to where it is looked at: the period, and as of when (both ends as in :func:`cut`)."""

    period: Period
    as_of: datetime

    @property
    def until(self) -> datetime:
        """The instant at which the case is told: the end of the period, or as of when if that is earlier."""
        return min(self.period.end, self.as_of)


@frozen
class Struck:
    """A strike with the moment at which its appeal was lodged, and the appeal's reference."""

    appeal: str
    lodged_at: datetime
    strike: Strike


class Wanted:
    """Which of the variables are read, sorted so that nothing else is worked out."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names
        parts = [name.split(".") for name in names if "." in name]
        self.deadlines = frozenset(rest[0] for head, *rest in parts if head in _DEADLINE_PARTS)
        self.states = frozenset(rest[0] for head, *rest in parts if head == "was")
        self.counted = tuple((f"count.{rest[0]}", rest[0]) for head, *rest in parts if head == "count")
        self.within = tuple((f"within.{rest[0]}", rest[0]) for head, *rest in parts if head == "within")
        self.ends = tuple((head, *rest) for head, *rest in parts if head in ("first", "last"))
        self.data = frozenset(rest[0] for head, *rest in parts if head in ("data", "given"))


def cut(rows: Sequence[HistoryRow], frame: Frame) -> Sequence[HistoryRow]:
    """The rows that are known: before the end of the period, and not after the moment as of which it is told."""
    end, as_of = frame.period.end, frame.as_of
    if not rows or (rows[-1].at < end and rows[-1].at <= as_of):
        return rows
    # The time never runs backwards within a case, so the first row that is too late ends it.
    late = next(index for index, row in enumerate(rows) if row.at >= end or row.at > as_of)
    return rows[:late]


def facts(
    rows: Sequence[HistoryRow], workflow: Workflow, frame: Frame, wanted: Wanted, hours: WorkingHours,
    struck: Sequence[Struck] = (),
) -> dict[str, Any]:  # fmt: skip
    """The values of the ``wanted`` variables over the rows of one case, at least one; what has no value is left out.

    ``struck`` takes events and lateness out, as far as they lie before the appeal.
    """
    period, until, last = frame.period, frame.until, rows[-1]
    data: dict[str, Any] = {}
    watches: dict[str, Stopwatch] = {}
    closed_at: datetime | None = None
    for row in rows:
        data.update(row.data)
        event = workflow.events.get(row.event)
        final = row.to_state in workflow.states and workflow.states[row.to_state].final
        closed_at = (closed_at or row.at) if final else None
        if wanted.deadlines and event is not None:
            watches = after_event(
                workflow, event, watches, state=row.to_state, data=data, changes=row.data, at=row.at, hours=hours,
                only=wanted.deadlines,
            )  # fmt: skip
    opened_at = rows[0].at
    values: dict[str, Any] = {
        "ref": last.ref,
        "state": last.to_state,
        "open": closed_at is None,
        "level": last.level,
        "opened_at": opened_at,
        "opened_within": period.holds(opened_at),
        "closed_within": closed_at is not None and period.holds(closed_at),
        "start": period.start,
        "until": until,
    }
    if closed_at is not None:
        values["closed_at"] = closed_at
    if "age" in wanted.names:
        values["age"] = hours.between(opened_at, closed_at or until) // _MINUTE
    if "first_day" in wanted.names or "last_day" in wanted.names:
        values["first_day"] = period.start.astimezone(hours.zone).date().isoformat()
        values["last_day"] = _last_day(period, hours)
    for name in wanted.data:
        value = data.get(name)
        values[f"given.{name}"] = value is not None
        if value is not None:
            values[f"data.{name}"] = _plain(workflow.fields.get(name), value)
    for name in wanted.states:
        values[f"was.{name}"] = _was(name, rows, period)
    _events(values, rows, workflow, period, wanted, struck)
    for name in wanted.deadlines:
        _deadline(values, name, watches.get(name), rows, until, hours, struck)
    return values


def _events(
    values: dict[str, Any], rows: Sequence[HistoryRow], workflow: Workflow, period: Period, wanted: Wanted,
    struck: Sequence[Struck],
) -> None:  # fmt: skip
    """``count``, ``within``, ``first`` and ``last`` of events, without those that are struck."""
    kept = [row for row in rows if not any(_strikes(one, row) for one in struck)] if struck else rows
    for name, event in wanted.counted:
        values[name] = sum(row.event == event for row in kept)
    for name, event in wanted.within:
        values[name] = sum(row.event == event and period.holds(row.at) for row in kept)
    for end, event, part, *field in wanted.ends:
        ordered = kept if end == "first" else reversed(kept)
        found = next((row for row in ordered if row.event == event), None)
        if found is None:
            continue
        if part == "data":
            value = _plain(workflow.fields.get(field[0]), found.data.get(field[0]))
        else:
            value = {"actor": found.actor, "unit": found.unit, "at": found.at}[part]
        if value is not None:
            values[".".join((end, event, part, *field))] = value


def _strikes(one: Struck, row: HistoryRow) -> bool:
    return row.event in one.strike.events and row.at <= one.lodged_at


def _deadline(
    values: dict[str, Any], name: str, watch: Stopwatch | None, rows: Sequence[HistoryRow], until: datetime,
    hours: WorkingHours, struck: Sequence[Struck],
) -> None:  # fmt: skip
    """``begun``, ``due``, ``overdue``, ``climbed`` and ``used`` of a deadline, in its present entry."""
    values[f"begun.{name}"] = watch is not None and watch.due_at is not None
    values[f"overdue.{name}"] = values[f"climbed.{name}"] = False
    values[f"used.{name}"] = 0
    if watch is None:
        return
    used = watch.used + (hours.between(watch.since, until) if watch.since is not None else 0)
    values[f"used.{name}"] = used // _MINUTE
    if watch.due_at is None:
        return
    values[f"due.{name}"] = watch.due_at
    due_at = watch.due_at
    if any(name in one.strike.overdue and due_at <= one.lodged_at for one in struck):
        return
    # A stopwatch that rests was late if more was used than given; one that runs, if its due time has passed.
    values[f"overdue.{name}"] = watch.used > watch.limit if watch.since is None else due_at < until
    values[f"climbed.{name}"] = any(row.event == f"{name}@due" for row in rows)


def _was(state: str, rows: Sequence[HistoryRow], period: Period) -> bool:
    """Whether the case was in the state when the period began, or came into it within the period."""
    before = next((row for row in reversed(rows) if row.at < period.start), None)
    if before is not None and before.to_state == state:
        return True
    return any(row.to_state == state and period.holds(row.at) for row in rows)


def _last_day(period: Period, hours: WorkingHours) -> str:
    """The last day of the period, by the organisation's clock."""
    end = period.end.astimezone(hours.zone).date()
    return end.fromordinal(end.toordinal() - 1).isoformat()


def _plain(field: Field | None, value: Any) -> Any:
    # As in guards: number fields are doubles throughout, or CEL would not compare them.
    return (
        float(value)
        if field is not None and field.kind == "number" and not field.whole and value is not None
        else value
    )
