"""The columns of the table: what each is called, and where each stands in a table that somebody made."""

from collections.abc import Mapping
from itertools import islice
from typing import Final

from duban.assessment.faults import Fault, fault
from duban.assessment.vocabulary import LEVELS, known_as
from duban.engine.messages import text
from duban.engine.model.frozen import frozen
from duban.engine.model.hint import hint
from duban.engine.model.label import Label
from duban.importing.cells import CellTable, Line
from duban.importing.errors import BrokenTable

COUNTS: Final = {f"{level}s": level for level in LEVELS}
"""The columns in which a row tells how many of each level lie below it, with that level."""

COLUMNS: Final = (
    "level", "code", "parent", "title", "standard", "link", "unit", "community", "place", *COUNTS,
)  # fmt: skip
NEEDED: Final = ("level", "code", "parent", "title", "link", "unit", "community", *COUNTS)
HEADER_WITHIN: Final = 10
"""Rows in which the header is looked for: a title and a remark may stand above it."""


@frozen
class Header:
    """Where the columns stand: the row of the header, and the place of each column (from 0) by its name."""

    line: int
    places: Mapping[str, int]
    passed_over: tuple[str, ...]

    def place(self, column: str) -> int:
        """The place of a column; of one that the table does not have, the first."""
        return self.places.get(column, 0)


def labels() -> dict[str, Label]:
    """What each column is called."""
    return {name: Label(*(text(f"assessment-column.{name}", lang) for lang in ("en", "zh"))) for name in COLUMNS}


def header_of(table: CellTable) -> tuple[Header, list[Fault]]:
    """The header of a table, and what is wrong with it.

    Raises:
        BrokenTable: none of the first rows is one.
    """
    names = labels()
    best: tuple[int, Line, dict[str, int]] | None = None
    for line in islice(table.lines(), HEADER_WITHIN):
        found: dict[str, int] = {}
        for place, cell in enumerate(line.cells):
            name = known_as(names, cell.text) if cell.text else None
            if name is not None:
                found.setdefault(name, place)
        if best is None or len(found) > best[0]:
            best = (len(found), line, found)
    if best is None or "level" not in best[2] or "code" not in best[2]:
        raise BrokenTable("no-header", table.name, columns=[names[name] for name in NEEDED])
    _, line, places = best
    others = [cell.text for place, cell in enumerate(line.cells) if cell.text and place not in places.values()]
    faults = [
        fault(line.number, len(line.cells), "no-column", name=names[name], hint=_offer(names[name], others))
        for name in NEEDED
        if name not in places
    ]
    for place, cell in enumerate(line.cells):
        name = known_as(names, cell.text) if cell.text else None
        if name is not None and places[name] != place:
            faults.append(fault(line.number, place, "column-twice", name=names[name]))
    return Header(line.number, places, tuple(others)), faults


def _offer(wanted: Label, others: list[str]) -> Label:
    """A column of the table that may be the missing one, misspelt."""
    en, zh = hint(wanted.en, others), hint(wanted.zh, others)
    return en if "`" in en.en else zh
