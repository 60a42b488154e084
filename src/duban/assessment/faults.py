"""What can be wrong with a table of the assessment: each fault with its row and column, all of them at once."""

from collections.abc import Sequence
from typing import Any, Final

from duban.engine.errors import InvalidData
from duban.engine.messages import text
from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label
from duban.importing.errors import told

MOST: Final = 40
"""Faults that are told one by one; the rest is counted."""


@frozen
class Fault:
    """One thing that is wrong: the row (from 1), the column (from 0, in the order of the table), and the sentence."""

    line: int
    column: int
    reason: Label


def fault(line: int, column: int, key: str, /, **data: Any) -> Fault:
    """The fault that the catalogue tells under ``assessment-fault.<key>``."""
    return Fault(line, column, told(f"assessment-fault.{key}", **data))


class RefusedTable(InvalidData):
    """A table does not hold; nothing was written. ``faults`` are those told one by one, ``more`` how many are not."""

    code = "refused-table"

    def __init__(self, table: str, faults: Sequence[tuple[Label, Label]], more: int) -> None:
        lines = [Label(f"{place.en}: {why.en}", f"{place.zh}：{why.zh}") for place, why in faults]
        super().__init__(problems={}, table=table, faults=lines, more=more, count=len(faults) + more)
        self.faults = tuple(faults)
        self.more = more

    def message(self, lang: str = "en") -> str:
        """A line for every fault, and how many more there are."""
        head = text(f"error.{self.code}", lang, table=self.data["table"], count=self.data["count"])
        lines = [f"  {line.text(lang)}" for line in self.data["faults"]]
        if self.more:
            lines.append("  " + text("assessment-fault.more", lang, count=self.more))
        return "\n".join([head, *lines])
