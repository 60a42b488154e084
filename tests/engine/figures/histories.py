"""Little histories, written by hand, and the figures that are told of them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from duban.actions.registry import Registry
from duban.engine.deadlines.hours import WorkingHours
from duban.engine.deadlines.plan import working_hours
from duban.engine.definition.pack import load_pack
from duban.engine.figures.compiled import Gauges
from duban.engine.figures.evaluate import Ask, evaluate
from duban.engine.figures.facts import Frame, Struck
from duban.engine.figures.periods import named
from duban.engine.guards.cel import CelGuards
from duban.engine.model.case import HistoryRow
from duban.engine.model.definition import Workflow
from duban.engine.model.figure import FigureValue, Period
from duban.engine.model.pack import Pack

ZONE = ZoneInfo("Asia/Shanghai")
FOLDER = Path(__file__).parents[3] / "workflows" / "civility"
LATER = datetime(2021, 12, 31, tzinfo=UTC)

Happened = tuple[str, str, Mapping[str, Any]]
"""An event, when by the clock on the wall (``12-07 10:00`` of 2020), and the data that it changed."""


@cache
def pack() -> Pack:
    """The pack of the campaign, whose figures are tried."""
    return load_pack(FOLDER, CelGuards(), Registry())


@cache
def gauges() -> Gauges:
    """Its figures, compiled."""
    return Gauges(pack(), CelGuards())


@cache
def hours() -> WorkingHours:
    """Its hours of work: seven hours a day on the official calendar, or as the pack declares."""
    return working_hours(pack().calendar, ZONE)


def at(words: str) -> datetime:
    """A time on the wall of the street, as ``12-07 10:00`` or ``2021-01-04 10:00``."""
    full = words if words.startswith("202") else f"2020-{words}"
    return datetime.fromisoformat(full.replace(" ", "T")).replace(tzinfo=ZONE).astimezone(UTC)


def history(workflow: str, ref: str, happened: Sequence[Happened]) -> list[HistoryRow]:
    """The rows of one case: each event from the state that the one before left."""
    declared = pack().workflows[workflow].workflow
    state: str | None = None
    rows = []
    for seq, (name, when, data) in enumerate(happened, start=1):
        event = declared.events.get(name)
        target = (event.target if event is not None else None) or state
        assert target is not None, f"{name} leaves the case nowhere"
        actor, unit = data.get("_by", ("office-coordination-1", "office-coordination"))
        changes = {key: value for key, value in data.items() if not key.startswith("_")}
        rows.append(
            HistoryRow(
                ref=ref, seq=seq, kind="start" if seq == 1 else "event" if event is not None else "step", event=name,
                from_state=state, to_state=target, actor=actor, post=actor, unit=unit, at=at(when), level=0,
                data=changes, salt="", data_digest="", key=None, request=None, definition=declared.hash, hash="",
            )
        )  # fmt: skip
        state = target
    return rows


def issue(ref: str, *happened: Happened, **data: Any) -> list[HistoryRow]:
    """An issue that is reported with these data; without more, a prominent one of the planning office."""
    first, *rest = happened
    fields = {"title": ref, "category": "litter", "severity": "prominent", "unit": "planning-construction", **data}
    return history("issue", ref, [(first[0], first[1], {**fields, **first[2]}), *rest])


def period(name: str) -> Period:
    """The period of this name in the zone of the street."""
    found = named(name, ZONE)
    assert found is not None
    return found


def figures(
    name: str, cases: Sequence[Sequence[HistoryRow]], when: str = "2020-W50", *, per: str | None = None,
    as_of: datetime = LATER, struck: Mapping[str, Sequence[Struck]] | None = None,
) -> list[FigureValue]:  # fmt: skip
    """The values of a figure over these histories."""
    dimension = pack().figures.dimensions[per] if per is not None else None
    ask = Ask(gauges().gauge(name), Frame(period(when), as_of), dimension)
    return evaluate([ask], streamed(cases), definition, hours(), struck or {})[0]


def figure(name: str, cases: Sequence[Sequence[HistoryRow]], when: str = "2020-W50", **options: Any) -> FigureValue:
    """The value of the whole office."""
    (value,) = figures(name, cases, when, **options)
    return value


def streamed(cases: Sequence[Sequence[HistoryRow]]) -> Iterator[tuple[str, Sequence[HistoryRow]]]:
    for rows in cases:
        yield rows[0].ref, rows


def definition(digest: str) -> Workflow:
    """The workflow of a hash."""
    return next(one.workflow for one in pack().workflows.values() if one.workflow.hash == digest)
