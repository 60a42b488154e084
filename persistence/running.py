"""What the parts of a reader and of a writer have in common: one connection, and a way to run statements on it."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, CursorResult, Executable

if TYPE_CHECKING:
    from duban.engine.model.case import Case, HistoryRow
    from duban.engine.model.scope import Scope
    from duban.persistence.archive_files import ArchiveFiles
    from duban.persistence.driving import Driving


class Running(ABC):
    """The base of every part: what one part brings, all others use, in whatever order they are put together."""

    _connection: Connection
    _dialect: str
    _driving: "Driving"
    _archives: "ArchiveFiles | None"

    @abstractmethod
    def _run(self, statement: Executable, values: Any = None) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement that is not hot, or has another text each time."""

    @abstractmethod
    def _seen(self, scope: "Scope") -> ColumnElement[bool]:
        """The condition that a dispatch holds something that ``scope`` may know of."""

    @abstractmethod
    def row_by_key(self, key: str, actor: str | None = None) -> "HistoryRow | None":
        """The history row that this actor's idempotency key wrote; without an actor, that anybody's did."""

    @abstractmethod
    def case_by_id(self, case_id: int) -> "Case | None":
        """The case of this number, for the store's own use."""
