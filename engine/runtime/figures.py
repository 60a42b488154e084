"""Reads what figures are worked out from: histories within a scope, and the appeals that restate.

Only cases that everybody may know of are counted, whoever asks: a figure is passed on, printed and signed. So two
readers who see all are told the same number, and a confidential case moves none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from duban.engine.errors import UnknownFigure, UnknownScore, UnknownSubject, UsageError
from duban.engine.figures.evaluate import Ask, evaluate
from duban.engine.figures.facts import Frame, Struck, Wanted, cut, facts
from duban.engine.figures.periods import EXAMPLES, named, of_instant
from duban.engine.figures.scores import scored
from duban.engine.model.case import HistoryRow
from duban.engine.model.figure import Dimension, FigureValue, Period, Restatement, ScoreValue
from duban.engine.model.frozen import frozen
from duban.engine.model.hint import hint
from duban.engine.model.scope import Scope
from duban.engine.ports.chronicle import Chronicle
from duban.engine.ports.guards import GuardFault
from duban.engine.ports.store import Reader
from duban.engine.runtime.world import World

_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


@frozen
class Wish:
    """A figure by name, in a period, per a dimension or of the whole office (None)."""

    figure: str
    period: Period
    per: str | None = None


def evaluated(
    reader: Reader, world: World, scope: Scope, figure: str, period: Period, per: str | None = None,
    as_of: datetime | None = None,
) -> list[FigureValue]:  # fmt: skip
    """A figure in a period: one value, or one for every subject of the dimension ``per`` in order.

    Where cases belong to none of the subjects, one more value without a subject comes last.

    Raises:
        UnknownFigure, UsageError: no such dimension, or a period that has not begun.
    """
    return evaluated_all(reader, world, scope, [Wish(figure, period, per)], as_of)[0]


def evaluated_all(
    reader: Reader, world: World, scope: Scope, wishes: Sequence[Wish], as_of: datetime | None = None,
    chronicle: Chronicle | None = None,
) -> list[list[FigureValue]]:  # fmt: skip
    """Several figures at once, in order: the history of each workflow is read once. Raises as ``evaluated``.

    ``chronicle`` is where histories are read, if not from the reader.
    """
    known_at = as_of or world.clock.now()
    public = _public(scope)
    asks = [_ask(world, wish, known_at) for wish in wishes]
    source = chronicle or reader
    struck = _struck(reader, source, world, public, known_at)
    found: dict[int, list[FigureValue]] = {}
    for workflow in dict.fromkeys(ask.gauge.figure.of for ask in asks):
        indices = [index for index, ask in enumerate(asks) if ask.gauge.figure.of == workflow]
        values = evaluate(
            [asks[index] for index in indices],
            _stream(source, workflow, public),
            lambda digest: world.definitions.pinned(digest, reader).workflow,
            world.hours,
            struck.get(workflow, {}),
        )
        found.update(zip(indices, values, strict=True))
    return [found[index] for index in range(len(asks))]


def scored_by(
    reader: Reader, world: World, scope: Scope, name: str, period: Period, as_of: datetime | None = None,
    chronicle: Chronicle | None = None,
) -> list[ScoreValue]:  # fmt: skip
    """The scores of every subject of the score's dimension in a period, by rank.

    Raises:
        UnknownScore, UsageError: a period that has not begun.
    """
    declared = world.pack.figures
    score = declared.scores.get(name)
    if score is None:
        raise UnknownScore(score=name, hint=hint(name, declared.scores))
    wishes = [Wish(figure, period, score.dimension) for figure, _ in score.parts]
    found = evaluated_all(reader, world, scope, wishes, as_of, chronicle)
    values = {wish.figure: value for wish, value in zip(wishes, found, strict=True)}
    return scored(score, declared.figures, values, list(declared.dimensions[score.dimension].subjects))


def period_of(world: World, period: Period | str | None, as_of: datetime) -> Period:
    """The period that is meant: one, its name, or the week of ``as_of``.

    Raises:
        UsageError: no period is called so.
    """
    if isinstance(period, Period):
        return period
    zone = world.hours.zone
    if period is None:
        return of_instant("week", as_of, zone)
    found = named(period, zone) if isinstance(period, str) else None
    if found is None:
        told = period if isinstance(period, str) else repr(period)[:60]
        raise UsageError("period", found=told, examples=list(EXAMPLES.values()))
    return found


def named_subject(world: World, subject: str, per: str | None, figure: str) -> str:
    """The dimension that has this subject: ``per``, else the first in which the figure can be told.

    Raises:
        UnknownSubject, UsageError: no such dimension.
    """
    dimensions = world.pack.figures.dimensions
    chosen = list(dimensions.values()) if per is None else [_dimension(world, per)]
    fitting = [one for one in chosen if subject in one.subjects]
    told = world.pack.figures.figures.get(figure)
    if told is not None:
        fitting.sort(key=lambda one: not (told.of in one.fields or one.name in told.subjects))
    if not fitting:
        known = dict.fromkeys(name for one in chosen for name in one.subjects)
        raise UnknownSubject(subject=subject, hint=hint(subject, known))
    return fitting[0].name


def _ask(world: World, wish: Wish, as_of: datetime) -> Ask:
    declared = world.pack.figures
    if wish.figure not in declared.figures:
        raise UnknownFigure(figure=wish.figure, hint=hint(wish.figure, declared.figures))
    if as_of < wish.period.start:
        raise UsageError("period-ahead", period=wish.period.name, as_of=as_of.isoformat(timespec="minutes"))
    dimension = _dimension(world, wish.per) if wish.per is not None else None
    return Ask(world.gauges.gauge(wish.figure), Frame(wish.period, as_of), dimension)


def _dimension(world: World, name: str) -> Dimension:
    dimensions = world.pack.figures.dimensions
    if name not in dimensions:
        raise UsageError("dimension", found=name, known=list(dimensions) or None, hint=hint(name, dimensions))
    return dimensions[name]


def _public(scope: Scope) -> Scope:
    """The scope without what only some roles may know."""
    return replace(scope, roles=frozenset(), everything=False, sees="all" if scope.everything else scope.sees)


def _stream(source: Chronicle, workflow: str, scope: Scope) -> Iterator[tuple[str, list[HistoryRow]]]:
    for case, rows in source.histories(workflow, scope):
        yield case.ref, rows


def _struck(
    reader: Reader, source: Chronicle, world: World, scope: Scope, as_of: datetime
) -> dict[str, dict[str, list[Struck]]]:
    """What appeals take out of the figures as of then, by the workflow of the case and its reference."""
    found: dict[str, dict[str, list[Struck]]] = {}
    for restatement in world.pack.figures.restatements:
        condition = world.gauges.condition(restatement.when, restatement.workflow)
        own = frozenset({f"data.{restatement.case}", f"data.{restatement.fact}"})
        wanted = Wanted(condition.names | own)
        frame = Frame(Period("span", "", _EVER, datetime.max.replace(tzinfo=UTC)), as_of)
        for _, rows in source.histories(restatement.workflow, scope):
            known = cut(rows, frame)
            if not known:
                continue
            workflow = world.definitions.pinned(known[0].definition, reader).workflow
            values = facts(known, workflow, frame, wanted, world.hours)
            try:
                holds = condition.value(values) is True
            except GuardFault:
                holds = False
            if holds:
                _strike(found, restatement, values, known[0])
    return found


def _strike(
    found: dict[str, dict[str, list[Struck]]], restatement: Restatement, values: Mapping[str, object], first: HistoryRow
) -> None:
    ref, fact = values.get(f"data.{restatement.case}"), values.get(f"data.{restatement.fact}")
    strike = restatement.strikes.get(str(fact))
    if strike is not None and ref is not None:
        found.setdefault(strike.of, {}).setdefault(str(ref), []).append(Struck(first.ref, first.at, strike))
