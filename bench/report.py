"""``python -m bench.report``: makes ``docs/performance.md`` and its chart of the file of results."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import click

from bench.__main__ import RESULTS
from bench.aims import AIMS, Judged, judged
from bench.chart import drawn
from bench.measuring import Figure
from bench.scale import City, measured, worked_out
from bench.table import extremes, found, spoken, wanted

ROOT: Final = Path(__file__).resolve().parents[1]
TEMPLATE: Final = Path(__file__).with_name("page.md")
PAGE: Final = ROOT / "docs" / "performance.md"
SCALE: Final = ROOT / "docs" / "explanation" / "scale.md"
CHART: Final = ROOT / "docs" / "pictures" / "performance.svg"


@click.command()
@click.option("--results", type=click.Path(path_type=Path, exists=True), default=RESULTS, help="What was measured.")
@click.option("--page", type=click.Path(path_type=Path), default=PAGE, help="The page to write.")
@click.option("--chart", type=click.Path(path_type=Path), default=CHART, help="The chart to write.")
def main(results: Path, page: Path, chart: Path) -> None:
    """Write the page on performance, its chart, and the table of the page on a city."""
    kept = json.loads(results.read_text(encoding="utf-8"))
    figures = {key: Figure.of_json(told) for key, told in kept["figures"].items()}
    page.write_text(rendered(kept, figures, TEMPLATE.read_text(encoding="utf-8")), encoding="utf-8")
    drawn(judged(figures), chart)
    lines = table(("what", "comes to"), worked_out(City(), measured(figures)))
    text = SCALE.read_text(encoding="utf-8")
    SCALE.write_text(between(text, "city", lines), encoding="utf-8")


def between(text: str, name: str, lines: str) -> str:
    """A page with these lines between ``<!-- name -->`` and ``<!-- /name -->``."""
    before, begin, rest = text.partition(f"<!-- {name} -->\n")
    _, end, after = rest.partition(f"<!-- /{name} -->")
    return f"{before}{begin}{lines}\n{end}{after}"


def rendered(kept: Mapping[str, Any], figures: Mapping[str, Figure], template: str) -> str:
    """The page: the template with its places filled in."""
    dates = sorted(told["taken_at"] for told in kept["figures"].values())
    places = {
        "machine": _machine(kept["machine"]),
        "dates": f"{dates[0]} to {dates[-1]}" if dates else "never",
        "aims": _aims(figures),
        "missed": _missed(judged(figures)),
        "figures": _figures(one for key, one in figures.items() if key[0] not in "PMW"),
        "profile": _profile(figures.get("P")),
        "memory": _memory(one for key, one in figures.items() if key.startswith("M.")),
    }
    for name, text in places.items():
        template = template.replace(f"<!-- {name} -->", text)
    return template


def table(head: Iterable[str], rows: Iterable[Iterable[str]], right: Iterable[int] = ()) -> str:
    """A table in Markdown; the columns ``right`` are numbers."""
    head, right = list(head), set(right)
    rule = ["---:" if place in right else "---" for place in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))


def _machine(machine: Mapping[str, Any]) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items() if version)
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB; {machine['system']};"
        f" a disk that takes {machine['sync_us']} µs to sync a page of 4 KiB; Python {machine['python']}, SQLite"
        f" {machine['sqlite']}; {packages}."
    )


def _aims(figures: Mapping[str, Figure]) -> str:
    rows = [
        (one.aim.told, wanted(one), found(one), extremes(one), "met" if one.is_met else "**missed**")
        for one in judged(figures)
    ]
    taken = {one.aim for one in judged(figures)}
    rows += [(aim.told, "", "not measured", "", "") for aim in AIMS if aim not in taken]
    return table(("work", "wanted (aim)", "found", "extremes", ""), rows, (1, 2, 3))


def _missed(rows: Iterable[Judged]) -> str:
    missed = [f"- {one.aim.told}: {found(one)}, wanted {wanted(one)}." for one in rows if not one.is_met]
    return "\n".join(missed) or "None."


def _figures(figures: Iterable[Figure]) -> str:
    rows = []
    for figure in figures:
        first = next(iter(figure.rounds))
        for rival in figure.rounds:
            told = f"{figure.key}: {figure.told}" if rival == first else ""
            rows.append((told, rival, spoken(figure.seconds(rival)), f"{figure.ratio(rival, first):.2f}"))
    return table(("work", "rival", "one took", "× first"), rows, (2, 3))


def _profile(figure: Figure | None) -> str:
    if figure is None:
        return "Not measured."
    parts = sorted(((figure.seconds(name), name) for name in figure.rounds), reverse=True)
    total = sum(seconds for seconds, _ in parts)
    rows = [(name, spoken(seconds), f"{100 * seconds / total:.0f} %") for seconds, name in parts if seconds]
    return table(("part", "takes", "share"), [*rows, ("all", spoken(total), "100 %")], (1, 2))


def _memory(figures: Iterable[Figure]) -> str:
    rows = [(figure.told, f"{figure.facts['peak_mib']} MiB") for figure in figures]
    return table(("work", "most memory"), rows, (1,)) if rows else "Not measured."


if __name__ == "__main__":
    main()
