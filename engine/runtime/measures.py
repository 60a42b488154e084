"""What an actor is told in figures: declared figures and scores over the cases that the actor can see."""

from datetime import datetime
from typing import TYPE_CHECKING

from duban.engine.runtime.given import require_instants, require_texts, require_texts_or_none
from duban.engine.runtime.reads import Reads

if TYPE_CHECKING:
    from duban.engine.model.figure import FigureValue, Period, ScoreValue
    from duban.engine.runtime.telling import Telling


class Measures(Reads):
    """The verbs of figures and scores."""

    def figure(
        self, name: str, *, by: str, period: "Period | str | None" = None, per: str | None = None,
        unit: str | None = None, as_of: datetime | None = None,
    ) -> "list[FigureValue]":  # fmt: skip
        """A declared figure over the cases that the actor can see and that everybody may know of.

        Of the whole office, of every subject of the dimension ``per``, or of the one subject ``unit``. ``period`` is
        one, its name (``2020-W50``, ``2020-Q4``), or this week. ``as_of`` (aware) tells what was told at that moment.

        Raises:
            UnknownActor, UnknownFigure, UnknownSubject.
            UsageError: there is no such period or dimension; ``as_of`` has no zone.
        """
        require_texts(name=name)
        require_texts_or_none(per=per, unit=unit)
        require_instants(as_of=as_of)
        from duban.engine.runtime.figures import evaluated, named_subject, period_of

        def read(telling: "Telling") -> "list[FigureValue]":
            world, known_at = self._world, as_of or self._world.clock.now()
            chosen = period_of(world, period, known_at)
            dimension = per if unit is None else named_subject(world, unit, per, name)
            found = evaluated(telling.reader, world, telling.scope, name, chosen, dimension, known_at)
            return found if unit is None else [value for value in found if value.subject == unit]

        return self._told(by, "figure", read)

    def scores(
        self, name: str, *, by: str, period: "Period | str | None" = None, as_of: datetime | None = None
    ) -> "list[ScoreValue]":
        """A declared score of every subject of its dimension, by rank; those without a case come last, without one.

        Raises:
            UnknownActor, UnknownScore. UsageError: there is no such period; ``as_of`` has no zone.
        """
        require_texts(name=name)
        require_instants(as_of=as_of)
        from duban.engine.runtime.figures import period_of, scored_by

        def read(telling: "Telling") -> "list[ScoreValue]":
            world, known_at = self._world, as_of or self._world.clock.now()
            chosen = period_of(world, period, known_at)
            return scored_by(telling.reader, world, telling.scope, name, chosen, known_at)

        return self._told(by, "scores", read)
