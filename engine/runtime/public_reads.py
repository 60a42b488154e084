"""What anybody is told, without a name: how a followed case stands, and what stands on a board."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from duban.engine.errors import UnknownBoard, UnknownCase, UsageError
from duban.engine.model.hint import hint
from duban.engine.runtime.given import require_numbers, require_texts
from duban.engine.runtime.queries import Progress, progress_of
from duban.engine.runtime.views import Posted, posted

if TYPE_CHECKING:
    from duban.engine.ports.store import Reader, Writer
    from duban.engine.runtime.world import World

T = TypeVar("T")

MAX_PAGE: Final = 1_000


class Transactions(Protocol):
    """Where transactions come from: the store's own, or the host's."""

    def read(self) -> AbstractContextManager["Reader"]:
        """A read transaction."""
        ...

    def write(self) -> AbstractContextManager["Writer"]:
        """A write transaction, undone when the block raises."""
        ...

    def consult(self, work: Callable[["Reader"], T]) -> T:
        """What the work finds in a read transaction, which the store may repeat where it is its own."""
        ...

    def transact(self, work: Callable[["Writer"], T], *, keyed: bool = False) -> T:
        """What the work does in a write transaction, which the store may repeat where it is its own."""
        ...

    def stand_aside(self) -> None:
        """Between two transactions of many: let those in who wait to write."""
        ...


class PublicReads:
    """The verbs that tell everybody the same, and nothing of what is confidential."""

    def __init__(self, world: "World", transactions: Transactions) -> None:
        self._world = world
        self._transactions = transactions

    def follow(self, code: str) -> Progress:
        """What anybody who holds a case's follow code is told of it, without names.

        Raises:
            UnknownCase: no case has this code.
        """
        require_texts(code=code)
        with self._transactions.read() as reader:
            letters = "".join(letter for letter in code.upper() if letter.isalnum())
            case = reader.case_by_follow(f"{letters[:5]}-{letters[5:]}")
            if case is None or case.audience:
                raise UnknownCase(ref=code, actor="-")
            return progress_of(self._world, reader, case, reader.history(case))

    def board(self, name: str, *, limit: int = 50) -> list[Posted]:
        """What a board shows, newest first, to anybody: the declared fields of cases that stand on it now.

        Raises:
            UnknownBoard: the pack declares none of this name. UsageError: ``limit`` is not 1 to 1,000.
        """
        require_texts(name=name)
        require_page(limit)
        holders = {board: one.workflow for one in self._world.pack.workflows.values() for board in one.workflow.boards}
        if name not in holders:
            raise UnknownBoard(name=name, known=sorted(holders) or None, hint=hint(name, holders))
        with self._transactions.read() as reader:
            return posted(reader, self._world, holders[name], holders[name].boards[name], limit)


def require_page(limit: int) -> None:
    """See that so many may be asked for at once.

    Raises:
        UsageError: it is no number from 1 to 1,000.
    """
    require_numbers(limit=limit)
    if not 1 <= limit <= MAX_PAGE:
        raise UsageError("limit", found=limit, most=MAX_PAGE)
