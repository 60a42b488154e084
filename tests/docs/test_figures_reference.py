"""The reference of figures tells every figure and score of the pack as it is declared, and every name that is read."""

from pathlib import Path

from tests.docs.pages import ROOT

from duban.actions.registry import Registry
from duban.engine.definition.pack import load_pack
from duban.engine.guards.cel import CelGuards
from duban.engine.guards.figure_variables import figure_variables

PAGE = ROOT / "docs" / "reference" / "figures.md"
PACK = ROOT / "workflows" / "civility"


def page() -> list[str]:
    return PAGE.read_text(encoding="utf-8").splitlines()


def test_every_figure_and_score_of_the_pack_stands_there_as_declared() -> None:
    declared = load_pack(Path(PACK), CelGuards(), Registry()).figures
    rows = [
        f"| `{name}` | {one.label.en} {one.label.zh} | `{one.of}` | {one.formula.en} |"
        for name, one in declared.figures.items()
    ]
    for name, score in declared.scores.items():
        parts = ", ".join(f"`{part}` {weight}" for part, weight in score.parts)
        rows.append(f"| `{name}` | {score.dimension} | {parts} |")
    assert [row for row in rows if row not in page()] == []


def test_every_name_that_an_expression_reads_is_told() -> None:
    workflow = load_pack(Path(PACK), CelGuards(), Registry()).workflows["issue"].workflow
    told = "\n".join(line for line in page() if line.startswith("| `"))
    names = {name.partition(".")[0] for name in figure_variables(workflow)} - {"last"}
    assert [name for name in sorted(names) if f"`{name}" not in told] == []
