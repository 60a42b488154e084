"""When finished cases leave the working store, and what is known of the files that they are moved to."""

from datetime import datetime
from typing import Literal

from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label
from duban.engine.model.period import Period


@frozen
class ArchiveRule:
    """One rule: cases of ``workflow`` are moved to an archive so long after their end."""

    name: str
    label: Label
    workflow: str
    period: Period


@frozen
class Movable:
    """Which cases may be moved: of ``workflow``, ended before ``before``, and nothing holds them back.

    ``erased`` are the keys of the rules of retention that have to have been carried out on them before.
    """

    workflow: str
    before: datetime
    erased: tuple[str, ...] = ()


ArchiveStanding = Literal["at-hand", "away", "damaged", "foreign", "unreadable"]
"""How the file of an archive stands: it can be read and is this store's; it is elsewhere; it does not hold what was
moved there; it is another store's and only read here; it is locked, closed to us or of another version."""


@frozen
class Archive:
    """An archive that holds histories: how many visible cases lie in it, and how its file stands."""

    name: str
    cases: int
    ended_from: datetime
    ended_until: datetime
    standing: ArchiveStanding

    @property
    def at_hand(self) -> bool:
        """Whether histories can be read from it."""
        return self.standing in ("at-hand", "foreign")
