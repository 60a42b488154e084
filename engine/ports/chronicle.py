"""The port of what is counted: the histories of many cases, streamed."""

from collections.abc import Iterator
from typing import Protocol

from duban.engine.model.case import Case, HistoryRow
from duban.engine.model.scope import Scope


class Chronicle(Protocol):
    """Reads the record of all cases of a workflow."""

    def histories(self, workflow: str, scope: Scope, batch: int = 500) -> Iterator[tuple[Case, list[HistoryRow]]]:
        """Every visible case of a workflow, oldest (lowest id) first, each with its rows in order.

        Streamed in bounded memory: no more than ``batch`` cases at once.
        """
        ...
