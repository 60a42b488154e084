"""``python -m bench.scale``: a city of 20 million cases a year, worked out on paper from what was measured.

A day is walked through in minutes: steps arrive by the hour of the day, and the store takes so many of them a second.
What comes out is how large everything gets and where it is tight.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from bench.__main__ import RESULTS
from bench.measuring import Figure

HOURS: Final = (1, 1, 1, 1, 1, 1, 2, 4, 9, 11, 11, 9, 5, 5, 9, 10, 9, 8, 5, 4, 3, 2, 2, 1)
"""How the steps of a day lie over its hours, in parts: the mornings of offices, a pause at noon, a hotline at night."""


@dataclass(frozen=True, slots=True)
class City:
    """What is assumed of the city. ``peak`` is the busiest day of the year as a multiple of the average working day."""

    cases: int = 20_000_000
    working_days: int = 250
    events: int = 8
    overdue_share: float = 0.05
    rungs: float = 2.0
    peak: float = 2.5
    years: int = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured: bytes of a case with its rows; seconds of a step of one client, of a sweep's step, of a check
    of a case, of a case in the counts by state and unit.

    ``parallel`` is how many times the steps of one client the store takes with many.
    """

    bytes_per_case: float = 4_500
    step: float = 0.002
    parallel: float = 4.0
    sweep_step: float = 0.0005
    check: float = 0.0008
    count: float = 0.0000004


def measured(figures: Mapping[str, Figure]) -> Measured:
    """What the file of results holds; what it does not hold stays as assumed."""
    plain, found = Measured(), dict[str, float]()
    one, many = figures.get("A.postgresql.1"), figures.get("A.postgresql.16")
    if one is not None and many is not None:
        found |= {"step": one.seconds("duban"), "parallel": one.seconds("duban") / many.seconds("duban")}
    sweeps = sorted((key for key in figures if key.startswith("B.") and key != "B.growth"), key=_size)
    if sweeps:
        found["sweep_step"] = figures[sweeps[-1]].seconds("duban")
    counts = sorted((key for key in figures if key.startswith("C.counts.")), key=_size)
    if counts:
        found["count"] = figures[counts[-1]].seconds("duban") / _size(counts[-1])
    checks = sorted((key for key in figures if key.startswith("M.verify.")), key=_size)
    if checks:
        figure = figures[checks[-1]]
        found |= {"check": figure.seconds("duban") / _size(checks[-1])}
        found |= {"bytes_per_case": figure.facts.get("bytes_per_case", plain.bytes_per_case)}
    return Measured(**{**{name: getattr(plain, name) for name in Measured.__slots__}, **found})


def day(city: City, capacity: float, factor: float = 1.0) -> tuple[float, float]:
    """The most steps a second of a day, and the longest that a step waits, in seconds, at so many steps a second.

    Each minute's steps come evenly; what is not taken in it waits for the next ones.
    """
    steps = city.cases * city.events * factor / city.working_days
    parts, most, waiting, longest = sum(HOURS), 0.0, 0.0, 0.0
    for part in HOURS:
        rate = steps * part / parts / 3600
        most = max(most, rate)
        for _minute in range(60):
            waiting = max(0.0, waiting + (rate - capacity) * 60)
            longest = max(longest, waiting / capacity)
    return most, longest


def worked_out(city: City, one: Measured) -> list[tuple[str, str]]:
    """What the city comes to, line by line."""
    capacity = one.parallel / one.step
    usual, _ = day(city, capacity)
    peak, wait = day(city, capacity, city.peak)
    climbed = city.cases * city.overdue_share * city.rungs / city.working_days
    year = city.cases * one.bytes_per_case
    check = city.cases * city.years * one.check
    return [
        ("cases kept", f"{city.cases * city.years / 1e6:,.0f} million in {city.years} years"),
        ("history rows kept", f"{city.cases * city.years * city.events / 1e6:,.0f} million"),
        ("a case with its rows and indexes", f"{one.bytes_per_case / 1000:.1f} kB"),
        ("storage", f"{year / 1e9:,.0f} GB a year, {year * city.years / 1e12:.1f} TB in {city.years} years"),
        ("steps a second, busiest hour of a usual day", f"{usual:,.0f}"),
        ("steps a second, busiest hour of the busiest day", f"{peak:,.0f}"),
        ("steps a second that one primary takes", f"{capacity:,.0f}"),
        ("longest wait of a step on the busiest day", _span(wait)),
        ("ladder steps a day", f"{climbed:,.0f}, which one scheduler climbs in {_span(climbed * one.sweep_step)}"),
        ("counts by state and unit of everything", _span(city.cases * city.years * one.count)),
        ("a check of everything, one process", _span(check)),
        ("a checkpoint of all heads", f"{city.cases * city.years * 90 / 1e9:,.1f} GB of lines"),
    ]


def _size(key: str) -> int:
    return int(key.rpartition(".")[2])


def _span(seconds: float) -> str:
    for unit, scale in (("days", 86_400.0), ("hours", 3_600.0), ("minutes", 60.0)):
        if seconds >= scale:
            return f"{seconds / scale:.1f} {unit}"
    return f"{seconds:.1f} s" if seconds else "none"


@click.command()
@click.option("--cases", default=20_000_000, show_default=True, help="Cases a year.")
@click.option("--results", type=click.Path(path_type=Path), default=RESULTS, help="What was measured.")
def main(cases: int, results: Path) -> None:
    """Work out what a city would come to."""
    kept: dict[str, Any] = json.loads(results.read_text(encoding="utf-8")) if results.exists() else {"figures": {}}
    figures = {key: Figure.of_json(told) for key, told in kept["figures"].items()}
    lines: Sequence[tuple[str, str]] = worked_out(City(cases=cases), measured(figures))
    for name, value in lines:
        click.echo(f"| {name} | {value} |")


if __name__ == "__main__":
    main()
