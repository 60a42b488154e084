"""When finished cases leave the working store, and what is known of the files that they are moved to."""

from datetime import datetime

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


@frozen
class Archive:
    """An archive that holds histories: how many visible cases lie in it, and whether its file is at hand."""

    name: str
    cases: int
    ended_from: datetime
    ended_until: datetime
    at_hand: bool
