"""What the cases of a batch have written, until the store is told all of it at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duban.engine.model.case import Case, HistoryRow, Stopwatch
    from duban.engine.ports.records import NewMessage
    from duban.engine.ports.store import Writer


@dataclass(slots=True)
class Writes:
    """``moved`` are cases by number: as each is by now, and as the store has it."""

    moved: dict[int, tuple["Case", "Case"]] = field(default_factory=dict)
    rows: list[tuple[int, "HistoryRow"]] = field(default_factory=list)
    watches: dict[tuple[int, str], "Stopwatch"] = field(default_factory=dict)
    messages: list[tuple[int, "NewMessage", datetime]] = field(default_factory=list)
    evidence: list[tuple[int, int, str, str]] = field(default_factory=list)
    links: dict[tuple[int, str], Sequence[str]] = field(default_factory=dict)

    def take(self, other: "Writes") -> None:
        """Add what one case has written. One that had moved before has moved further: that is one change of its row."""
        for case_id, (after, before) in other.moved.items():
            known = self.moved.get(case_id)
            self.moved[case_id] = (after, before if known is None else known[1])
        self.rows += other.rows
        self.watches |= other.watches
        self.messages += other.messages
        self.evidence += other.evidence
        self.links |= other.links

    def clear(self) -> None:
        """Forget it."""
        for kept in (self.moved, self.rows, self.watches, self.messages, self.evidence, self.links):
            kept.clear()

    def put(self, writer: "Writer") -> None:
        """Write it.

        Raises:
            VersionConflict: a number or a key was taken meanwhile; the transaction is to be rolled back.
        """
        writer.advance_cases(list(self.moved.values()))
        writer.add_rows(self.rows)
        writer.put_stopwatches_of([(case_id, watch) for (case_id, _deadline), watch in self.watches.items()])
        writer.add_messages_of(self.messages)
        writer.add_evidence_of(self.evidence)
        writer.put_links_of(self.links)
