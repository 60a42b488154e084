"""Checks a table of the assessment: its hierarchy, and its own totals, at every level and under every item.

Pure: it reads cells and tells a :class:`Hierarchy`, or everything that is wrong, each with its row and column.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from duban.assessment.columns import COLUMNS, COUNTS, header_of, labels
from duban.assessment.faults import MOST, Fault, RefusedTable, fault
from duban.assessment.hierarchy import Hierarchy, Item
from duban.assessment.reading import RowReader
from duban.assessment.vocabulary import LEVELS, Vocabulary
from duban.engine.model.label import Label
from duban.importing.cells import CellTable

TOTAL: Final = "total"
ABOVE: Final[Mapping[str, str | None]] = {
    "major": None, "sub": "major", "minor": "sub", "indicator": "minor", "point": "indicator",
}  # fmt: skip
"""The level of an item's parent."""

_OWN: Final[Mapping[str, frozenset[str]]] = {
    "indicator": frozenset({"standard", "link", "unit"}),
    "point": frozenset({"community", "place"}),
    "household": frozenset({"community", "households"}),
    TOTAL: frozenset(COUNTS),
}
"""The columns that only some levels fill, beside code, parent and title."""


@dataclass(slots=True)
class _Draft:
    """A row that has its place, and the counts that it tells."""

    item: Item
    counts: dict[str, int]
    row: RowReader


class _Checker:
    def __init__(self, table: CellTable, words: Vocabulary) -> None:
        self._table = table
        self._words = words
        self._labels = labels()
        self._levels = {**words.levels, TOTAL: Label("total", "合计")}
        self._header, self.faults = header_of(table)
        self._drafts: dict[str, _Draft] = {}
        self._numbers: Counter[str] = Counter()
        self._households: dict[str, int] = {}
        self._total: _Draft | None = None
        self._misplaced = False

    def hierarchy(self) -> Hierarchy | None:
        for merged in self._table.merged():
            if merged.last > self._header.line:
                self.faults.append(fault(merged.line, merged.column, "merged", found=merged.name))
        for line in self._table.lines():
            if line.number > self._header.line:
                self._row(RowReader(line, self._header, self.faults, self._labels))
        self._parents()
        if self._total is None:
            self.faults.append(fault(self._header.line, self._header.place("level"), "no-total-row"))
            return None
        if self._misplaced:
            self._total.row.told("level", "totals-later")
            return None
        self._totals(self._total)
        items = {level: tuple(one.item for one in self._drafts.values() if one.item.level == level) for level in ABOVE}
        counts = {level: len(items.get(level, ())) for level in LEVELS} | {"household": sum(self._households.values())}
        return Hierarchy(self._total.item.code, self._total.item.title, items, self._households, counts)

    def _row(self, row: RowReader) -> None:
        level = row.named("level", self._levels)
        if level is None:
            self._misplaced = True
            return
        for column in COLUMNS:
            if self._has_no_use(level, column):
                row.empty(column)
        if level == "household":
            self._household(row)
            return
        code, title = row.code("code"), row.words("title", needed=True)
        parent = row.code("parent") if ABOVE.get(level) else None
        if code is None or (parent is None and ABOVE.get(level)):
            self._misplaced = True
            return
        self._numbers[level] += 1
        item = Item(level, code, title or "", parent, self._numbers[level], row.line.number)
        counts = {column: row.count(column, needed=level == TOTAL) for column in COUNTS if column in _counted(level)}
        draft = _Draft(self._detailed(item, row), {name: n for name, n in counts.items() if n is not None}, row)
        earlier = self._total if level == TOTAL else self._drafts.get(code)
        if earlier is not None:
            row.told("level" if level == TOTAL else "code", "twice", found=code, line=earlier.row.line.number)
            self._misplaced = True
        elif level == TOTAL:
            self._total = draft
        else:
            self._drafts[code] = draft

    def _detailed(self, item: Item, row: RowReader) -> Item:
        if item.level == "indicator":
            link, unit = row.named("link", self._words.links), row.named("unit", self._words.units)
            return replace(item, link=link, unit=unit, standard=row.words("standard"))
        if item.level == "point":
            community = row.named("community", self._words.communities, needed=False)
            return replace(item, community=community, place=row.words("place"))
        return item

    def _household(self, row: RowReader) -> None:
        community, count = row.named("community", self._words.communities), row.count("households", needed=True)
        if community is None or count is None:
            self._misplaced = True
        elif community in self._households:
            row.told("community", "community-twice", found=self._words.communities[community])
            self._misplaced = True
        else:
            self._households[community] = count

    def _has_no_use(self, level: str, column: str) -> bool:
        if column in ("level", "code", "title"):
            return level == "household" and column == "code"
        if column == "parent":
            return ABOVE.get(level) is None
        return column not in _OWN.get(level, frozenset()) and column not in _counted(level)

    def _parents(self) -> None:
        for draft in self._drafts.values():
            item = draft.item
            above = ABOVE[item.level]
            if above is None:
                continue
            parent = self._drafts.get(item.parent or "")
            if parent is None or parent.item.level != above:
                key = "no-parent" if parent is None else "wrong-parent"
                is_now = self._words.levels[parent.item.level] if parent is not None else None
                expected = self._words.levels[above]
                draft.row.told("parent", key, found=item.parent, expected=expected, level=is_now)
                self._misplaced = True

    def _totals(self, total: _Draft) -> None:
        below: Counter[tuple[str | None, str]] = Counter()
        for draft in self._drafts.values():
            below[None, draft.item.level] += 1
            parent = draft.item.parent
            while parent is not None:
                below[parent, draft.item.level] += 1
                parent = self._drafts[parent].item.parent
        below[None, "household"] = sum(self._households.values())
        for draft in [total, *self._drafts.values()]:
            code = None if draft is total else draft.item.code
            for column, stated in draft.counts.items():
                counted = below[code, COUNTS[column]]
                if stated != counted:
                    level = self._words.levels[COUNTS[column]]
                    draft.row.told(column, "total", stated=stated, counted=counted, level=level)


def _counted(level: str) -> frozenset[str]:
    """The columns in which an item of this level may tell how many lie below it."""
    if level == TOTAL:
        return frozenset(COUNTS)
    if level not in ABOVE:
        return frozenset()
    deeper = list(ABOVE)[list(ABOVE).index(level) + 1 :]
    return frozenset(column for column, of in COUNTS.items() if of in deeper)


def checked(table: CellTable, words: Vocabulary) -> Hierarchy:
    """The hierarchy that a table tells.

    Raises:
        BrokenTable: it cannot be read, or has no header.
        RefusedTable: everything that does not hold, with rows and columns.
    """
    checker = _Checker(table, words)
    hierarchy = checker.hierarchy()
    faults: list[Fault] = sorted(checker.faults, key=lambda one: (one.line, one.column))
    if faults or hierarchy is None:
        told = [(table.place(one.line, one.column), one.reason) for one in faults[:MOST]]
        raise RefusedTable(table.name, told, max(0, len(faults) - MOST))
    return hierarchy
