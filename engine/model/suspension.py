"""Rights withheld while duban runs: what was decided about an account or a post, and how each stands now."""

from datetime import datetime
from typing import Literal

from duban.engine.model.frozen import frozen

SUSPENSIONS = "suspensions"
"""What the log of suspensions is called where a case has its reference: in checkpoints and in what verify finds."""


@frozen
class Suspension:
    """One row of the log: ``by`` suspended or restored ``who``, all of its rights or one ``role``.

    Numbers count from 1 without gaps; ``at`` is in UTC. ``hash`` chains the row to the one before.
    """

    number: int
    kind: Literal["suspended", "restored"]
    who: str
    role: str | None
    by: str
    at: datetime
    reason: str
    hash: str


@frozen
class Decided:
    """What suspending or restoring came to: the row that tells it, and whether it was there before (``duplicate``)."""

    suspension: Suspension
    duplicate: bool


@frozen
class Standing:
    """An account or a post as it stands: the posts that it holds, the roles left to it, and what is withheld from it.

    ``withheld`` holds also what is withheld from posts that an account holds. A reason is empty for whoever may not
    restore it.
    """

    name: str
    kind: Literal["account", "post"]
    posts: tuple[str, ...]
    roles: tuple[str, ...]
    withheld: tuple[Suspension, ...]
