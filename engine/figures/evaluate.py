"""Works figures out over a stream of cases: which count, which hold, what is measured. Pure and exact."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from duban.engine.deadlines.hours import WorkingHours
from duban.engine.figures.facts import Frame, Struck, Wanted, cut, facts
from duban.engine.model.case import HistoryRow
from duban.engine.model.definition import Workflow
from duban.engine.model.figure import Dimension, Figure, FigureValue
from duban.engine.model.frozen import frozen
from duban.engine.ports.guards import Condition, GuardFault


@frozen
class Gauge:
    """A figure with its compiled expressions."""

    figure: Figure
    counts: Condition
    holds: Condition | None
    value: Condition | None
    subjects: Mapping[str, Condition]

    def names(self, dimension: Dimension | None) -> frozenset[str]:
        """The variables that are read when it is told per this dimension."""
        read = self.counts.names
        for condition in (self.holds, self.value, self.subjects.get(dimension.name) if dimension else None):
            read |= condition.names if condition is not None else frozenset()
        own = None if dimension is None or dimension.name in self.subjects else field_of(dimension, self.figure.of)
        return read | {f"data.{own}"} if own is not None else read


@frozen
class Ask:
    """A figure that is wanted: in which frame, and per which dimension."""

    gauge: Gauge
    frame: Frame
    dimension: Dimension | None = None


@frozen
class _Found:
    """What a case comes to for one ask: its subject, whether it holds, what is measured."""

    subject: str | None
    holds: bool
    value: int | None


@dataclass(slots=True)
class _Tally:
    """The cases of one subject: as they are told now, and as they were before appeals."""

    now: list[tuple[str, _Found]] = field(default_factory=list)
    before: list[tuple[str, _Found]] = field(default_factory=list)
    appeals: set[str] = field(default_factory=set)


def field_of(dimension: Dimension, workflow: str) -> str | None:
    """The field of this workflow's cases that holds the subject; None where none does."""
    return dimension.fields.get(workflow, dimension.fields.get("*"))


def evaluate(
    asks: Sequence[Ask],
    stream: Iterable[tuple[str, Sequence[HistoryRow]]],
    definition: Callable[[str], Workflow],
    hours: WorkingHours,
    struck: Mapping[str, Sequence[Struck]],
) -> list[list[FigureValue]]:
    """The values of every ask, in order, over ``stream``: each case of their workflow once, with its rows in order.

    ``definition`` gives the workflow of a hash, ``struck`` what appeals take out, by reference. Without a dimension
    there is one value; with one there is a value for each subject in order, and one more, without a subject, for cases
    that belong to none, if there is any.
    """
    frames: dict[Frame, list[int]] = {}
    for index, ask in enumerate(asks):
        frames.setdefault(ask.frame, []).append(index)
    wanted = {
        frame: Wanted(frozenset().union(*(asks[index].gauge.names(asks[index].dimension) for index in indices)))
        for frame, indices in frames.items()
    }
    tallies: list[dict[str | None, _Tally]] = [{} for _ in asks]
    for ref, rows in stream:
        strikes = struck.get(ref, ())
        for frame, indices in frames.items():
            known = cut(rows, frame)
            if not known:
                continue
            workflow = definition(known[0].definition)
            plain = facts(known, workflow, frame, wanted[frame], hours)
            now = facts(known, workflow, frame, wanted[frame], hours, strikes) if strikes else plain
            for index in indices:
                _note(tallies[index], ref, asks[index], plain, now, strikes)
    return [_told(ask, found) for ask, found in zip(asks, tallies, strict=True)]


def _note(
    tallies: dict[str | None, _Tally], ref: str, ask: Ask, plain: Mapping[str, Any], now: Mapping[str, Any],
    strikes: Sequence[Struck],
) -> None:  # fmt: skip
    before = _found(ask, plain)
    after = before if now is plain else _found(ask, now)
    for found, kind in ((before, "before"), (after, "now")):
        if found is not None:
            getattr(tallies.setdefault(found.subject, _Tally()), kind).append((ref, found))
    if before != after:
        for found in (before, after):
            if found is not None:
                tallies[found.subject].appeals.update(one.appeal for one in strikes)


def _found(ask: Ask, values: Mapping[str, Any]) -> _Found | None:
    gauge = ask.gauge
    if not _true(gauge.counts, values):
        return None
    measured: Any = None
    if gauge.value is not None:
        measured = _value(gauge.value, values)
        if not isinstance(measured, int) or isinstance(measured, bool):
            return None  # what cannot be measured does not count
    return _Found(_subject(ask, values), gauge.holds is None or _true(gauge.holds, values), measured)


def _subject(ask: Ask, values: Mapping[str, Any]) -> str | None:
    dimension = ask.dimension
    if dimension is None:
        return None
    told = ask.gauge.subjects.get(dimension.name)
    own = field_of(dimension, ask.gauge.figure.of)
    named = _value(told, values) if told is not None else values.get(f"data.{own}") if own is not None else None
    if named in dimension.subjects:
        return str(named)
    return dimension.parents.get(str(named))


def _true(condition: Condition, values: Mapping[str, Any]) -> bool:
    """As with guards, anything but true is not true: also what cannot be evaluated."""
    return _value(condition, values) is True


def _value(condition: Condition, values: Mapping[str, Any]) -> Any:
    try:
        return condition.value(values)
    except GuardFault:
        return None


def _told(ask: Ask, tallies: Mapping[str | None, _Tally]) -> list[FigureValue]:
    subjects: list[str | None] = [None]
    if ask.dimension is not None:
        subjects = [*ask.dimension.subjects, *([None] if None in tallies else [])]
    values = []
    for subject in subjects:
        tally = tallies.get(subject, _Tally())
        before = _counted(ask, subject, tally.before) if tally.appeals else None
        values.append(_counted(ask, subject, tally.now, before, tuple(sorted(tally.appeals))))
    return values


def _counted(
    ask: Ask, subject: str | None, found: list[tuple[str, _Found]], before: FigureValue | None = None,
    appeals: tuple[str, ...] = (),
) -> FigureValue:  # fmt: skip
    figure, n = ask.gauge.figure, len(found)
    cases = tuple(sorted(ref for ref, _ in found))
    holding = tuple(sorted(ref for ref, one in found if one.holds))
    measured = sorted(one.value for _, one in found if one.value is not None)
    numerator = denominator = value = None
    if figure.measure == "share":
        numerator, denominator = len(holding), n
    elif figure.measure == "count":
        numerator = n
    elif figure.measure == "quantile" and n:
        value = measured[-(-(figure.quantile or 0) * n // 100) - 1]
    elif n:
        value = round(Fraction(sum(measured), n))
    dimension = ask.dimension.name if ask.dimension is not None else None
    return FigureValue(
        figure.name,
        figure.version,
        dimension,
        subject,
        n,
        numerator,
        denominator,
        value,
        cases,
        holding,
        before,
        appeals,
    )
