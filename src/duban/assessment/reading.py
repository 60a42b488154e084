"""Reads single cells of a row: words, codes, numbers, names; what does not fit is noted with its place. Pure."""

import re
from typing import Final

from duban.assessment.columns import Header
from duban.assessment.faults import Fault, fault
from duban.assessment.vocabulary import Names, known_as
from duban.engine.model.hint import hint
from duban.engine.model.label import Label
from duban.importing.cells import Line, TableCell

CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
LONGEST: Final = {"title": 200, "place": 200, "standard": 2000}
MAX_COUNT: Final = 100_000


class RowReader:
    """One row under its header. What is wrong goes to ``faults``; a reading that failed is None."""

    def __init__(self, line: Line, header: Header, faults: list[Fault], labels: Names) -> None:
        self.line = line
        self._header = header
        self._faults = faults
        self._labels = labels

    def told(self, column: str, key: str, /, **data: object) -> None:
        """Note what is wrong with a cell."""
        self._faults.append(fault(self.line.number, self._header.place(column), key, name=self._labels[column], **data))

    def has(self, column: str) -> bool:
        """Whether anything stands there."""
        return bool(self._cell(column).text)

    def words(self, column: str, *, needed: bool = False) -> str | None:
        """What stands there, as text."""
        cell = self._cell(column)
        if not cell.text:
            if needed:
                self.told(column, "missing")
            return None
        if cell.kind in ("formula", "error"):
            self.told(column, cell.kind, found=shown(cell.text))
            return None
        if not all(sign.isprintable() or sign == "\n" for sign in cell.text):
            self.told(column, "unprintable", found=shown(cell.text))
            return None
        most = LONGEST.get(column)
        if most is not None and len(cell.text) > most:
            self.told(column, "long", found=len(cell.text), most=most)
            return None
        return cell.text

    def code(self, column: str) -> str | None:
        """A code: letters, digits, points and dashes."""
        found = self.words(column, needed=True)
        if found is None:
            return None
        kind = self._cell(column).kind
        # A sheet keeps 1.10 as the number 1.1: two codes would become one.
        if kind == "date" or (kind == "number" and not found.isdecimal()):
            self.told(column, "code-number", found=found)
            return None
        if not CODE.fullmatch(found):
            self.told(column, "code", found=shown(found))
            return None
        return found

    def named(self, column: str, names: Names, *, needed: bool = True) -> str | None:
        """One of these names, given by itself or by its label."""
        found = self.words(column, needed=needed)
        if found is None:
            return None
        name = known_as(names, found)
        if name is None:
            close = hint(found, [word for name, label in names.items() for word in (name, label.en, label.zh)])
            few = [Label(f"{name} ({label.en})", f"{name}（{label.zh}）") for name, label in names.items()]
            self.told(column, "unknown", found=shown(found), hint=close, known=few[:12] if len(few) <= 12 else [])
        return name

    def count(self, column: str, *, needed: bool = False) -> int | None:
        """A whole number from 0, kept as a number or as text."""
        found = self.words(column, needed=needed)
        if found is None:
            return None
        if not found.isdecimal() or len(found) > 6 or int(found) > MAX_COUNT:
            self.told(column, "count", found=shown(found), most=MAX_COUNT)
            return None
        return int(found)

    def empty(self, column: str) -> None:
        """Nothing may stand there."""
        if self.has(column):
            self.told(column, "not-here", found=shown(self._cell(column).text))

    def _cell(self, column: str) -> TableCell:
        place = self._header.places.get(column)
        return TableCell("") if place is None else self.line.cell(place)


def shown(value: str) -> str:
    """A value as an error may repeat it: short, and without signs that do something."""
    words = "".join(sign if sign.isprintable() else "�" for sign in value)
    return words if len(words) <= 40 else words[:37] + "…"
