"""Interleaved rounds: every rival does its work once in each round, so that a busy machine hits all of them alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Self

Work = Callable[[], float]
"""Does one round of a rival's work; how many seconds one unit of it took."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What one kind of work took: ``rounds`` has the seconds of one unit, by rival, round by round.

    ``key`` names it among the figures, such as ``A.sqlite.1``; ``told`` says in words what was done.
    """

    key: str
    told: str
    rounds: Mapping[str, list[float]]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def seconds(self, rival: str) -> float:
        """The median over the rounds, in seconds."""
        return median(self.rounds[rival])

    def ratio(self, upper: str, lower: str) -> float:
        """How many times as long ``upper`` took as ``lower``: the median of the ratios of each round."""
        return median(a / b if b else 0.0 for a, b in zip(self.rounds[upper], self.rounds[lower], strict=True))

    def spread(self, upper: str, lower: str) -> tuple[float, float]:
        """The smallest and the largest of the ratios of each round."""
        ratios = [a / b for a, b in zip(self.rounds[upper], self.rounds[lower], strict=True)]
        return min(ratios), max(ratios)

    def as_json(self) -> dict[str, Any]:
        """As it stands in the file of results."""
        rounds = {rival: [round(one, 9) for one in taken] for rival, taken in self.rounds.items()}
        return {"key": self.key, "told": self.told, "rounds": rounds, "facts": dict(self.facts)}

    @classmethod
    def of_json(cls, found: Mapping[str, Any]) -> Self:
        """What ``as_json`` wrote."""
        return cls(found["key"], found["told"], found["rounds"], found["facts"])


def interleaved(rivals: Mapping[str, Work], rounds: int, *, warm: int | None = None) -> dict[str, list[float]]:
    """The seconds of one unit, by rival, round by round; ``warm`` rounds before them are thrown away (one).

    Each round begins with another rival, so that none always comes after the same one.
    """
    warm = min(1, rounds - 1) if warm is None else warm
    names = list(rivals)
    taken: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(warm + rounds):
        first = turn % len(names)
        for name in [*names[first:], *names[:first]]:
            seconds = rivals[name]()
            if turn >= warm:
                taken[name].append(seconds)
    return taken
