"""The port of what is counted: the histories of many cases, streamed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from duban.engine.model.case import Case, HistoryRow
from duban.engine.model.scope import Scope


class Chronicle(Protocol):
    """Reads the record of all cases of a workflow."""

    def histories(
        self, workflow: str, scope: Scope, batch: int = 500, *, unit: tuple[str, datetime] | None = None
    ) -> Iterator[tuple[Case, list[HistoryRow]]]:
        """Every visible case of a workflow, oldest (lowest id) first, each with its rows in order.

        ``unit`` leaves out what cannot have belonged to a unit at a moment: cases of another one that did not change
        since. What changed since is there, whosever it is.

        Streamed in bounded memory: no more than ``batch`` cases at once.
        """
        ...
