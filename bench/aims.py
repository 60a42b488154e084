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
    seconds of ``upper`` alone are at most ``wanted``. ``memory``: the figure's most memory is at most ``wanted`` MiB.
    ``beyond`` is what is hoped for.
    """

    figure: str
    told: str
    kind: Literal["share", "most", "under", "memory"]
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


def _share(figure: str, told: str, upper: str, wanted: float, beyond: float | None = None) -> Aim:
    return Aim(figure, told, "share", upper, "duban", wanted, beyond)


def _most(figure: str, told: str, lower: str, wanted: float, upper: str = "duban") -> Aim:
    return Aim(figure, told, "most", upper, lower, wanted)


AIMS: Final = (
    _share("A.sqlite.1", "a step, SQLite, 1 thread, against sqlite3 by hand", "floor", 0.6, 0.7),
    _share("A.sqlite.1", "a step, SQLite, 1 thread, against ORM + transitions", "ORM + transitions", 3.0),
    _share("A.sqlite.1", "a step, SQLite, 1 thread, against DBOS", "DBOS", 6.0),
    Aim("A.sqlite.threads", "a step, SQLite, 16 threads, against our one", "share", "duban, 1", "duban, 16", 2.5),
    _share("A.postgresql.1", "a step, PostgreSQL, 1 thread, against one statement", "floor", 0.5, 0.6),
    _share("A.postgresql.16", "a step, PostgreSQL, 16 threads, against one statement", "floor", 0.5, 0.6),
    _most("B.100000", "a sweep among 100,000, against batches by hand", "floor", 2.0),
    _most("B.1000000", "a sweep among 1,000,000, against batches by hand", "floor", 2.0),
    _most("B.growth", "a sweep among 1,000,000, against one among 100,000", "100000", 1.7, upper="1000000"),
    Aim("C.fifty.1000000", "the fifty most overdue of a unit among 1,000,000", "under", "duban", "", 5e-3),
    _most("C.fifty.1000000", "the fifty most overdue, against the query by hand", "floor", 3.0),
    _most("C.counts.1000000", "counts of 1,000,000, against the query by hand", "floor", 3.0),
    Aim("D", "a decision, guards apart", "under", "duban, with role and version", "", 12e-6),
    _most("D", "a decision, against bare transitions", "bare transitions", 1.5, upper="duban, with role and version"),
    _most("E.help", "duban --help, against bare click", "bare click", 1.2),
    _most("E.show", "duban show --json, against click + SQLAlchemy", "click + SQLAlchemy", 1.2),
    _most("F.100000", "one event on 100,000 at once, against batches by hand", "floor", 6.0),
    *(
        Aim(f"M.{work}.1000000", f"memory: {told} of 1,000,000", "memory", "duban", "", 400)
        for work, told in {
            "sweep": "the sweep", "verify": "the check", "checkpoint": "the checkpoint", "backup": "the backup",
            "import": "the import",
        }.items()
    ),
)  # fmt: skip


def judged(figures: Mapping[str, Figure]) -> list[Judged]:
    """Every aim whose figure was taken, with all of its rivals, in the order of the table."""
    found = []
    for aim in AIMS:
        figure = figures.get(aim.figure)
        if figure is not None and {aim.upper, aim.lower or aim.upper} <= figure.rounds.keys():
            found.append(_judged(aim, figure))
    return found


def _judged(aim: Aim, figure: Figure) -> Judged:
    if aim.kind == "memory":
        peak = float(figure.facts["peak_mib"])
        return Judged(aim, peak, peak, peak)
    if aim.kind == "under":
        taken = figure.rounds[aim.upper]
        return Judged(aim, figure.seconds(aim.upper), min(taken), max(taken))
    return Judged(aim, figure.ratio(aim.upper, aim.lower), *figure.spread(aim.upper, aim.lower))
