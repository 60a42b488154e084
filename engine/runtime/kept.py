"""Work that the engine does by itself, in transactions of its own: tells a faulty case from a store that is gone."""

from collections.abc import Callable
from typing import Final, TypeVar

from duban.engine.errors import DubanError, StoreUnwritable
from duban.engine.ports.store import Store, Writer
from duban.engine.runtime.world import World

T = TypeVar("T")

SWEEPING: Final = "sweeping_at"
"""The setting that tells when a sweep last began a transaction; its row is the one that sweeps take in turn."""


STANDS_AT: Final = "stands_at"
"""The setting that tells where the clock stands that a demonstration moved: its store is not of the machine's time."""


class Undone(Exception):
    """The work failed after its transaction had begun well, and was rolled back. Its cause is what happened."""

    @property
    def code(self) -> str:
        """What happened, as the log tells it."""
        fault = self.__cause__
        return fault.code if isinstance(fault, DubanError) else type(fault).__name__


def kept(store: Store, world: World, work: Callable[[Writer], T]) -> T:
    """Do some work in a transaction of its own, while no other process does any of this kind.

    Raises:
        Undone: the work failed; the store itself was fine when it began.
        StoreError: no transaction could be begun, or nothing can be written.
    """
    began = False

    def begun(writer: Writer) -> T:
        nonlocal began
        began = False
        writer.put_setting(SWEEPING, world.clock.now().isoformat())
        began = True
        return work(writer)

    try:
        # Whatever it is looks for what is to be done in the store itself, so it does nothing a second time.
        return store.transact(begun, keyed=True)
    except StoreUnwritable:
        raise  # no case is at fault, and the next one would fare no better
    except Exception as fault:  # whatever is wrong with one case, the others go on
        if not began:
            raise
        raise Undone from fault
