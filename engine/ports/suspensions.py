"""The port of the log of suspensions: append-only, and read in the transaction of whatever somebody does."""

from typing import Protocol

from duban.engine.model.suspension import Suspension


class SuspensionsReader(Protocol):
    """The reading half."""

    def suspensions_head(self) -> tuple[int, str]:
        """Number and hash of the last row; 0 and nothing where there is none.

        Of a writer: and nobody is suspended or restored by anybody else until the transaction ends, or the part of it
        that asked is undone. So what is done with the rights of this moment is committed before they are withdrawn.
        """

    def suspensions(self) -> list[Suspension]:
        """The whole log, oldest first."""


class SuspensionsWriter(SuspensionsReader, Protocol):
    """The writing half."""

    def lock_suspensions(self) -> None:
        """Wait until nobody else's transaction uses rights; none begins to until this one ends.

        Raises:
            StoreBusy: they did not come to an end in time.
        """

    def add_suspension(self, suspension: Suspension) -> None:
        """Append a row. The log is locked."""
