"""What is wanted of each figure, and whether it was reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bench.measuring import Figure


@dataclass(frozen=True, slots=True)
class Aim:
    """One row of the table: how ``upper`` and ``lower`` of a figure are to stand to one another.

    ``share``: seconds of ``upper`` / seconds of ``lower``, at least ``wanted``; so ``duban`` is the ``lower`` and its
    floor the ``upper`` where speed is a share of the floor's. ``most``: the same, at most ``wanted``. ``under``: the
    seconds of ``upper`` alone are at most ``wanted``. ``beyond`` is what is hoped for.
    """

    figure: str
    told: str
    kind: Literal["share", "most", "under"]
    upper: str
    lower: str
    wanted: float
    beyond: float | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """An aim with what was found; ``low`` and ``high`` are the extremes over the rounds."""

    aim: Aim
    found: float
    low: float
    high: float

    @property
    def is_met(self) -> bool:
        """Whether it is what is wanted."""
        return self.found >= self.aim.wanted if self.aim.kind == "share" else self.found <= self.aim.wanted


AIMS: Final = (
    Aim("A.sqlite.1", "a step, SQLite, 1 thread, against sqlite3 by hand", "share", "floor", "duban", 0.6, 0.7),
    Aim("A.sqlite.1", "… against ORM + transitions", "share", "ORM + transitions", "duban", 3.0),
    Aim("A.sqlite.1", "… against DBOS", "share", "DBOS", "duban", 6.0),
    Aim("A.sqlite.threads", "a step, SQLite, 16 threads against our one", "share", "duban, 1", "duban, 16", 2.5),
    Aim("A.postgresql.1", "a step, PostgreSQL, 1 thread, against one statement", "share", "floor", "duban", 0.5, 0.6),
    Aim("A.postgresql.16", "a step, PostgreSQL, 16 threads, the same", "share", "floor", "duban", 0.5, 0.6),
    Aim("B.100000", "a sweep of 10,000 among 100,000, against a batch by hand", "most", "duban", "floor", 2.0),
    Aim("B.1000000", "… among 1,000,000", "most", "duban", "floor", 2.0),
    Aim("B.growth", "a sweep among 1,000,000 against 100,000", "most", "1000000", "100000", 1.7),
    Aim("C.fifty.1000000", "the fifty most overdue of a unit among 1,000,000", "under", "duban", "", 5e-3),
    Aim("C.fifty.1000000", "… against the query by hand", "most", "duban", "floor", 3.0),
    Aim("C.counts.1000000", "counts by state and unit of 1,000,000, by hand", "most", "duban", "floor", 3.0),
    Aim("D", "a decision, guards apart", "under", "duban, with role and version", "", 12e-6),
    Aim("D", "… against bare transitions", "most", "duban, with role and version", "bare transitions", 1.5),
    Aim("F.100000", "one event on 100,000 at once, against batches by hand", "most", "duban", "floor", 6.0),
    Aim("E.help", "duban --help, against bare click", "most", "duban", "bare click", 1.2),
    Aim("E.show", "duban show --json, against click + SQLAlchemy", "most", "duban", "click + SQLAlchemy", 1.2),
)


def judged(figures: Mapping[str, Figure]) -> list[Judged]:
    """Every aim whose figure was taken, with all of its rivals, in the order of the table."""
    found = []
    for aim in AIMS:
        figure = figures.get(aim.figure)
        if figure is None or not {aim.upper, aim.lower or aim.upper} <= figure.rounds.keys():
            continue
        if aim.kind == "under":
            taken = figure.rounds[aim.upper]
            found.append(Judged(aim, figure.seconds(aim.upper), min(taken), max(taken)))
        else:
            found.append(Judged(aim, figure.ratio(aim.upper, aim.lower), *figure.spread(aim.upper, aim.lower)))
    return found
